"""Activation and loss functions of chapters 3 and 4 (`common/functions.py` in the book's repository).

Same names and argument orders as in the book. They take float32 or float64 and give the same type back;
integers are computed in float64. No finite input makes them overflow: where the textbook formula would, the
value is its limit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray[Any, np.dtype[Any]]


def _floats(x: ArrayLike, integers_as: Any = np.float64) -> Array:
    """`x` as an array of floats; integers, which would wrap around, become `integers_as`."""
    x = np.asarray(x)
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(integers_as)


def identity_function(x: ArrayLike) -> Array:
    """x itself: the output activation for regression (book 3.5)."""
    return np.asarray(x)


def step_function(x: ArrayLike) -> Array:
    """1 where x > 0, else 0, as integers (book 3.2.3)."""
    return np.asarray(np.asarray(x) > 0, dtype=int)


@np.errstate(under="ignore")
def sigmoid(x: ArrayLike) -> Array:
    """1 / (1 + exp(-x)), element by element (book 3.2.4)."""
    x = _floats(x)
    e = np.exp(-np.abs(x))  # never above 1, so nothing overflows on either side
    return np.asarray(np.where(x >= 0, 1, e) / (1 + e))  # for x < 0: exp(x) / (exp(x) + 1), the same function


@np.errstate(under="ignore")
def sigmoid_grad(x: ArrayLike) -> Array:
    """Derivative of the sigmoid, (1 - sigmoid(x)) * sigmoid(x) (book 5.5.2)."""
    x = _floats(x)
    return sigmoid(-x) * sigmoid(x)  # 1 - sigmoid(x) = sigmoid(-x), without the cancellation


def relu(x: ArrayLike) -> Array:
    """max(0, x), element by element (book 3.2.7)."""
    return np.asarray(np.maximum(0, x))


def relu_grad(x: ArrayLike) -> Array:
    """Derivative of relu, with the book's choice of 1 at x = 0."""
    x = np.asarray(x)
    return (x >= 0).astype(x.dtype)


@np.errstate(over="ignore", under="ignore")
def softmax(x: ArrayLike) -> Array:
    """exp(x_k) / sum of exp(x_i) over the last axis (book 3.5.2).

    x: shape (classes,) or (N, classes). The result has the same shape; each row is positive and sums to 1.
    """
    x = _floats(x)
    x = x - np.max(x, axis=-1, keepdims=True)  # no exponent above 0; the quotient stays the same
    e = np.exp(x)
    return np.asarray(e / np.sum(e, axis=-1, keepdims=True))


@np.errstate(over="ignore", under="ignore")
def sum_squared_error(y: ArrayLike, t: ArrayLike) -> Any:
    """Half the sum of (y - t)**2 over all elements (book 4.2.1). Infinite where the sum exceeds the type."""
    y = _floats(y)
    return 0.5 * np.sum((y - _floats(t, integers_as=y.dtype)) ** 2)


def labels_from(t: ArrayLike, y: Array) -> Array:
    """The correct labels, shape (N,), from labels or one-hot rows `t` that belong to y, shape (N, classes).

    Raises ValueError when `t` has neither N labels nor N rows of as many classes.
    """
    labels = np.asarray(t)
    if labels.size == y.size:  # one-hot
        labels = labels.reshape(y.shape).argmax(axis=1)
    return labels.reshape(y.shape[0])


@np.errstate(divide="ignore")
def cross_entropy_error(y: ArrayLike, t: ArrayLike) -> Any:
    """Mean over the batch of -log(y[correct label] + 1e-7) (book 4.2.4).

    y: probabilities, shape (classes,) or (N, classes). t: correct labels (N,) or one-hot, shaped like y.
    """
    y = np.atleast_2d(_floats(y))
    batch_size = y.shape[0]
    labels = labels_from(t, y)
    return -np.sum(np.log(y[np.arange(batch_size), labels] + 1e-7)) / batch_size  # 1e-7: log(0) is infinite


def softmax_loss(x: ArrayLike, t: ArrayLike) -> Any:
    """Cross entropy error of softmax(x) (book 5.6.3). x: scores, shape (classes,) or (N, classes)."""
    return cross_entropy_error(softmax(x), t)
