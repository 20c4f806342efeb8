"""The gradient check: numerical gradient and backpropagation, parameter by parameter (book 5.7.3).

It also measures on this machine how long each takes, and how long the definition of the numerical gradient
would: that one is timed on a sample of the parameters, since all of them take minutes.
"""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from ..book.fast_gradient import LOG_OFFSET
from ..book.functions import Array
from ..book.gradient import numerical_gradient
from ..book.mnist import IMAGE_SIDE
from ..book.two_layer_net import TwoLayerNet
from ..errors import KobaiError
from ..images.colormaps import VIRIDIS
from ..images.png import encode_png, sheet_of

BATCH_SIZE = 100  # as the book trains
SAMPLED = 20  # parameters timed by the definition
SAMPLE_SECONDS = 1.0  # no more of them once this is over
REPEATS = 5  # of the two gradients: their cost is the median
REPEAT_SECONDS = 0.3  # no more of them once this is over
UNITS_AT_ONCE = 5000  # images x hidden units of one piece of work: about 0.1 s in a browser
DECADES = 8  # the most that one colour scale covers


Index = tuple[int, ...]
Gradient = dict[str, Array]


@dataclass(frozen=True)
class Difference:
    """|numerical - backpropagation| over one array of params, and the element where it is largest."""

    largest: float
    mean: float
    index: Index
    numerical: float
    backpropagation: float


def draw_batch(count: int, seed: int) -> Array:
    """The indices of the images that are checked: np.random.seed(seed), then np.random.choice(count, 100)."""
    return np.random.RandomState(seed).choice(count, BATCH_SIZE)


