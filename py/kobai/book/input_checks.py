"""Decorators that check and convert the arguments of the book's functions before these compute.

They keep what the book's code leaves out (lists, integers, labels instead of one-hot rows, overflow, shapes)
away from the lines that a learner reads. A trace (tracing/recorder.py) does not show the functions of this
module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray[Any, np.dtype[Any]]
Net = TypeVar("Net")
Result = TypeVar("Result")


def as_floats(x: ArrayLike, integers_as: Any = np.float64) -> Array:
    """`x` as an array of floats, not copied if it is one; integers, which would wrap around, are converted.

    integers_as: the dtype for all that are not float16, 32, 64 or longdouble. ValueError for text.
    """
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(integers_as)


def labels_of(t: ArrayLike, y_shape: tuple[int, ...]) -> Array:
    """The correct labels, shape (N,), from labels or one-hot rows `t`; y_shape: (N, classes).

    ValueError when `t` has neither N labels nor N rows of as many classes.
    """
    labels = np.asarray(t)
    rows, classes = y_shape
    if labels.size == rows * classes:  # one-hot
        labels = labels.reshape(y_shape).argmax(axis=1)
    return labels.reshape(rows)


def array_input(function: Callable[[Array], Array]) -> Callable[[ArrayLike], Array]:
    """Convert the argument, and the result, to an array; the dtype stays."""

    @wraps(function)
    def checked(x: ArrayLike) -> Array:
        return np.asarray(function(np.asarray(x)))

    return checked


def float_input(function: Callable[[Array], Array]) -> Callable[[ArrayLike], Array]:
    """Convert the argument to an array of floats, and compute without warnings of overflow and underflow."""

    @wraps(function)
    def checked(x: ArrayLike) -> Array:
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(function(as_floats(x)))

    return checked


def float_pair(function: Callable[[Array, Array], float]) -> Callable[[ArrayLike, ArrayLike], float]:
    """Convert y to an array of floats, and t to one of the same dtype where it holds integers."""

    @wraps(function)
    def checked(y: ArrayLike, t: ArrayLike) -> float:
        with np.errstate(over="ignore", under="ignore"):
            y = as_floats(y)
            return function(y, as_floats(t, integers_as=y.dtype))

    return checked


def rows_and_labels(function: Callable[[Array, Array], float]) -> Callable[[ArrayLike, ArrayLike], float]:
    """Convert y to floats of shape (N, classes), and t to labels (N,) or one-hot rows (N, classes).

    One image, y (classes,), is a batch of one. ValueError when the sizes do not fit.
    """

    @wraps(function)
    def checked(y: ArrayLike, t: ArrayLike) -> float:
        y, t = np.atleast_2d(as_floats(y)), np.asarray(t)
        if y.ndim != 2:
            raise ValueError(f"The probabilities need the shape (N, classes); theirs is {y.shape}.")
        t = t.reshape(y.shape) if t.size == y.size else t.reshape(y.shape[0])
        with np.errstate(divide="ignore"):
            return function(y, t)

    return checked


def one_hot_rows(
    gradient: Callable[[Net, Array, Array], Result],
) -> Callable[[Net, Array, ArrayLike], Result]:
    """Convert the labels of a batch to one-hot rows, float64 (N, classes), for a method gradient(self, x, t).

    classes: the number of biases of the last layer in self.params. One-hot rows stay as they are. ValueError
    for an x that is not of shape (N, input_size); IndexError for a label that is no class.
    """

    @wraps(gradient)
    def checked(self: Net, x: Array, t: ArrayLike) -> Result:
        if np.ndim(x) != 2:
            raise ValueError(
                f"gradient needs a batch x of shape (N, input_size); its shape is {np.shape(x)}."
            )
        params = self.params  # type: ignore[attr-defined]
        classes = params[f"b{len(params) // 2}"].size
        t = np.asarray(t)
        return gradient(self, x, t if t.size == len(x) * classes else np.eye(classes)[t])

    return checked


def number_of_batch(
    method: Callable[[Net, Array, Array], float],
) -> Callable[[Net, Array, ArrayLike], float]:
    """Convert t to an array and the result to a Python float, for a method(self, x, t) such as loss."""

    @wraps(method)
    def checked(self: Net, x: Array, t: ArrayLike) -> float:
        return float(method(self, x, np.asarray(t)))

    return checked


def float_array_restored(
    gradient: Callable[[Callable[[Array], Any], Array], Array],
) -> Callable[[Callable[[Array], Any], Array], Array]:
    """Refuse an x that is no array of floats, and restore x bit for bit when f raises; for gradient(f, x).

    TypeError for anything but floats: the small step h would vanish in integers.
    """

    @wraps(gradient)
    def checked(f: Callable[[Array], Any], x: Array) -> Array:
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            raise TypeError(
                "numerical_gradient needs a NumPy array of floats; convert x with x.astype(float)."
            )
        if x.size == 0:
            return np.zeros_like(x)
        before = x.copy()
        try:
            return gradient(f, x)
        except BaseException:
            x[...] = before
            raise

    return checked
