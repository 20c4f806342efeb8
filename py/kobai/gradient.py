"""The numerical gradient by its definition (`common/gradient.py` in the book's repository)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .functions import Array

H = 1e-4  # the book's step: small enough for an error of h**2, large enough for the rounding error eps / h


def numerical_gradient(f: Callable[[Array], Any], x: Array) -> Array:
    """Gradient of f at x by central differences, (f(x + h) - f(x - h)) / 2h, h = 1e-4 (book 4.4).

    f: takes x and returns a number. x: floats of any shape; each element is changed in place, one at a time,
    and put back bit for bit, even when f raises. Returns an array of the shape and type of x.
    Raises TypeError when x is not an array of floats: h would vanish in integers.
    """
    if not isinstance(x, np.ndarray) or not np.issubdtype(x.dtype, np.floating):
        raise TypeError("numerical_gradient needs a NumPy array of floats; convert x with x.astype(float).")
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        tmp_val = x[idx]
        try:
            x[idx] = tmp_val + H
            fxh1 = f(x)
            x[idx] = tmp_val - H
            fxh2 = f(x)
        finally:
            x[idx] = tmp_val
        grad[idx] = (fxh1 - fxh2) / (2 * H)
    return grad
