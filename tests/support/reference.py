"""What the page should show, worked out apart: plain NumPy on the raw files, or kobai under CPython."""

from __future__ import annotations

import gzip
import pickle
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
MNIST = ROOT / ".cache" / "mnist"
SHIPPED = ROOT / "static" / "networks" / "two_layer_net.pkl"


@cache
def idx(name: str, header: int) -> np.ndarray:
    """The values of an IDX file behind its header (16 bytes for images, 8 for labels)."""
    file = next(MNIST.rglob(name + "*"))
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return np.frombuffer(data, dtype=np.uint8, offset=header)


def images_to_test() -> np.ndarray:
    """The 10,000 test images, uint8 (10000, 784)."""
    return idx("t10k-images-idx3-ubyte", 16).reshape(-1, 784)


def labels_to_test() -> np.ndarray:
    return idx("t10k-labels-idx1-ubyte", 8)


def training_set() -> tuple[np.ndarray, np.ndarray]:
    """The 60,000 images, uint8 (60000, 784), and their labels."""
    return idx("train-images-idx3-ubyte", 16).reshape(-1, 784), idx("train-labels-idx1-ubyte", 8)


@cache
def shipped_params() -> dict[str, np.ndarray]:
    """The four arrays of the network that ships with the page (our own file, so pickle may read it)."""
    found = pickle.loads(SHIPPED.read_bytes())  # noqa: S301
    return found if isinstance(found, dict) else found.params


def predict(params: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The forward pass of book section 4.5.1, written out: (N, 784) uint8 -> (N, 10) probabilities."""
    x = images.astype(np.float32) / 255  # as load_mnist returns them
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    a2 = z1 @ params["W2"] + params["b2"]
    e = np.exp(a2 - a2.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@cache
def shipped_answers() -> np.ndarray:
    """The shipped network's answer to each of the 10,000 test images."""
    return predict(shipped_params(), images_to_test()).argmax(axis=1)


@cache
def trained(iterations: int, seed: int = 0, **settings: object):
    """A finished run of kobai's Trainer under CPython."""
    from kobai.settings import Settings
    from kobai.training.trainer import Trainer

    trainer = Trainer(
        Settings(iterations=iterations, seed=seed, **settings),
        *training_set(),
        images_to_test(),
        labels_to_test(),
    )
    while not trainer.finished:
        trainer.step()
    return trainer
