"""Networks of any depth, such as the ready-made one of chapter 3 (`common/multi_layer_net.py` in the book).

The book's class draws its own weights; this one is given them, since it is for networks that exist already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from .functions import Array, cross_entropy_error, relu, relu_grad, sigmoid, sigmoid_grad, softmax
from .input_checks import number_of_batch, one_hot_rows
from .two_layer_net import TwoLayerNet

ACTIVATIONS = {"sigmoid": (sigmoid, sigmoid_grad), "relu": (relu, relu_grad)}  # with their derivatives


class Network(Protocol):
    """The common interface of TwoLayerNet and MultiLayerNet."""

    params: dict[str, Array]

    def predict(self, x: Array) -> Array:
        """The probability of each class, (N, output_size)."""


def layer_sizes(params: Mapping[str, Array]) -> tuple[int, ...]:
    """The numbers of inputs, of hidden units of each layer, and of outputs: (784, 50, 10) in the book."""
    weights = [params[f"W{i}"] for i in range(1, len(params) // 2 + 1)]
    return (weights[0].shape[0], *(W.shape[1] for W in weights))


class MultiLayerNet:
    """Affine layers with an activation between them, softmax output (book 3.4, 6.5.1).

    params: W1 (input_size, hidden_size), b1 (hidden_size,), ..., Wn, bn, float64, n >= 1; not copied.
    activation: "sigmoid" or "relu", that of every hidden layer; KeyError for another one.
    In the methods, x is a batch (N, input_size) and t its labels (N,) or one-hot rows (N, output_size).
    """

    def __init__(self, params: dict[str, Array], activation: str = "sigmoid") -> None:
        """Keep params, not copied, and look up the activation and its derivative."""
        self.params = params
        self.activation = activation
        self.layers = len(params) // 2
        self._activate, self._activate_grad = ACTIVATIONS[activation]

    def hidden(self, x: Array) -> list[Array]:
        """The output of each hidden layer: z1 (N, hidden_size), ... up to z(n - 1); empty when n is 1."""
        z, outputs = x, []
        for i in range(1, self.layers):
            z = self._activate(self._affine(z, i))
            outputs.append(z)
        return outputs

    def scores(self, x: Array) -> Array:
        """The input of softmax, float64 (N, output_size); for one image (input_size,), (output_size,)."""
        return self._affine([x, *self.hidden(x)][-1], self.layers)

    def predict(self, x: Array) -> Array:
        """The probability of each class, (N, output_size); for one image (input_size,), (output_size,)."""
        return softmax(self.scores(x))

    @number_of_batch
    def loss(self, x: Array, t: Array) -> float:
        """The cross entropy error of the predictions, a mean over the batch (book 4.2.4).

        ValueError when x and t are not of one length, or x does not fit the network.
        """
        y = self.predict(x)
        return cross_entropy_error(y, t)

    @one_hot_rows
    def gradient(self, x: Array, t: Array) -> dict[str, Array]:
        """Gradient of the loss by backpropagation, float64, shaped like params (book chapter 5).

        ValueError when x or t do not fit the network.
        """
        grads = {}
        z = [x]  # z[i] is the input of layer i + 1
        a = []
        for i in range(1, self.layers + 1):
            a.append(self._affine(z[-1], i))
            z.append(self._activate(a[-1]))
        y = softmax(a[-1])

        da = (y - t) / len(x)  # (N, output_size): softmax and cross entropy together
        for i in range(self.layers, 0, -1):
            grads[f"W{i}"] = np.dot(z[i - 1].T, da)
            grads[f"b{i}"] = np.sum(da, axis=0)
            if i > 1:
                da = np.dot(da, self.params[f"W{i}"].T) * self._activate_grad(a[i - 2])
        return grads

    def gradient_by_layer(self, x: Array, da: Array, layer: int) -> Array:
        """The gradient by the outputs of a layer, (N, units): 0 for x itself, 1 for z1, ... (book 5.6).

        da: (N, output_size), the gradient by the scores of what is differentiated.
        """
        a = [self._affine(z, i + 1) for i, z in enumerate([x, *self.hidden(x)])]
        for i in range(self.layers, layer + 1, -1):
            da = np.dot(da, self.params[f"W{i}"].T) * self._activate_grad(a[i - 2])
        return np.asarray(np.dot(da, self.params[f"W{layer + 1}"].T))

    def _affine(self, x: Array, i: int) -> Array:
        return np.asarray(np.dot(x, self.params[f"W{i}"]) + self.params[f"b{i}"])


def network_of(params: dict[str, Array], activation: str = "sigmoid") -> Network:
    """Make a network of these arrays, not copied: a TwoLayerNet where it is one, else a MultiLayerNet.

    KeyError for an activation other than "sigmoid" and "relu".
    """
    if activation == "sigmoid" and len(params) == 4:
        network = TwoLayerNet(0, 0, 0)  # draws no random numbers
        network.params = params
        return network
    return MultiLayerNet(params, activation)


def activation_of(network: Network) -> str:
    """The activation of the hidden layers, "sigmoid" or "relu"; a TwoLayerNet always has sigmoids."""
    return network.activation if isinstance(network, MultiLayerNet) else "sigmoid"


def with_activation(network: Network, activation: str) -> Network:
    """A network of the same arrays (shared, not copied) whose hidden layers use "sigmoid" or "relu"."""
    return network_of(network.params, activation)
