"""The interface of `c_engine.Engine` in NumPy alone, for browsers that cannot run that one.

The NumPy of the browser has no BLAS, so `np.dot` is slow there. `np.einsum` along contiguous axes, without
the pixels that are zero in the whole batch, takes less than half the time; the numbers stay float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..book.functions import Array, cross_entropy_error, sigmoid, softmax
from ..book.mnist import as_inputs, one_hot


class NumpyEngine:
    """Steps of the book's training loop and counts of correct answers, by `np.einsum`."""

    def train_steps(
        self,
        params: Mapping[str, Array],
        x_train: Array,
        t_train: Array,
        batch_masks: Array | Sequence[Array],
        learning_rate: float,
        normalize: bool = True,
    ) -> Array:
        """One step for each batch, by backpropagation; changes params in place.

        x_train: uint8 (N, 784). t_train: labels (N,). batch_masks: integers (steps, batch_size). normalize:
        pixels divided by 255, else as they are. Returns the losses, float64 (steps,), each taken on its batch
        after the update; fewer when a step gave a loss or a param that is not finite: that step is undone.
        """
        losses: list[float] = []
        for batch_mask in batch_masks:
            before = {key: array.copy() for key, array in params.items()}
            with np.errstate(all="ignore"):  # what is not finite is found below
                loss = _step(params, x_train[batch_mask], t_train[batch_mask], learning_rate, normalize)
            if not (np.isfinite(loss) and all(np.isfinite(array).all() for array in params.values())):
                for key, array in before.items():
                    params[key][...] = array
                break
            losses.append(loss)
        return np.array(losses)

    def count_correct(
        self, params: Mapping[str, Array], images: Array, labels: Array, normalize: bool = True
    ) -> int:
        """How many images, uint8 (N, 784), get their label (N,) as the most probable class."""
        used = np.flatnonzero(images.any(axis=0))
        x = as_inputs(images[:, used], normalize).astype(np.float64)
        z1 = _hidden(x, np.ascontiguousarray(params["W1"][used].T), params["b1"])
        a2 = np.dot(z1, params["W2"]) + params["b2"]
        return int(np.sum(np.argmax(a2, axis=1) == labels))


def _step(
    params: Mapping[str, Array], images: Array, labels: Array, learning_rate: float, normalize: bool
) -> float:
    """`TwoLayerNet.gradient`, the update, and the loss after it. images: uint8 (N, 784). labels: (N,)."""
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    used = np.flatnonzero(images.any(axis=0))  # pixels that are not zero everywhere
    x = as_inputs(images[:, used], normalize).astype(np.float64)  # (N, used)
    W1_T = np.ascontiguousarray(W1[used].T)  # (hidden_size, used)
    t = one_hot(labels)

    z1 = _hidden(x, W1_T, b1)  # (N, hidden_size)
    y = softmax(np.dot(z1, W2) + b2)
    dy = (y - t) / len(x)
    da1 = z1 * (1 - z1) * np.dot(dy, W2.T)  # (N, hidden_size)
    dW1_T = np.einsum("hn,un->hu", np.ascontiguousarray(da1.T), np.ascontiguousarray(x.T))

    W1_T -= learning_rate * dW1_T
    W1[used] = W1_T.T
    b1 -= learning_rate * np.sum(da1, axis=0)
    W2 -= learning_rate * np.dot(z1.T, dy)
    b2 -= learning_rate * np.sum(dy, axis=0)
    y = softmax(np.dot(_hidden(x, W1_T, b1), W2) + b2)
    return float(cross_entropy_error(y, t))


def _hidden(x: Array, W1_T: Array, b1: Array) -> Array:
    """sigmoid(x @ W1 + b1), both factors contiguous along the pixels."""
    return sigmoid(np.einsum("nu,hu->nh", x, W1_T) + b1)
