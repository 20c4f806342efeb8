"""One step of learning on one mini-batch, for any learning rate (book 4.5.2)."""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np

from ..book.functions import Array
from ..book.training_step import training_step
from ..book.two_layer_net import TwoLayerNet
from .loss_surface import LossPlane, dot, not_finite

RATES = [float(f"{10 ** (exponent / 20):.3g}") for exponent in range(-60, 41)]  # 0.001 to 100


class Point(NamedTuple):
    """The loss on the same mini-batch after a step of this learning rate.

    predicted: its linear approximation, as if the loss had everywhere the slope it has before the step.
    """

    learning_rate: float
    loss: float
    predicted: float


class OneStep:
    """A step of learning from one network on one mini-batch, repeatable with any learning rate.

    x: (N, input_size), t: labels (N,). loss: before the step. grads: the gradient there. fall: how fast the
    loss falls against the gradient, per learning rate: the square of the gradient's length. KobaiError when
    the gradient is not finite.
    """

    def __init__(self, network: TwoLayerNet, x: Array, t: Array) -> None:
        """Copy the network, and compute the loss and the gradient before the step."""
        self.network, self.x, self.t = copy.deepcopy(network), x, t
        self.loss = network.loss(x, t)
        self.grads = network.gradient(x, t)
        self.fall = dot(self.grads, self.grads)
        if not np.isfinite(self.fall):
            raise not_finite()

    def after(self, learning_rate: float) -> tuple[TwoLayerNet, float]:
        """The network after the step, and its loss on the same mini-batch."""
        network = copy.deepcopy(self.network)
        return network, training_step(network, self.x, self.t, learning_rate)

    def predicted(self, learning_rate: float) -> float:
        """The loss after the step in a linear approximation by the gradient: right for small steps."""
        return self.loss - learning_rate * self.fall

    def curve(self) -> list[Point]:
        """The loss after the step for each of RATES. KobaiError when one is not finite."""
        line = LossPlane(self.network, self.x, self.t, self.grads, self.grads)
        losses = [line.loss(-rate, 0) for rate in RATES]
        if not np.isfinite(losses).all():
            raise not_finite()
        return [Point(rate, loss, self.predicted(rate)) for rate, loss in zip(RATES, losses, strict=True)]
