"""Networks made with a known cause, and healthy ones, for the check-up to find it: how each is made."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.book.two_layer_net import TwoLayerNet
from kobai.settings import Settings
from kobai.training.trainer import Trainer


class Made(NamedTuple):
    """A network, and what a page knows of a run of its own: the settings and, after `train`, all losses."""

    network: TwoLayerNet | MultiLayerNet
    settings: dict[str, Any]
    losses: list[float]


class Maker:
    """Makes networks from MNIST with the compiled engine.

    Each is made once, and its params are read-only, as tests share it; with images or labels of the test's
    own it is made at each call.
    """

    def __init__(self, mnist, engine) -> None:
        self.mnist, self.engine = mnist, engine
        self._made: dict[tuple[Any, ...], Made] = {}

    def train(self, seed: int, iterations: int, images=None, labels=None, **settings) -> Made:
        """The book's training, on other images or labels where they are given."""
        if images is not None or labels is not None:
            return self._train(seed, iterations, images, labels, settings)
        key = (seed, iterations, *sorted(settings.items()))
        if key not in self._made:
            self._made[key] = self._train(seed, iterations, None, None, settings)
        return self._made[key]

    def _train(self, seed: int, iterations: int, images, labels, settings: dict[str, Any]) -> Made:
        x = self.mnist.x_train if images is None else images
        t = self.mnist.t_train if labels is None else labels
        run = Settings(seed=seed, iterations=iterations, engine="fast", **settings)
        trainer = Trainer(run, x, t, x[:1], t[:1], self.engine, evaluate=False)
        while not trainer.finished:
            trainer.advance(1.0)
        for array in trainer.network.params.values():
            array.flags.writeable = False
        return Made(trainer.network, {**settings, "iterations": iterations}, trainer.train_loss_list)

    def deep(self, seed: int, iterations: int, sizes, activation: str, learning_rate: float) -> Made:
        """A network of other layers, weights started as Xavier (sigmoid) or He (ReLU) would (book 6.2)."""
        random = np.random.RandomState(seed)
        params = {}
        for i, (n, m) in enumerate(zip(sizes, sizes[1:], strict=False), 1):
            params[f"W{i}"] = random.randn(n, m) * np.sqrt((2 if activation == "relu" else 1) / n)
            params[f"b{i}"] = np.zeros(m)
        network = MultiLayerNet(params, activation)
        for _ in range(iterations):
            batch_mask = random.choice(len(self.mnist.x_train), 100)
            x, t = self.mnist.x_train[batch_mask] / 255, self.mnist.t_train[batch_mask]
            for key, value in network.gradient(x, t).items():
                params[key] -= learning_rate * value
        return Made(network, {"learning_rate": learning_rate, "iterations": iterations}, [])


def subset(mnist, count, seed):
    chosen = np.random.RandomState(seed).choice(60_000, count, replace=False)
    return {"images": mnist.x_train[chosen], "labels": mnist.t_train[chosen]}


def without(mnist, digits):
    others = ~np.isin(mnist.t_train, digits)
    return {"images": mnist.x_train[others], "labels": mnist.t_train[others]}


def partly_random(mnist, part, seed):
    random = np.random.RandomState(seed)
    wrong = random.rand(60_000) < part
    return np.where(wrong, random.randint(0, 10, 60_000), mnist.t_train).astype(np.uint8)


def read_as(activation, made):
    return made._replace(network=MultiLayerNet(made.network.params, activation))


def never_trained(seed):
    np.random.seed(seed)
    return Made(TwoLayerNet(784, 50, 10), {"iterations": 0}, [])


# by the true cause: ways to make networks of it, each from a Maker and a seed
CAUSES = {
    "few": [
        lambda make, seed: make.train(seed, 400),
        lambda make, seed: make.train(seed, 1000),
        lambda make, seed: make.train(seed, 2000, hidden_size=30),
    ],
    "large": [
        lambda make, seed: make.train(seed, 1500, learning_rate=10.0),
        lambda make, seed: make.train(seed, 1000, learning_rate=30.0),
    ],
    "pixels": [
        lambda make, seed: make.train(seed, 500, normalize=False),
        lambda make, seed: make.train(seed, 2500, normalize=False),
    ],
    "data": [
        lambda make, seed: make.train(seed, 4000, **subset(make.mnist, 1000, seed)),
        lambda make, seed: make.train(seed, 4000, **subset(make.mnist, 300, seed)),
    ],
    "start": [
        lambda make, seed: make.train(seed, 2000, weight_init_std=1.0),
        lambda make, seed: make.train(seed, 1000, weight_init_std=2.0, hidden_size=100),
    ],
    "alike": [lambda make, seed: make.train(seed, 1000, weight_init_std=0.0)],
    "noise": [
        lambda make, seed: make.train(seed, 3000, labels=partly_random(make.mnist, 0.3, seed)),
        lambda make, seed: make.train(seed, 2000, labels=partly_random(make.mnist, 0.6, seed)),
    ],
    "shuffled": [
        lambda make, seed: make.train(
            seed, 2000, labels=np.random.RandomState(seed).permutation(make.mnist.t_train)
        )
    ],
    "swapped": [
        lambda make, seed: make.train(seed, 1500, labels=((make.mnist.t_train + 1) % 10).astype(np.uint8))
    ],
    "missing": [
        lambda make, seed: make.train(seed, 1500, **without(make.mnist, [seed % 10])),
        lambda make, seed: make.train(seed, 3000, **without(make.mnist, [4, 9])),
    ],
    "inverted": [lambda make, seed: make.train(seed, 1500, images=255 - make.mnist.x_train)],
    "activation": [
        lambda make, seed: read_as("sigmoid", make.deep(seed, 600, (784, 50, 10), "relu", 0.2)),
        lambda make, seed: read_as("relu", make.train(seed, 3000)),
    ],
    "hidden": [
        lambda make, seed: make.train(seed, 2000, hidden_size=3, learning_rate=0.5),
        lambda make, seed: make.train(seed, 2000, hidden_size=5, learning_rate=0.5),
    ],
    "untrained": [lambda make, seed: never_trained(seed)],
}

# 5 times the learning rate and a fifth of the iterations is the same training, and quicker to test
HEALTHY = [
    lambda make, seed: make.train(seed, 10_000),
    lambda make, seed: make.train(seed, 10_000, learning_rate=0.05),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5),
    lambda make, seed: make.train(seed, 4000, learning_rate=0.5),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5, hidden_size=30),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5, hidden_size=100),
    lambda make, seed: make.train(seed, 1500, learning_rate=0.5, hidden_size=200),
    lambda make, seed: make.train(seed, 5000, batch_size=50),
    lambda make, seed: make.train(seed, 1500, learning_rate=0.5, batch_size=200),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5, weight_init_std=0.1),
    lambda make, seed: make.deep(seed, 1000, (784, 50, 100, 10), "sigmoid", 1.0),
    lambda make, seed: make.deep(seed, 800, (784, 50, 10), "relu", 0.5),
]
