"""Ten probabilities that are moved by hand, and the two losses of book 4.2 for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..book.functions import Array, cross_entropy_error, sum_squared_error
from ..book.mnist import CLASSES, one_hot


def moved(y: ArrayLike, digit: int, value: float) -> Array:
    """y (10,) with y[digit] = value; the others share the rest in the proportions they have.

    Where the others are all 0, they share equally. The sum is 1 again.
    """
    y = np.clip(np.asarray(y, dtype=np.float64), 0, None)
    others = np.delete(y, digit)
    total = others.sum()
    share = others / total if total > 0 else np.full(CLASSES - 1, 1 / (CLASSES - 1))
    value = float(np.clip(value, 0, 1))
    return np.insert(share * (1 - value), digit, value)


def losses(y: ArrayLike, digit: int) -> tuple[float, float]:
    """Sum of squared errors and cross entropy error of y (10,) for an image of this digit."""
    y = np.asarray(y, dtype=np.float64)
    t = one_hot(np.array([digit]))[0]
    return float(sum_squared_error(y, t)), float(cross_entropy_error(y, t))
