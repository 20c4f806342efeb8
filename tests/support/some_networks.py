"""Networks to open and save, and what they answer, computed without the library."""

from __future__ import annotations

import numpy as np

DEPTHS = [(784, 10), (784, 50, 10), (784, 50, 100, 10), (784, 12, 11, 10, 9, 10), (784, *[3] * 29, 10)]


def some_params(*sizes: int) -> dict[str, np.ndarray]:
    """W1, b1, ... of the layer sizes (inputs, hidden units, ..., outputs)."""
    random = np.random.default_rng(5)
    params = {}
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{i}"] = random.normal(size=(rows, columns)) / np.sqrt(rows)
        params[f"b{i}"] = random.normal(size=columns)
    return params


ACTIVATIONS = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: x * (x > 0)}
X = np.random.default_rng(6).uniform(size=(4, 784))


def probabilities(params: dict[str, np.ndarray], activation: str) -> np.ndarray:
    """What the book's network answers to X, computed here."""
    z = X
    for i in range(1, len(params) // 2 + 1):
        a = z @ params[f"W{i}"] + params[f"b{i}"]
        z = ACTIVATIONS[activation](a)
    return np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)


def params_of(*sizes: int) -> dict[str, np.ndarray]:
    random = np.random.RandomState(3)
    params = {}
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{i}"] = random.normal(size=(rows, columns))
        params[f"b{i}"] = random.normal(size=columns)
    return params
