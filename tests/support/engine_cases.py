"""Cases for the compiled engine, and the same steps in plain NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

PARAMS = ("W1", "b1", "W2", "b2")


def images_of(kind: str, n: int, pixels: int, random: np.random.RandomState) -> np.ndarray:
    """uint8 (n, pixels): "sparse" ones are about as dark as MNIST's."""
    if kind in ("zero", "white"):
        return np.full((n, pixels), 0 if kind == "zero" else 255, dtype=np.uint8)
    dense = random.randint(0, 256, (n, pixels))
    return (dense if kind == "dense" else dense * (random.rand(n, pixels) < 0.2)).astype(np.uint8)


def params_of(pixels: int, hidden: int, random: np.random.RandomState, scale: float = 0.3) -> dict:
    shapes = {"W1": (pixels, hidden), "b1": (hidden,), "W2": (hidden, 10), "b2": (10,)}
    return {key: scale * random.randn(*shape) for key, shape in shapes.items()}


cases = {
    "kind": st.sampled_from(["sparse", "dense", "zero", "white"]),
    "n": st.integers(1, 140),
    "pixels": st.one_of(st.integers(1, 40), st.just(784)),
    "hidden": st.one_of(st.integers(1, 70), st.integers(1, 200)),
    "seed": st.integers(0, 2**32 - 1),
}


@np.errstate(over="ignore")  # exp of a saturated unit
def textbook_steps(params: dict, x, t, batches, learning_rate: float, white: int = 255) -> list[float]:
    """Chapter 4's loop in textbook formulas and float64, without a line of kobai; changes params.

    white: what pixels are divided by.
    """
    losses = []

    def forward(x):
        z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
        a2 = z1 @ params["W2"] + params["b2"]
        e = np.exp(a2 - a2.max(axis=1, keepdims=True))
        return z1, e / e.sum(axis=1, keepdims=True)

    for batch in batches:
        images, one_hot = x[batch] / white, np.eye(10)[t[batch]]
        z1, y = forward(images)
        dy = (y - one_hot) / len(batch)
        da1 = (dy @ params["W2"].T) * z1 * (1 - z1)
        steps = images.T @ da1, da1.sum(axis=0), z1.T @ dy, dy.sum(axis=0)
        for key, step in zip(PARAMS, steps, strict=True):
            params[key] = params[key] - learning_rate * step
        losses.append(-np.log((forward(images)[1] * one_hot).sum(axis=1) + 1e-7).mean())
    return losses
