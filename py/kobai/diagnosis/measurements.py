"""Measurements on a network without its history: the size of its weights, and how it answers.

Made in slices, so that a page can show how far it is and stop.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

import numpy as np

from ..book.functions import Array, cross_entropy_error, softmax
from ..book.mnist import CLASSES
from ..book.multi_layer_net import ACTIVATIONS, MultiLayerNet, Network, layer_sizes

SATURATED = 0.01  # a sigmoid this close to 0 or 1 has less than 4 % of its largest slope left
IDLE = 1e-3  # a hidden unit whose output varies by less than this over the images has no effect
TRAIN = 10_000  # training images looked at
UNITS_AT_ONCE = 50_000  # images x units of one slice: about 50 ms in a browser


def still_pixels(images: Array) -> Array:
    """Which pixels are 0 in every image, bool (784,): their rows of W1 keep the values they started with."""
    return np.asarray(~images.any(axis=0))


def rms(values: Array) -> float:
    """Root of the mean square; 0 of nothing, infinite beyond the range of a float."""
    with np.errstate(over="ignore"):
        return float(np.sqrt(np.mean(np.square(values)))) if values.size else 0.0


def weight_sizes(params: Mapping[str, Array], still: Array) -> dict[str, float]:
    """The root mean square of each array of params.

    W1: over the pixels that vary; W1_still: over the others. W2, b1, b2 ...: over all elements.
    """
    return {"W1_still": rms(params["W1"][still])} | {
        key: rms(value[~still] if key == "W1" else value) for key, value in params.items()
    }


def answer_statistics(y: Array, t: Array) -> dict[str, float]:
    """Accuracy, mean cross entropy and mean largest probability, of probabilities (N, 10) and labels (N,)."""
    return {
        "accuracy": float(np.mean(np.argmax(y, axis=1) == t)),
        "test_loss": float(cross_entropy_error(y, t)),
        "confidence": float(np.mean(np.max(y, axis=1))),
    }


def saturated_share(outputs: Array) -> float:
    """The share of the outputs of sigmoids that are within SATURATED of 0 or 1."""
    return float(np.mean((outputs < SATURATED) | (outputs > 1 - SATURATED)))


class Measurements:
    """Measures a network; its params are copied and may go on learning meanwhile.

    images: test images, uint8 (N, 784). labels: (N,). still: as `still_pixels` gives it. normalize: whether
    this network is given pixels divided by 255. train: images and labels it may have learned from; the first
    TRAIN of them are used. When `pieces` is exhausted there are:

    accuracy, test_loss, confidence: as `answer_statistics` gives them.
    confusion: how many images of each digit (row) got each answer (column), (10, 10).
    given: the mean probability given to each digit, (10,); all 0.1 when there is nothing to choose.
    saturated: as `saturated_share` gives it; 0 for ReLU.
    idle: the share of hidden units whose output hardly varies over the images.
    otherwise: the accuracy when read in another way: "pixels" (of the other range), "inverted" (white for
    black), "activation" (the other one).
    sizes: as `weight_sizes` gives them.
    train_correct: which training images are recognised, bool (n,), or None.
    """

    def __init__(
        self,
        network: Network,
        images: Array,
        labels: Array,
        still: Array,
        normalize: bool = True,
        train: tuple[Array, Array] | None = None,
    ) -> None:
        """Copy the network's params; the images are measured by `pieces`."""
        self.activation: str = getattr(network, "activation", "sigmoid")
        self.network = MultiLayerNet(copy.deepcopy(network.params), self.activation)
        self.params = self.network.params
        self.hidden_sizes = layer_sizes(self.params)[1:-1]
        self.images, self.labels, self.still, self.normalize = images, labels, still, normalize
        self.train = train and (train[0][:TRAIN], train[1][:TRAIN])
        self.sizes = weight_sizes(self.params, still)
        self.otherwise: dict[str, float] = {}
        self.train_correct: Array | None = None

    def pieces(self) -> Iterator[float]:
        """Measure in pieces of about 50 ms; yield after each which part of all is done, 0 to 1."""
        ways = self._other_ways()
        total = len(self.images) * (1 + len(ways)) + (len(self.train[0]) if self.train else 0)
        done = 0
        with np.errstate(all="ignore"):  # a network out of bounds answers wrongly, it does not warn
            for images in self._as_used():
                done += images
                yield done / total
            for name, (network, factor, offset) in ways.items():
                correct = []
                for x, t in self._slices(self.images, self.labels):
                    correct.append(_correct(network, x * factor + offset, t))
                    done += len(t)
                    yield done / total
                self.otherwise[name] = float(np.mean(np.concatenate(correct)))
            correct = []
            for x, t in self._slices(*self.train) if self.train else ():
                correct.append(_correct(self.network, x * self._factor, t))
                done += len(t)
                yield done / total
            if correct:
                self.train_correct = np.concatenate(correct)

    def _as_used(self) -> Iterator[int]:
        """Measures what the network answers as it is used; yields the size of each slice."""
        answers, saturated, ranges = [], [], []
        for x, _ in self._slices(self.images, self.labels):
            x = x * self._factor
            hidden = self.network.hidden(x)
            answers.append(softmax(self._last_layer([x, *hidden][-1])))
            if hidden:
                outputs = np.concatenate(hidden, axis=1)  # (n, all hidden units)
                saturated.append(saturated_share(outputs))
                ranges.append([outputs.min(axis=0), outputs.max(axis=0)])
            yield len(x)
        y = np.concatenate(answers)
        found = answer_statistics(y, self.labels)
        self.accuracy, self.test_loss = found["accuracy"], found["test_loss"]
        self.confidence = found["confidence"]
        self.confusion = np.zeros((CLASSES, CLASSES), dtype=int)
        np.add.at(self.confusion, (self.labels, np.argmax(y, axis=1)), 1)
        self.given = y.mean(axis=0)
        self.saturated = float(np.mean(saturated)) if saturated and self.activation == "sigmoid" else 0.0
        self.idle = 0.0
        if ranges:
            lowest, highest = np.min([r[0] for r in ranges], axis=0), np.max([r[1] for r in ranges], axis=0)
            self.idle = float(np.mean(highest - lowest < IDLE))

    def _last_layer(self, z: Array) -> Array:
        n = self.network.layers
        return np.asarray(z @ self.params[f"W{n}"] + self.params[f"b{n}"])

    @property
    def _factor(self) -> float:
        return 1 / 255 if self.normalize else 1.0

    def _other_ways(self) -> dict[str, tuple[MultiLayerNet, float, float]]:
        """Each way to read the same params: network, factor and offset of the pixels."""
        factor = self._factor
        ways = {
            "pixels": (self.network, 1.0 if self.normalize else 1 / 255, 0.0),
            "inverted": (self.network, -factor, 255 * factor),
        }
        if self.hidden_sizes:
            (other,) = set(ACTIVATIONS) - {self.activation}
            ways["activation"] = (MultiLayerNet(self.params, other), factor, 0.0)
        return ways

    def _slices(self, images: Array, labels: Array) -> Iterator[tuple[Array, Array]]:
        """Some images as float64 (n, 784), and their labels, at a time."""
        at_once = max(10, UNITS_AT_ONCE // max(self.hidden_sizes, default=CLASSES))
        for first in range(0, len(images), at_once):
            yield images[first : first + at_once].astype(np.float64), labels[first : first + at_once]


def _correct(network: MultiLayerNet, x: Array, t: Array) -> Array:
    return np.asarray(np.argmax(network.predict(x), axis=1) == t)