class GradientCheck:
    """One check of a network on a batch; the network is copied and may go on learning meanwhile.

    x: (N, input_size). t: labels (N,). When `pieces` is exhausted, there are: numerical and backpropagation,
    dicts shaped like params; numerical_seconds and backpropagation_seconds, what one of them takes here;
    definition_seconds, what one numerical gradient by its definition would take, extrapolated from `sample`,
    a list of (key, index, value by the definition).
    """

    def __init__(self, network: TwoLayerNet, x: Array, t: Array) -> None:
        """Copy the network; x and t are kept as they are."""
        self.network = copy.deepcopy(network)
        self.x, self.t = x, t
        self.parameters = sum(value.size for value in network.params.values())
        self.sample: list[tuple[str, Index, float]] = []

    def pieces(self) -> Iterator[float]:
        """Compute in pieces of about 0.1 s; yield after each which part of all is done, 0 to 1.

        KobaiError when a gradient is not finite.
        """
        images = max(1, UNITS_AT_ONCE // self.network.params["b1"].size)
        with np.errstate(all="ignore"):  # what is not finite is found below
            for part in self._by_definition():
                yield 0.5 * part
            self.backpropagation, self.backpropagation_seconds = yield from self._timed(
                self.network.gradient, len(self.x), 0.5, 0.1
            )
            self.numerical, self.numerical_seconds = yield from self._timed(
                self.network.numerical_gradient, images, 0.6, 0.4
            )
        for grads in (self.numerical, self.backpropagation):
            if not all(np.isfinite(value).all() for value in grads.values()):
                raise KobaiError("The gradient of this network is not finite: its weights are too large.")
        yield 1.0

    def _by_definition(self) -> Iterator[float]:
        """Times the definition on parameters taken from each array in turn, the same ones in every check."""
        params, seconds = self.network.params, []
        random = np.random.RandomState(0)
        drawn = [
            [(key, int(i)) for i in random.choice(value.size, min(SAMPLED, value.size), replace=False)]
            for key, value in params.items()
        ]
        in_turn = [one for turn in itertools.zip_longest(*drawn) for one in turn if one is not None]
        self.network.loss(self.x, self.t)  # the first call of anything takes longer
        for key, i in in_turn[:SAMPLED]:
            one = params[key].reshape(-1)[i : i + 1]  # a view of this parameter alone
            start = time.perf_counter()
            (value,) = numerical_gradient(lambda _: self.network.loss(self.x, self.t), one)
            seconds.append(time.perf_counter() - start)
            index = tuple(int(at) for at in np.unravel_index(i, params[key].shape))
            self.sample.append((key, index, float(value)))
            yield len(seconds) / SAMPLED
            if sum(seconds) > SAMPLE_SECONDS and len(seconds) >= len(params):
                break
        self.definition_seconds = median(seconds) * self.parameters

    def _timed(
        self, gradient: Callable[[Array, Array], Gradient], images: int, part: float, share: float
    ) -> Generator[float, None, tuple[Gradient, float]]:
        """Compute the gradient of the batch, so many images at a time, and the seconds it takes.

        A gradient is a mean over the batch, so that of some of the images is a share of it. Yields how far
        the whole check is, which stands at `part` before this and at most at `part` + `share` after it.
        """
        seconds: list[float] = []
        while not seconds or (len(seconds) < REPEATS and sum(seconds) < REPEAT_SECONDS):
            total = {key: np.zeros(value.shape) for key, value in self.network.params.items()}
            seconds.append(0.0)
            for first in range(0, len(self.x), images):
                start = time.perf_counter()
                x, t = self.x[first : first + images], self.t[first : first + images]
                for key, value in gradient(x, t).items():
                    total[key] += value * (len(x) / len(self.x))
                seconds[-1] += time.perf_counter() - start
                done = len(seconds) - 1 + (first + len(x)) / len(self.x)
                yield part + share * done / REPEATS
        return total, median(seconds)

    @property
    def sample_difference(self) -> float:
        """The largest |definition - numerical| over the sample: what the fast form changes, only rounding."""
        return max(abs(value - float(self.numerical[key][index])) for key, index, value in self.sample)

    def least_probable(self) -> tuple[int, float, float]:
        """The image whose correct class is least probable: position in the batch, probability, effect.

        The effect of the 1e-7 in the loss: by how much the derivative by the score of that class is smaller
        for -log(p + 1e-7) than for -log(p), as a share of the mean over the batch: (1 - p) * 1e-7 / (p +
        1e-7) / N.
        """
        y = self.network.predict(self.x)[np.arange(len(self.x)), self.t]
        position = int(np.argmin(y))
        p = float(y[position])
        return position, p, (1 - p) * LOG_OFFSET / (p + LOG_OFFSET) / len(self.x)


def compare(numerical: Gradient, backpropagation: Gradient) -> dict[str, Difference]:
    """The Difference of each array of params."""
    found = {}
    for key, value in numerical.items():
        difference = np.abs(value - backpropagation[key])
        index = tuple(int(i) for i in np.unravel_index(np.argmax(difference), difference.shape))
        found[key] = Difference(
            largest=float(difference[index]),
            mean=float(difference.mean()),
            index=index,
            numerical=float(value[index]),
            backpropagation=float(backpropagation[key][index]),
        )
    return found


# ------------------------------------------------------------------ pictures


def decades(differences: list[Array]) -> tuple[int, int]:
    """The powers of ten (low, high) between which one colour scale shows all these |differences|, >= 0.

    At most DECADES apart: what is smaller has the colour of 10**low.
    """
    largest = max(float(difference.max()) for difference in differences)
    high = int(np.ceil(np.log10(largest))) if largest > 0 else 0
    least = min((float(d[d > 0].min()) for d in differences if (d > 0).any()), default=largest)
    low = int(np.floor(np.log10(least))) if least > 0 else high
    return max(min(low, high - 1), high - DECADES), high


def heat_png(difference: Array, low: int, high: int) -> bytes:
    """|differences| of one array of params as a PNG: one pixel each, coloured by log10 from low to high.

    Exactly 0 is transparent. W1, (784, H), becomes a sheet of H tiles of 28 x 28, with a transparent pixel
    between them; another matrix (rows, columns) is transposed, (columns, rows); a vector is one row.
    """
    with np.errstate(divide="ignore"):
        part = (np.log10(difference) - low) / (high - low)
    levels = np.where(difference > 0, 1 + np.rint(254 * np.clip(part, 0, 1)), 0).astype(np.uint8)
    if difference.ndim == 2 and len(difference) == IMAGE_SIDE * IMAGE_SIDE:
        return encode_png(sheet_of(levels.T.reshape(-1, IMAGE_SIDE, IMAGE_SIDE))[0], _palette())
    return encode_png(np.atleast_2d(levels.T), _palette())


def legend_png() -> bytes:
    """The colours of heat_png from low to high, 255 x 1."""
    return encode_png(np.arange(1, 256, dtype=np.uint8)[None], _palette())


def _palette() -> Array:
    """256 colours, red, green, blue and opacity: 0 is transparent, 1 to 255 are viridis."""
    points = np.array([[c >> 16, c >> 8 & 255, c & 255] for c in VIRIDIS])
    at = np.linspace(0, len(points) - 1, 255)
    colours = np.full((256, 4), 255, dtype=np.uint8)
    colours[1:, :3] = np.rint(
        np.stack([np.interp(at, np.arange(len(points)), points[:, i]) for i in range(3)], axis=1)
    )
    colours[0] = 0
    return colours
