"""One step of learning, the body of the loop in `ch04/train_neuralnet.py` of the book's repository."""

from __future__ import annotations

from numpy.typing import ArrayLike

from .functions import Array
from .network import TwoLayerNet


def training_step(
    network: TwoLayerNet,
    x_batch: Array,
    t_batch: ArrayLike,
    learning_rate: float,
    grad: dict[str, Array] | None = None,
) -> float:
    """Gradient, update, loss (book 4.5.2): changes network.params in place.

    x_batch: (N, input_size). t_batch: labels (N,) or one-hot rows (N, output_size). grad: the gradient on
    this batch, where it is known already, as the numerical one; else backpropagation finds it. Returns the
    loss on the batch after the update.
    """
    if grad is None:
        grad = network.gradient(x_batch, t_batch)

    for key in ("W1", "b1", "W2", "b2"):
        network.params[key] -= learning_rate * grad[key]

    return network.loss(x_batch, t_batch)
