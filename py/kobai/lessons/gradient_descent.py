"""Gradient descent by its definition, with the whole path (book 4.4.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..book.functions import Array
from ..book.gradient import numerical_gradient


def function_2(x: Array) -> Any:
    """x0**2 + x1**2, the book's example of two variables (book 4.3.3). x: shape (2,); returns a scalar."""
    return np.sum(x**2)


def gradient_descent(
    f: Callable[[Array], Any], init_x: Array, lr: float = 0.01, step_num: int = 100
) -> Array:
    """The path of gradient descent: step_num times x -= lr * numerical_gradient(f, x) (book 4.4.1).

    init_x: floats, shape (n,), copied. Returns the path, (step_num + 1, n), init_x first. For `function_2` it
    is (1 - 2 lr)**k * init_x, until x is so large that the step h of the numerical gradient is lost in
    rounding.
    """
    x = init_x.copy()
    path = [x.copy()]
    for _ in range(step_num):
        grad = numerical_gradient(f, x)
        x -= lr * grad
        path.append(x.copy())
    return np.array(path)
