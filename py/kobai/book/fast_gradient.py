"""The numerical gradient of a two-layer network, thousands of times faster than by its definition.

Every number is still the central difference of the loss for one parameter changed by h = 1e-4, in float64,
with no derivative formula. What a change leaves as it was is not computed again:

- W1[i, j] moves a1[n, j] by h * x[n, i] and nothing else before it, so an image n with x[n, i] = 0 keeps its
  loss, and two pixels of an image with the same value give the same loss: one evaluation for each distinct
  (image, value) pair. The bias b1[j] is the weight of one more pixel, which is always 1.
- W2[j, k] moves a2[n, k] by h * z1[n, j] and nothing else. The bias b2[k] is the weight of a unit always 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .functions import Array, sigmoid
from .input_checks import labels_of

H = 1e-4  # the step h of gradient.numerical_gradient
LOG_OFFSET = 1e-7  # of cross_entropy_error
IMAGES_AT_ONCE = 100  # bounds the memory, whatever the batch size


def two_layer_gradient(params: dict[str, Array], x: ArrayLike, t: ArrayLike) -> dict[str, Array]:
    """Central differences of the mean cross entropy error, one array for each of W1, b1, W2, b2 (book 4.4).

    x: (N, input_size), any values. t: labels (N,) or one-hot rows (N, output_size). Returns float64 arrays
    shaped like params. ValueError when x and t do not fit each other.
    """
    gradient = RunningGradient(params, x, t)
    while not gradient.complete:
        gradient.add_images()
    return gradient.mean()


class RunningGradient:
    """The same gradient, computed some images at a time, so that it can be interrupted and kept.

    params, x, t as above; params must not change meanwhile. sum_W1: (input_size + 1, hidden_size) and sum_W2:
    (hidden_size + 1, output_size) are the sums over the first `done` images, with the biases last. ValueError
    when x and t do not fit each other.
    """

    def __init__(self, params: dict[str, Array], x: ArrayLike, t: ArrayLike) -> None:
        """Start with empty sums; x and t are kept as arrays, labels instead of one-hot rows."""
        self._x = np.atleast_2d(np.asarray(x))
        self._W1 = np.vstack([params["W1"], params["b1"]])
        self._W2 = np.vstack([params["W2"], params["b2"]])
        self._t = labels_of(t, (len(self._x), self._W2.shape[1]))
        self.done = 0
        self.sum_W1, self.sum_W2 = np.zeros(self._W1.shape), np.zeros(self._W2.shape)

    @property
    def complete(self) -> bool:
        """Whether all images are in the sums."""
        return self.done >= len(self._x)

    @np.errstate(over="ignore", under="ignore")
    def add_images(self) -> None:
        """Add the next IMAGES_AT_ONCE images, or what is left of the batch, to the sums."""
        images = slice(self.done, self.done + IMAGES_AT_ONCE)
        x, t = self._x[images].astype(np.float64), self._t[images]
        x = np.hstack([x, np.ones((len(x), 1))])  # (n, input_size + 1)
        a1 = x @ self._W1  # (n, hidden_size)
        z1 = np.hstack([sigmoid(a1), np.ones((len(a1), 1))])  # (n, hidden_size + 1)
        a2 = z1 @ self._W2  # (n, output_size)
        self.sum_W1 += _first_layer(x, a1, z1, a2, self._W2, t)
        self.sum_W2 += _second_layer(z1, a2, t)
        self.done += len(x)

    def mean(self) -> dict[str, Array]:
        """The gradient of the mean loss, float64 arrays shaped like params; valid once it is complete."""
        W1, W2 = self.sum_W1 / self.done, self.sum_W2 / self.done
        return {"W1": W1[:-1], "b1": W1[-1], "W2": W2[:-1], "b2": W2[-1]}


def _first_layer(x: Array, a1: Array, z1: Array, a2: Array, W2: Array, t: Array) -> Array:
    """Sum over the images of the central differences for each W1[i, j], (input_size + 1, hidden_size)."""
    image, pixel = np.nonzero(x)
    values, value = np.unique(x[image, pixel], return_inverse=True)
    pairs, pair = np.unique(image.astype(np.int64) * len(values) + value, return_inverse=True)
    n = (pairs // len(values)).astype(np.intp)  # image of each pair, (pairs,)
    v = values[pairs % len(values)]  # pixel value of each pair, (pairs,)

    # softmax(a2)[t] = 1 / sum over k of exp(a2[k] - a2[t]). The term k = t is 1, so the sum is at least 1;
    # where it overflows, the probability is the 0 that it should be.
    t = t[n]  # (pairs,)
    a1, z1 = np.take(a1.T, n, axis=1), np.take(z1.T, n, axis=1)  # (hidden_size, pairs), rows contiguous
    lead = np.take(a2.T, n, axis=1) - a2[n, t]  # (output_size, pairs)
    W2_lead, work = np.empty_like(lead), np.empty_like(lead)  # used again for each unit: new ones cost time

    def probability(dz1: Array) -> Array:  # of the correct class when the unit's output moves by dz1
        np.multiply(W2_lead, dz1, out=work)
        np.add(work, lead, out=work)
        np.exp(work, out=work)
        return np.asarray(1 / work.sum(axis=0) + LOG_OFFSET)

    grad = np.empty((x.shape[1], len(a1)))
    for j in range(len(a1)):
        np.subtract(W2[j][:, None], W2[j][t], out=W2_lead)
        y_plus = probability(sigmoid(a1[j] + H * v) - z1[j])
        y_minus = probability(sigmoid(a1[j] - H * v) - z1[j])
        difference = np.log(y_minus / y_plus) / (2 * H)  # the loss is -log(y)
        grad[:, j] = np.bincount(pixel, weights=difference[pair], minlength=len(grad))
    return grad


def _second_layer(z1: Array, a2: Array, t: Array) -> Array:
    """Sum over the images of the central differences for each W2[j, k], (hidden_size + 1, output_size)."""
    a2 = a2 - np.max(a2, axis=1, keepdims=True)
    e = np.exp(a2)  # (n, output_size)
    e_correct = np.take_along_axis(e, t[:, None], axis=1)  # (n, 1)

    def probability(k: int, step: float) -> Array:  # of the correct class when a2[k] moves by step * z1
        e_k = np.exp(a2[:, k, None] + step * z1)  # (n, hidden_size + 1)
        e_others = np.delete(e, k, axis=1).sum(axis=1, keepdims=True)  # (n, 1)
        return np.asarray(np.where((t == k)[:, None], e_k, e_correct) / (e_others + e_k) + LOG_OFFSET)

    grad = np.empty((z1.shape[1], a2.shape[1]))
    for k in range(a2.shape[1]):
        difference = np.log(probability(k, -H) / probability(k, H)) / (2 * H)  # the loss is -log(y)
        grad[:, k] = difference.sum(axis=0)
    return grad
