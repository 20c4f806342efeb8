"""The book's network written out in NumPy: what the chapter's ideas show is held against it."""

from __future__ import annotations

from functools import cache

import numpy as np
from support import reference


@cache
def batch(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    images, labels = reference.training_set()
    mask = np.random.RandomState(seed).choice(len(images), 100)
    return images[mask].astype(np.float32) / 255, labels[mask]


def forward(params: dict[str, np.ndarray], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    a2 = z1 @ params["W2"] + params["b2"]
    e = np.exp(a2 - a2.max(axis=1, keepdims=True))
    return z1, e / e.sum(axis=1, keepdims=True)


def loss(params: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray) -> float:
    return float(-np.log(forward(params, x)[1][np.arange(len(t)), t] + 1e-7).mean())


def gradient(params: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """Backpropagation written out."""
    z1, y = forward(params, x)
    dy = (y - np.eye(10)[t]) / len(t)
    da1 = dy @ params["W2"].T * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ dy, "b2": dy.sum(axis=0)}


def stepped(
    params: dict[str, np.ndarray], grads: dict[str, np.ndarray], rate: float
) -> dict[str, np.ndarray]:
    return {key: value - rate * grads[key] for key, value in params.items()}


def fresh(seed: int) -> dict[str, np.ndarray]:
    """What np.random.seed(seed) makes of the book's network."""
    random = np.random.RandomState(seed)
    params = {"W1": 0.01 * random.randn(784, 50), "b1": np.zeros(50)}
    return params | {"W2": 0.01 * random.randn(50, 10), "b2": np.zeros(10)}
