"""The numerical gradient by its definition (`common/gradient.py` in the book's repository)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .functions import Array
from .input_checks import float_array_restored


@float_array_restored
def numerical_gradient(f: Callable[[Array], Any], x: Array) -> Array:
    """Gradient of f at x by central differences, (f(x + h) - f(x - h)) / 2h, h = 1e-4 (book 4.4).

    f: takes x and returns a number. x: floats of any shape; each element is changed in place, one at a time,
    and put back bit for bit, even when f raises. Returns an array of the shape and dtype of x. TypeError when
    x is not an array of floats. h is small enough for an error of about h**2, and large enough for a rounding
    error of about eps / h.
    """
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
        it.iternext()
    return grad
