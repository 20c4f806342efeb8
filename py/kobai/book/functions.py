"""Activation and loss functions of chapters 3 and 4 (`common/functions.py` in the book's repository).

Same names and argument orders as in the book. They take float32 or float64 and give the same type back;
integers are computed in float64. No finite input makes them overflow: where the textbook formula would, the
value is its limit. Conversions and settings for that are made by the decorators (input_checks.py).
"""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np

from .input_checks import Array as Array
from .input_checks import array_input, float_input, float_pair, rows_and_labels


@array_input
def identity_function(x: Array) -> Array:
    """Return x itself: the output activation for regression (book 3.5). Any shape and dtype."""
    return x


@array_input
def step_function(x: Array) -> Array:
    """1 where x > 0, else 0, as integers of the shape of x (book 3.2.3)."""
    return np.array(x > 0, dtype=int)


@float_input
def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), element by element (book 3.2.4).

    x: floats of any shape; returns the same shape and dtype. exp(-x) overflows where x is far below 0. There
    the fraction is expanded by exp(x): exp(x) / (exp(x) + 1), the same function.
    """
    e = np.exp(-np.abs(x))  # exp(-x) for x >= 0, exp(x) for x < 0: never above 1
    return np.where(x >= 0, 1, e) / (1 + e)


@float_input
def sigmoid_grad(x: Array) -> Array:
    """Derivative of the sigmoid, (1 - sigmoid(x)) * sigmoid(x), element by element (book 5.5.2).

    x: floats of any shape; returns the same shape and dtype. 1 - sigmoid(x) is computed as sigmoid(-x), which
    is the same number and loses no digits where sigmoid(x) is near 1.
    """
    return sigmoid(-x) * sigmoid(x)


@array_input
def relu(x: Array) -> Array:
    """max(0, x), element by element (book 3.2.7). x: any shape; returns the same shape and dtype."""
    return np.maximum(0, x)


@array_input
def relu_grad(x: Array) -> Array:
    """Derivative of relu: 1 where x >= 0, else 0, in the shape and dtype of x.

    At x = 0, where relu has no derivative, it is 1 as in the book's `common/functions.py`.
    """
    grad = np.zeros_like(x)
    grad[x >= 0] = 1
    return grad


@float_input
def softmax(x: Array) -> Array:
    """exp(x_k) / sum of exp(x_i) over the last axis (book 3.5.2).

    x: floats, (classes,) or (N, classes). The result has the same shape and dtype; each row is positive and
    sums to 1.
    """
    c = np.max(x, axis=-1, keepdims=True)
    exp_x = np.exp(x - c)  # no exponent above 0; the quotient stays the same
    sum_exp_x = np.sum(exp_x, axis=-1, keepdims=True)
    return exp_x / sum_exp_x


@float_pair
def sum_squared_error(y: Array, t: Array) -> float:
    """Half the sum of (y - t)**2 over all elements (book 4.2.1), a scalar of the dtype of y.

    y, t: floats of one shape. Infinite where the sum exceeds the type.
    """
    return 0.5 * np.sum((y - t) ** 2)


@rows_and_labels
def cross_entropy_error(y: Array, t: Array) -> float:
    """Mean over the batch of -log(y[correct label] + 1e-7), a scalar of the dtype of y (book 4.2.4).

    y: probabilities, (classes,) or (N, classes). t: correct labels (N,) or one-hot rows, shaped like y.
    ValueError when the sizes of y and t do not fit. 1e-7: the log of 0 is infinite.
    """
    if t.size == y.size:  # one-hot
        t = t.argmax(axis=1)
    batch_size = y.shape[0]
    return -np.sum(np.log(y[np.arange(batch_size), t] + 1e-7)) / batch_size


def softmax_loss(x: Array, t: Array) -> float:
    """Cross entropy error of softmax(x) (book 5.6.3), a scalar of the dtype of x.

    x: scores, (classes,) or (N, classes). t: correct labels (N,) or one-hot rows, shaped like x.
    """
    y = softmax(x)
    return cross_entropy_error(y, t)
