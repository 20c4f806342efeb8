"""The interface of `engine.Engine` in NumPy alone, for browsers that cannot run the compiled engine.

The NumPy of the browser has no BLAS, so `np.dot` is slow there. `np.einsum` along contiguous axes, without the
pixels that are zero in the whole batch, takes less than half the time; the numbers stay float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .functions import Array, cross_entropy_error, sigmoid, sigmoid_grad, softmax
from .mnist import normalize_pixels, one_hot


class EinsumEngine:
    """Steps of the book's training loop and counts of correct answers, by `np.einsum`."""

    def train_steps(
        self,
        params: Mapping[str, Array],
        x_train: Array,
        t_train: Array,
        batch_masks: Array | Sequence[Array],
        learning_rate: float,
    ) -> Array:
        """One step for each batch, by backpropagation; changes params in place.

        x_train: uint8 (N, 784). t_train: labels (N,). batch_masks: integers (steps, batch_size). Returns the
        losses, float64 (steps,), each taken on its batch after the update.
        """
        W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
        losses = []
        for batch_mask in batch_masks:
            images = x_train[batch_mask]
            used = np.flatnonzero(images.any(axis=0))  # pixels that are not zero everywhere
            x = normalize_pixels(images[:, used]).astype(np.float64)  # (batch_size, used)
            x_T = np.ascontiguousarray(x.T)
            t = one_hot(t_train[batch_mask])

            W1_used_T = np.ascontiguousarray(W1[used].T)  # (hidden, used)
            a1 = np.einsum("nu,hu->nh", x, W1_used_T) + b1
            z1 = sigmoid(a1)
            y = softmax(np.dot(z1, W2) + b2)

            dy = (y - t) / len(x)
            da1 = sigmoid_grad(a1) * np.dot(dy, W2.T)
            W2 -= learning_rate * np.dot(z1.T, dy)
            b2 -= learning_rate * np.sum(dy, axis=0)
            dW1_T = np.einsum("hn,un->hu", np.ascontiguousarray(da1.T), x_T)
            b1 -= learning_rate * np.sum(da1, axis=0)
            W1_used_T -= learning_rate * dW1_T
            W1[used] = W1_used_T.T

            z1 = sigmoid(np.einsum("nu,hu->nh", x, W1_used_T) + b1)
            losses.append(float(cross_entropy_error(softmax(np.dot(z1, W2) + b2), t)))
        return np.array(losses)

    def count_correct(self, params: Mapping[str, Array], images: Array, labels: Array) -> int:
        """How many images, uint8 (N, 784), get their label (N,) as the most probable class."""
        used = np.flatnonzero(images.any(axis=0))
        x = normalize_pixels(images[:, used]).astype(np.float64)
        W1_T = np.ascontiguousarray(params["W1"][used].T)
        z1 = sigmoid(np.einsum("nu,hu->nh", x, W1_T) + params["b1"])
        a2 = np.dot(z1, params["W2"]) + params["b2"]
        return int(np.sum(np.argmax(a2, axis=1) == labels))
