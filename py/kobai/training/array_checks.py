"""Checks of the arrays that a training is made from: images, labels, and what was saved of a run."""

from __future__ import annotations

import numpy as np

from ..book.functions import Array
from ..book.mnist import CLASSES
from ..errors import DatasetError


def float64_copy(array: Array, shape: tuple[int, ...]) -> Array:
    """A copy of `array` if it is float64 and of this shape, else ValueError."""
    if array.dtype != np.float64 or array.shape != shape:
        raise ValueError
    return array.copy()


def finite_copy(array: Array, shape: tuple[int, ...]) -> Array:
    """A copy of `array` if it is finite float64 of this shape, else ValueError."""
    if not np.isfinite(array).all():
        raise ValueError
    return float64_copy(array, shape)


def check_images(part: str, x: Array, t: Array) -> None:
    """Raise DatasetError when x is not uint8 (N, pixels) or t not N labels."""
    if x.dtype != np.uint8 or x.ndim != 2 or t.shape != (len(x),) or len(x) == 0:
        raise DatasetError(
            "The {part} set needs rows of uint8 pixels and one label for each; it has {images} and {labels}.",
            part=part, images=f"{x.dtype} {x.shape}", labels=str(t.shape),
        )  # fmt: skip
    if t.max() >= CLASSES:
        raise DatasetError(
            "The {part} set has the label {label}; labels are 0 to 9.", part=part, label=int(t.max())
        )
