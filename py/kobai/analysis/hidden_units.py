"""The units of a network's first layer: their incoming weights as pictures, and their effect on the scores.

The incoming weights of a unit belong to the 28 x 28 pixels and can be seen as a picture. A network of one
layer has no hidden units; its ten outputs take their place.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np

from ..book.functions import Array, softmax
from ..book.mnist import IMAGE_SIDE, normalize_pixels
from ..book.multi_layer_net import ACTIVATIONS, MultiLayerNet, Network
from ..images.png import encode_png

OUTPUTS_AT_ONCE = 50_000  # images x units of one piece of work: about 50 ms in a browser
HELD = 5_000_000  # outputs of the second layer to work out again, over units and images: about 0.3 s
LEAST = 100  # but at least so many images
OFF, ON = 0.01, 0.99  # a sigmoid beyond these hardly moves any more
SWITCH = 0.95  # a unit that is off or on for this share of the images is called a switch
SHOWN = 0.995  # the colours cover this share of the weights; the few beyond have the last colour

# Blue and vermillion are distinct to the colour-blind; these two are of one luminance, so that neither sign
# looks stronger, and stand out from light and from dark paper alike (vermillion is Okabe and Ito's)
NEGATIVE, POSITIVE = (0x1F, 0x88, 0xCC), (0xD5, 0x5E, 0x00)
MIDDLE = 127  # the level of 0, which is transparent: paper of any colour shows through


class HiddenUnits:
    """Measurements on the first layer over many images, on a copy of the network.

    inputs: converts images, uint8 (N, 784), to the x (N, 784) that the network takes.

    When `pieces` is exhausted, there are, with an element or row for each unit: effects (units, classes): by
    how much each score rises when the unit's output rises by 1. In a TwoLayerNet that is W2, less the mean of
    each row: softmax depends only on the differences between scores. In a deeper network it is measured: the
    slope of the line through the changes of the scores when the unit is held at its mean. uses: how far the
    scores move because the unit is not always at its mean, the root mean square over the images. For a
    TwoLayerNet it is the standard deviation of z1 times the length of the row of effects. off, on: the share
    of images for which the unit hardly changes, 0 to 1; a ReLU is off at 0 and never on.
    """

    def __init__(
        self, network: Network, images: Array, inputs: Callable[[Array], Array] = normalize_pixels
    ) -> None:
        """Copy the network; the images are measured by `pieces`."""
        self._net = MultiLayerNet(copy.deepcopy(network.params), getattr(network, "activation", "sigmoid"))
        self._images, self._inputs = images, inputs

    @property
    def weights(self) -> Array:
        """The incoming weights of each unit, (units, 784)."""
        return np.asarray(self._net.params["W1"].T)

    @property
    def biases(self) -> Array:
        """The bias of each unit, (units,)."""
        return self._net.params["b1"]

    @property
    def are_outputs(self) -> bool:
        """Whether there is no hidden layer, so that the units are the ten outputs."""
        return self._net.layers == 1

    def sums(self, x: Array) -> Array:
        """The weighted sum of the pixels and the bias for each unit, a1 (N, units)."""
        return np.asarray(np.dot(x, self._net.params["W1"]) + self._net.params["b1"])

    def outputs(self, x: Array) -> Array:
        """The output of each unit, z1 (N, units); without a hidden layer, the probabilities."""
        return softmax(self.sums(x)) if self.are_outputs else self._net.hidden(x)[0]

    def pieces(self) -> Iterator[float]:
        """Measure in pieces of about 50 ms; yield after each which part of all is done, 0 to 1."""
        units = len(self.weights)
        step = max(1, OUTPUTS_AT_ONCE // units)
        z = np.empty((len(self._images), units))
        for start in range(0, len(z), step):
            z[start : start + step] = self.outputs(self._inputs(self._images[start : start + step]))
            yield 0.7 * min(1.0, (start + step) / len(z))
        self._shares(z)
        spread = z.std(axis=0)
        if self._net.layers <= 2:
            after = np.eye(units) if self.are_outputs else self._net.params["W2"]
            self.effects = _centred(after)
            self.uses = spread * np.linalg.norm(self.effects, axis=1)
        else:
            held = HELD // (units * self._net.params["b2"].size)
            yield from self._held(z[:: max(1, len(z) // max(LEAST, held))])
        yield 1.0

    def _shares(self, z: Array) -> None:
        relu = self._net.activation == "relu" and not self.are_outputs
        self.off = np.mean(z <= 0 if relu else z < OFF, axis=0)
        self.on = np.zeros(len(self.weights)) if relu else np.mean(z > ON, axis=0)

    def _held(self, z: Array) -> Iterator[float]:
        """Effects and uses by holding one unit after the other at its mean. z: (images, units)."""
        params, layers = self._net.params, self._net.layers
        activate = ACTIVATIONS[self._net.activation][0]
        rest = MultiLayerNet(
            {f"{key}{i - 2}": params[f"{key}{i}"] for i in range(3, layers + 1) for key in "Wb"},
            self._net.activation,
        )
        a2 = np.dot(z, params["W2"]) + params["b2"]
        scores, units = rest.scores(activate(a2)), z.shape[1]
        mean, variance = z.mean(axis=0), z.var(axis=0)
        self.effects, self.uses = np.zeros((units, scores.shape[1])), np.zeros(units)
        for j in range(units):
            held = a2 + np.outer(mean[j] - z[:, j], params["W2"][j])  # of all that goes in, only this changes
            change = _centred(scores - rest.scores(activate(held)))  # (images, classes)
            self.uses[j] = np.sqrt(np.mean(np.sum(change**2, axis=1)))
            if variance[j] > 0:
                self.effects[j] = np.mean((z[:, j] - mean[j])[:, None] * change, axis=0) / variance[j]
            yield 0.7 + 0.3 * (j + 1) / units

    def order(self) -> Array:
        """The units by falling use; outputs stay in the order of their digits."""
        return np.arange(len(self.uses)) if self.are_outputs else np.argsort(-self.uses, kind="stable")

    def state(self, unit: int) -> str:
        """ "off" or "on" where the unit is so for every image, "switch" where it is either, or ""."""
        if self.are_outputs:
            return ""
        off, on = self.off[unit], self.on[unit]
        if off == 1 or on == 1:
            return "off" if off == 1 else "on"
        return "switch" if on > 0 and off + on >= SWITCH else ""

    def digits(self, unit: int, count: int = 3) -> tuple[list[int], list[int]]:
        """The classes whose scores the unit raises, and those it lowers: up to `count`, strongest first."""
        effect = self.effects[unit]
        order = np.argsort(-effect, kind="stable").tolist()
        speaks_for = [k for k in order[:count] if effect[k] > 0]
        return speaks_for, [k for k in order[::-1][:count] if effect[k] < 0]


def _centred(rows: Array) -> Array:
    return np.asarray(rows - rows.mean(axis=1, keepdims=True))


# ------------------------------------------------------------------ pictures


def colour_limit(values: Array) -> float:
    """The |value| of the last colour: one for all these values, so that pictures can be compared."""
    size = np.abs(values)
    return float(np.quantile(size, SHOWN)) or float(size.max()) or 1.0


def diverging_png(values: Array, limit: float) -> bytes:
    """Values of the 784 pixels, or of any (height, width), as a PNG: from -limit, blue, to limit, vermillion.

    0 is transparent, and so the colour of the paper.
    """
    pixels = values.reshape(IMAGE_SIDE, IMAGE_SIDE) if values.ndim == 1 else values
    levels = MIDDLE + np.rint(MIDDLE * np.clip(pixels / limit, -1, 1))
    return encode_png(levels.astype(np.uint8), palette())


def legend_png() -> bytes:
    """The colours of diverging_png from -limit to limit, 255 x 1."""
    return diverging_png(np.linspace(-1, 1, 2 * MIDDLE + 1)[None], 1.0)


def palette() -> Array:
    """255 colours, red, green, blue and opacity: one hue on either side of 0, growing with the distance."""
    colours = np.empty((2 * MIDDLE + 1, 4), dtype=np.uint8)
    colours[:MIDDLE, :3], colours[MIDDLE:, :3] = NEGATIVE, POSITIVE
    colours[:, 3] = np.rint(255 * np.abs(np.linspace(-1, 1, 2 * MIDDLE + 1)))
    return colours
