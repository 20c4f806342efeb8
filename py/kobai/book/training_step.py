"""One step of learning, the body of the loop in `ch04/train_neuralnet.py` of the book's repository."""

# ruff: noqa: RET504 (a result has its name, as in the book)

from __future__ import annotations

from .functions import Array
from .two_layer_net import TwoLayerNet


def training_step(network: TwoLayerNet, x_batch: Array, t_batch: Array, learning_rate: float) -> float:
    """Take one step against the gradient that backpropagation finds (book 4.5.2).

    Changes network.params in place. x_batch: (N, input_size). t_batch: labels (N,) or one-hot rows
    (N, output_size). Returns the loss on the batch after the update. ValueError when the batch does not fit
    the network.
    """
    grad = network.gradient(x_batch, t_batch)

    for key in ("W1", "b1", "W2", "b2"):
        network.params[key] -= learning_rate * grad[key]

    loss = network.loss(x_batch, t_batch)
    return loss


def numerical_step(
    network: TwoLayerNet, x_batch: Array, t_batch: Array, learning_rate: float, grad: dict[str, Array]
) -> float:
    """Take the same step with a gradient that is known already, such as the numerical one.

    grad: the gradient of the loss on this batch, shaped like network.params. A function of its own, so that
    the lines of `training_step`, which the page shows, are those of the book.
    """
    for key in ("W1", "b1", "W2", "b2"):
        network.params[key] -= learning_rate * grad[key]

    loss = network.loss(x_batch, t_batch)
    return loss
