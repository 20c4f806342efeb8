"""How many images a network recognises, counted in slices, between which a page can react."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from ..book.functions import Array
from ..book.mnist import as_inputs
from ..book.two_layer_net import TwoLayerNet

SLICE_SIZE = 1000  # images evaluated at once: about 50 ms in a browser


class StepEngine(Protocol):
    """The interface of what computes when the settings say "fast": `Engine` or `NumpyEngine`."""

    def train_steps(
        self,
        params: Mapping[str, Array],
        x_train: Array,
        t_train: Array,
        batch_masks: Array | Sequence[Array],
        learning_rate: float,
        normalize: bool = True,
    ) -> Array:
        """Take one step for each batch (steps, batch_size) and return the losses, float64.

        They are fewer than the batches where a step left the range of float32.
        """

    def count_correct(
        self, params: Mapping[str, Array], images: Array, labels: Array, normalize: bool = True
    ) -> int:
        """How many images get their label; OverflowError where scores leave float32's range."""


def evaluate(
    network: TwoLayerNet,
    images: Array,
    labels: Array,
    slice_size: int = SLICE_SIZE,
    engine: StepEngine | None = None,
    normalize: bool = True,
) -> Iterator[tuple[int, int]]:
    """Yield after each slice how many images are done and how many of them were recognised.

    images: uint8 (N, 784). labels: (N,). normalize: pixels divided by 255, else as they are. The accuracy is
    the last correct / done. With an engine it is faster.
    """
    correct = 0
    for start in range(0, len(images), slice_size):
        part = slice(start, start + slice_size)
        correct += _count_correct(network, images[part], labels[part], engine, normalize)
        yield min(start + slice_size, len(images)), correct


def _count_correct(
    network: TwoLayerNet, images: Array, labels: Array, engine: StepEngine | None, normalize: bool
) -> int:
    if engine is not None:
        try:
            return engine.count_correct(network.params, images, labels, normalize)
        except OverflowError:  # float64 may do where float32 is too small
            pass
    with np.errstate(all="ignore"):  # a network out of bounds answers wrongly, it does not warn
        y = network.predict(as_inputs(images, normalize))
    return int(np.sum(np.argmax(y, axis=1) == labels))
