"""The loss of a network over a plane through its parameters, and gradient descent in that plane.

All parameters together are one point of a space of many dimensions. Two directions, dicts shaped like params,
span a plane through it: params + a * first + b * second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..book.functions import Array, cross_entropy_error, softmax
from ..book.multi_layer_net import ACTIVATIONS, MultiLayerNet, Network, activation_of
from ..errors import KobaiError

Params = Mapping[str, Array]
ROWS_AT_ONCE = 3  # of a surface: about 50 ms in a browser


def not_finite() -> KobaiError:
    """The error for a network whose loss is NaN or infinite."""
    return KobaiError("The loss of this network is not finite: its weights are too large.")


def dot(first: Params, second: Params) -> float:
    """The sum of the products of all elements; dot(d, d) is the square of the length of d."""
    return float(sum(np.vdot(first[key], second[key]) for key in first))


def moved(params: Params, *steps: tuple[float, Params]) -> dict[str, Array]:
    """New arrays: params + the sum of factor * direction."""
    result = {key: value.copy() for key, value in params.items()}
    for factor, direction in steps:
        for key in result:
            result[key] += factor * direction[key]
    return result


def one_weight(params: Params, key: str, index: tuple[int, ...]) -> dict[str, Array]:
    """The direction in which only params[key][index] grows. IndexError when there is none."""
    direction = {name: np.zeros_like(value) for name, value in params.items()}
    direction[key][index] = 1
    return direction


def steepest(grads: Params, key: str) -> tuple[int, ...]:
    """The index of the largest element of grads[key] by absolute value."""
    return tuple(int(i) for i in np.unravel_index(np.abs(grads[key]).argmax(), grads[key].shape))


def unit(direction: Params) -> dict[str, Array]:
    """The same direction with length 1. KobaiError when its length is 0 or not finite."""
    length = np.sqrt(dot(direction, direction))
    if not np.isfinite(length):
        raise not_finite()
    if length == 0:
        raise KobaiError("The gradient of this network is 0 here: there is no way down.")
    return {key: value / length for key, value in direction.items()}


def across(direction: Params, other: Params) -> dict[str, Array]:
    """The part of `direction` that is orthogonal to `other`, which has length 1."""
    return moved(direction, (-dot(direction, other), other))


class LossPlane:
    """The loss on one mini-batch over the plane; params is not changed and must not change meanwhile.

    x: (N, input_size), t: labels (N,). The product of x and the first layer is computed once: a1 = x W1 + b1
    is linear in the parameters, so a point of the plane costs only the small layers.
    """

    def __init__(self, network: Network, x: Array, t: Array, first: Params, second: Params) -> None:
        """Compute a1 at params and its change along both directions, which are dicts shaped like params."""
        self._params, self._first, self._second, self._x, self._t = network.params, first, second, x, t
        self._activation = activation_of(network)
        self._activate = ACTIVATIONS[self._activation][0]
        self._sums = [np.dot(x, each["W1"]) + each["b1"] for each in (network.params, first, second)]

    def loss(self, a: float, b: float) -> float:
        """The loss at params + a * first + b * second."""
        here, first, second = self._sums
        scores = here + a * first + b * second
        for i in range(2, len(self._params) // 2 + 1):
            W, c = (self._at(f"{letter}{i}", a, b) for letter in "Wb")
            scores = np.dot(self._activate(scores), W) + c
        return float(cross_entropy_error(softmax(scores), self._t))

    def gradient(self, a: float, b: float) -> Array:
        """The slopes of loss(a, b) along a and along b, (2,), by backpropagation through all layers."""
        there = moved(self._params, (a, self._first), (b, self._second))
        grads = MultiLayerNet(there, self._activation).gradient(self._x, self._t)
        return np.array([dot(grads, self._first), dot(grads, self._second)])

    def surface(self, a: Array, b: Array) -> Iterator[tuple[float, Array]]:
        """Yields (part done, losses so far, float64 (len(b), len(a))) until the part is 1.

        KobaiError when a loss is not finite.
        """
        losses = np.zeros((len(b), len(a)))
        for row, down in enumerate(b):
            losses[row] = [self.loss(right, down) for right in a]
            if not np.isfinite(losses[row]).all():
                raise not_finite()
            if row % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 or row == len(b) - 1:
                yield (row + 1) / len(b), losses

    def _at(self, key: str, a: float, b: float) -> Array:
        return np.asarray(self._params[key] + a * self._first[key] + b * self._second[key])


def descend(
    network: Network, start: Params, x: Array, t: Array, learning_rate: float, steps: int
) -> Iterator[tuple[dict[str, Array], float]]:
    """Gradient descent from `start` on one batch: yield (params, loss) before the first step and after each.

    network: for its kind; it is not changed. Ends early once the loss is not finite, which is not yielded.
    """
    net = MultiLayerNet(moved(start), activation_of(network))
    for step in range(steps + 1):
        with np.errstate(all="ignore"):  # what is not finite ends it
            loss = net.loss(x, t)
        if not np.isfinite(loss):
            return
        yield {key: value.copy() for key, value in net.params.items()}, loss
        if step < steps:
            with np.errstate(all="ignore"):
                grads = net.gradient(x, t)
            for key, value in net.params.items():
                value -= learning_rate * grads[key]
