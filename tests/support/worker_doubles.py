"""Stand-ins for the worker's session and networks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from kobai.book.two_layer_net import TwoLayerNet


class Networks:
    current = "A"

    def __init__(self) -> None:
        np.random.seed(3)
        self.net = TwoLayerNet(784, 50, 10, weight_init_std=0.1)

    async def loaded(self, _key: str) -> TwoLayerNet:
        return self.net

    def about(self, key: str) -> dict[str, Any]:
        return {"id": key, "normalize": True}


class Session:
    """The part of worker.session.Session that Trace asks, with images made up."""

    def __init__(self) -> None:
        random = np.random.RandomState(4)
        self.networks = Networks()
        self.x_test = self.x_train = random.randint(0, 256, (200, 784)).astype(np.uint8)
        self.t_test = self.t_train = random.randint(0, 10, 200).astype(np.uint8)

    async def load_training_images(self) -> None: ...

    def image(self, index: int) -> dict[str, Any]:
        return {"index": index, "label": int(self.t_test[index]), "src": ""}

    def image_of(self, index: int, _pixels: np.ndarray, label: int) -> dict[str, Any]:
        return {"index": index, "label": int(label), "src": ""}


def finished(coroutine):
    """Its result, run in a thread of its own: this one's event loop may belong to a browser's test."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
