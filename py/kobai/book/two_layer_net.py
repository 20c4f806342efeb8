"""The network of chapter 4 (`ch04/two_layer_net.py` in the book's repository)."""

# mypy: disable-error-code="no-any-return"
# ruff: noqa: RET504 (a result has its name, as in the book)

from __future__ import annotations

import numpy as np

from .fast_gradient import two_layer_gradient
from .functions import Array, cross_entropy_error, sigmoid, sigmoid_grad, softmax
from .input_checks import number_of_batch, one_hot_rows


class TwoLayerNet:
    """Input, one hidden layer of sigmoids, softmax output (book 4.5.1).

    params: W1 (input_size, hidden_size), b1 (hidden_size,), W2 (hidden_size, output_size), b2 (output_size,),
    float64. The weights are drawn from np.random (W1, then W2), so np.random.seed makes them reproducible.
    In the methods, x is a batch (N, input_size) and t its labels (N,) or one-hot rows (N, output_size).
    """

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, weight_init_std: float = 0.01
    ) -> None:
        """Draw the weights, normally distributed with standard deviation weight_init_std; biases are 0."""
        self.params: dict[str, Array] = {}
        self.params["W1"] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def predict(self, x: Array) -> Array:
        """The probability of each class, float64 (N, output_size) (book 3.4.3 and 4.5.1).

        x: one image (input_size,) may stand for a batch; the result is then (output_size,). ValueError when
        the last axis of x is not input_size long.
        """
        W1, W2 = self.params["W1"], self.params["W2"]
        b1, b2 = self.params["b1"], self.params["b2"]

        a1 = np.dot(x, W1) + b1  # (N, hidden_size)
        z1 = sigmoid(a1)
        a2 = np.dot(z1, W2) + b2  # (N, output_size)
        y = softmax(a2)

        return y

    @number_of_batch
    def loss(self, x: Array, t: Array) -> float:
        """The cross entropy error of the predictions, a mean over the batch (book 4.2.4).

        ValueError when x and t are not of one length, or x does not fit the network.
        """
        y = self.predict(x)
        return cross_entropy_error(y, t)

    @number_of_batch
    def accuracy(self, x: Array, t: Array) -> float:
        """The share of the batch whose most probable class is the correct one, 0 to 1 (book 4.5.1)."""
        y = self.predict(x)
        y = np.argmax(y, axis=1)
        if t.ndim > 1:  # one-hot
            t = np.argmax(t, axis=1)
        accuracy = np.sum(y == t) / float(x.shape[0])
        return accuracy

    def numerical_gradient(self, x: Array, t: Array) -> dict[str, Array]:
        """Gradient of the loss by central differences, float64, shaped like params (book 4.4.2).

        The numbers of `gradient.numerical_gradient`, in the fast form of fast_gradient.py.
        """
        return two_layer_gradient(self.params, x, t)

    @one_hot_rows
    def gradient(self, x: Array, t: Array) -> dict[str, Array]:
        """Gradient of the loss by backpropagation, float64, shaped like params (book chapter 5).

        dy is the derivative of the loss by a2 (softmax and cross entropy together, book 5.6.3), dz1 the one
        by z1, da1 the one by a1. ValueError when x or t do not fit the network.
        """
        W1, W2 = self.params["W1"], self.params["W2"]
        b1, b2 = self.params["b1"], self.params["b2"]
        grads = {}

        batch_num = x.shape[0]

        # forward
        a1 = np.dot(x, W1) + b1  # (N, hidden_size)
        z1 = sigmoid(a1)
        a2 = np.dot(z1, W2) + b2  # (N, output_size)
        y = softmax(a2)

        # backward
        dy = (y - t) / batch_num  # (N, output_size)
        grads["W2"] = np.dot(z1.T, dy)
        grads["b2"] = np.sum(dy, axis=0)

        dz1 = np.dot(dy, W2.T)  # (N, hidden_size)
        da1 = sigmoid_grad(a1) * dz1
        grads["W1"] = np.dot(x.T, da1)
        grads["b1"] = np.sum(da1, axis=0)

        return grads
