"""How far gradients of mini-batches vary from batch to batch (book 4.2.3 and 4.5)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..book.functions import Array
from ..book.mnist import normalize_pixels
from ..book.multi_layer_net import MultiLayerNet, Network, activation_of

SIZES = (1, 10, 100)
DRAWS = 100  # of each size
SLICE = 1000  # images of one piece of the gradient of all: about 50 ms in a browser
Params = Mapping[str, Array]


def flat(grads: Params) -> Array:
    """All elements in one row, ordered by name: networks list their gradients in different orders."""
    return np.concatenate([np.ravel(grads[key]) for key in sorted(grads)])


def cosine(first: Array, second: Array) -> float:
    """The cosine of the angle between two rows.

    1: the same direction, 0: at right angles, or one of them has no length.
    """
    length = np.linalg.norm(first) * np.linalg.norm(second)
    return float(np.dot(first, second) / length) if length else 0.0


@dataclass(frozen=True)
class Tremble:
    """The spread of the gradient over the draws of one batch size.

    gradients: of the watched weight, one for each draw. spread: how far the gradient of all parameters lies
    from its mean over the draws: the root of the mean square distance, about proportional to 1 / sqrt(size).
    lengths: of the gradient of all parameters, for each draw. angles: in degrees between it and that of all
    images; empty while that is unknown.
    """

    size: int
    gradients: tuple[float, ...]
    spread: float
    lengths: tuple[float, ...]
    angles: tuple[float, ...]


class Minibatches:
    """Gradients of one network on training images; the network is copied and may go on learning meanwhile.

    images: uint8 (count, 784), labels: (count,). inputs: converts images to the x (N, 784) that the network
    takes.
    """

    def __init__(
        self,
        network: Network,
        images: Array,
        labels: Array,
        inputs: Callable[[Array], Array] = normalize_pixels,
    ) -> None:
        """Copy the network; the gradient of all images, `whole`, is not known yet."""
        self._net = MultiLayerNet(copy.deepcopy(network.params), activation_of(network))
        self._images, self._labels, self._inputs = images, labels, inputs
        self.whole: Array | None = None

    def gradient(self, chosen: Array | slice) -> dict[str, Array]:
        """The gradient of the loss on these images, by backpropagation, a dict shaped like params."""
        return self._net.gradient(self._inputs(self._images[chosen]), self._labels[chosen])

    def whole_gradient(self) -> Iterator[float]:
        """Compute `whole`, the gradient of the loss on all images, as the weighted mean over slices.

        Yields after each slice which part of all is done, 0 to 1.
        """
        total, count = np.zeros(0), len(self._images)
        for start in range(0, count, SLICE):
            part = slice(start, min(start + SLICE, count))
            share = flat(self.gradient(part)) * ((part.stop - start) / count)
            total = share if start == 0 else total + share
            if part.stop == count:
                self.whole = total
            yield part.stop / count

    def place(self, key: str, index: tuple[int, ...]) -> int:
        """The position of params[key][index] in a flat gradient. KeyError for another key."""
        before = 0
        for name, value in sorted(self._net.params.items()):
            if name == key:
                return before + int(np.ravel_multi_index(index, value.shape))
            before += value.size
        raise KeyError(key)

    def draw(
        self, seed: int, watched: int, sizes: tuple[int, ...] = SIZES
    ) -> Iterator[tuple[float, list[Tremble]]]:
        """Draw DRAWS batches of each size by np.random.choice, from np.random.RandomState(seed).

        watched: a position as `place` returns it. Yields (part done, 0 to 1; the sizes that are complete).
        """
        random = np.random.RandomState(seed)
        done: list[Tremble] = []
        for number, size in enumerate(sizes):
            rows = np.empty((DRAWS, sum(value.size for value in self._net.params.values())), np.float32)
            gradients = []
            for i in range(DRAWS):
                batch_mask = random.choice(len(self._images), size)
                row = flat(self.gradient(batch_mask))
                gradients.append(float(row[watched]))
                rows[i] = row
                if i % 10 == 9 and i < DRAWS - 1:
                    yield (number + (i + 1) / DRAWS) / len(sizes), done
            done = [*done, self._tremble(size, tuple(gradients), rows)]
            yield (number + 1) / len(sizes), done

    def _tremble(self, size: int, gradients: tuple[float, ...], rows: Array) -> Tremble:
        variances = np.var(rows, axis=0, ddof=1, dtype=np.float64)
        spread = float(np.sqrt(np.sum(variances)))
        lengths = tuple(float(np.linalg.norm(row)) for row in rows)
        angles: tuple[float, ...] = ()
        if self.whole is not None:
            whole = self.whole
            angles = tuple(float(np.degrees(np.arccos(np.clip(cosine(row, whole), -1, 1)))) for row in rows)
        return Tremble(size, gradients, spread, lengths, angles)
