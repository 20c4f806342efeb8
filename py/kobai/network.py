"""The network of chapter 4 (`ch04/two_layer_net.py` in the book's repository)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .fast_gradient import two_layer_gradient
from .functions import Array, cross_entropy_error, sigmoid, sigmoid_grad, softmax


class TwoLayerNet:
    """Input, one hidden layer of sigmoids, softmax output (book 4.5.1).

    params: W1 (input_size, hidden_size), b1 (hidden_size,), W2 (hidden_size, output_size), b2 (output_size,),
    float64. The weights are drawn from np.random (W1, then W2), so np.random.seed makes them reproducible.
    In the methods, x is a batch (N, input_size) and t its labels (N,) or one-hot rows (N, output_size).
    """

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, weight_init_std: float = 0.01
    ) -> None:
        self.params: dict[str, Array] = {}
        self.params["W1"] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def predict(self, x: Array) -> Array:
        """The probability of each class, (N, output_size); for one image (input_size,), (output_size,)."""
        W1, W2 = self.params["W1"], self.params["W2"]
        b1, b2 = self.params["b1"], self.params["b2"]

        a1 = np.dot(x, W1) + b1  # (N, hidden_size)
        z1 = sigmoid(a1)
        a2 = np.dot(z1, W2) + b2  # (N, output_size)
        return softmax(a2)

    def loss(self, x: Array, t: ArrayLike) -> float:
        """The cross entropy error of the predictions, a mean over the batch (book 4.2.4)."""
        y = self.predict(x)
        return float(cross_entropy_error(y, t))

    def accuracy(self, x: Array, t: ArrayLike) -> float:
        """The share of the batch whose most probable class is the correct one, 0 to 1."""
        y = np.argmax(self.predict(x), axis=1)  # (N,)
        t = np.asarray(t)
        if t.ndim > 1:  # one-hot
            t = np.argmax(t, axis=1)
        return float(np.sum(y == t) / float(x.shape[0]))

    def numerical_gradient(self, x: Array, t: ArrayLike) -> dict[str, Array]:
        """Gradient of the loss by central differences, the numbers of `gradient.numerical_gradient`."""
        return two_layer_gradient(self.params, x, t)

    def gradient(self, x: Array, t: ArrayLike) -> dict[str, Array]:
        """Gradient of the loss by backpropagation, shaped like params (book chapter 5)."""
        W1, W2 = self.params["W1"], self.params["W2"]
        b1, b2 = self.params["b1"], self.params["b2"]
        grads = {}

        # forward
        a1 = np.dot(x, W1) + b1  # (N, hidden_size)
        z1 = sigmoid(a1)
        a2 = np.dot(z1, W2) + b2  # (N, output_size)
        y = softmax(a2)

        # backward; d... is the derivative of the loss by ...
        batch_num = x.shape[0]
        t = np.asarray(t)
        if t.size != y.size:  # labels
            t = np.eye(y.shape[1])[t]
        dy = (y - t) / batch_num  # (N, output_size), by a2: softmax and cross entropy together
        grads["W2"] = np.dot(z1.T, dy)
        grads["b2"] = np.sum(dy, axis=0)

        dz1 = np.dot(dy, W2.T)  # (N, hidden_size)
        da1 = sigmoid_grad(a1) * dz1
        grads["W1"] = np.dot(x.T, da1)
        grads["b1"] = np.sum(da1, axis=0)
        return grads
