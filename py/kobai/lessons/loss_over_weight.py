"""Loss and accuracy of a network as functions of one weight of its last layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..book.functions import Array, cross_entropy_error, softmax
from ..book.multi_layer_net import MultiLayerNet

OFFSET = 1e-7  # what cross_entropy_error adds inside its log (book 4.2.2)


class OneWeight:
    """Loss and accuracy for any value of the weight from a unit of the last hidden layer to a digit's score.

    x: inputs (N, 784). t: labels (N,). unit None: the unit whose output differs most from image to image.
    Only the last layer is computed anew for each value of the weight: the same sums as in the network.
    """

    def __init__(
        self, network: MultiLayerNet, x: Array, t: Array, digit: int, unit: int | None = None
    ) -> None:
        """Compute the inputs of the last layer and the scores without this weight."""
        last = len(network.params) // 2
        self.name = f"W{last}"
        hidden = list(network.hidden(x))
        z = np.asarray(hidden[-1] if hidden else x, dtype=np.float64)  # (N, units)
        self.unit = int(z.std(axis=0).argmax()) if unit is None else unit
        self.digit = digit
        self.value = float(network.params[self.name][self.unit, digit])
        self.z = z[:, self.unit]  # (N,)
        self.t = np.asarray(t)
        scores = z @ network.params[self.name] + network.params[f"b{last}"]  # (N, 10)
        scores[:, digit] -= self.z * self.value
        self._others = scores

    def predict(self, value: float, dtype: Any = np.float64) -> Array:
        """Probabilities (N, 10) with this weight."""
        scores = self._others.astype(dtype)
        scores[:, self.digit] += self.z.astype(dtype) * dtype(value)
        return softmax(scores)

    def loss(self, value: float, dtype: Any = np.float64) -> Any:
        """The cross entropy error with this weight, computed in numbers of this type throughout."""
        return cross_entropy_error(self.predict(value, dtype), self.t)

    def correct(self, value: float) -> int:
        """How many images are recognised with this weight."""
        return int(np.sum(self.predict(value).argmax(axis=1) == self.t))

    def slope(self, value: float) -> float:
        """The derivative of loss, in closed form, with the offset inside the log.

        dL/dw = -mean(p / (p + 1e-7) * ((t == digit) - y_digit) * z), p: the probability of the label.
        """
        y = self.predict(value)
        p = y[np.arange(len(self.t)), self.t]
        change = (self.t == self.digit) - y[:, self.digit]
        return float(-np.mean(p / (p + OFFSET) * change * self.z))
