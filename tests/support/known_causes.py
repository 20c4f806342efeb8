"""Networks made with a known cause, healthy ones among them, for the check-up to find it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.book.two_layer_net import TwoLayerNet
from kobai.settings import Settings
from kobai.training.trainer import Trainer

HIDDEN = {"W1", "b1", "W2", "b2"}


class Made(NamedTuple):
    """A network, and what a page knows of a run of its own: the settings and all losses."""

    network: TwoLayerNet | MultiLayerNet
    settings: dict[str, Any]
    losses: list[float]


class Maker:
    """Makes networks from MNIST with the compiled engine."""

    def __init__(self, mnist, engine) -> None:
        self.mnist, self.engine = mnist, engine

    def train(self, seed: int, iterations: int, images=None, labels=None, **settings) -> Made:
        """The book's training, on other images or labels where they are given."""
        x = self.mnist.x_train if images is None else images
        t = self.mnist.t_train if labels is None else labels
        run = Settings(seed=seed, iterations=iterations, engine="fast", **settings)
        trainer = Trainer(run, x, t, x[:1], t[:1], engine=self.engine)
        trainer.iter_per_epoch = iterations + 1  # its accuracies are not at issue
        while not trainer.finished:
            trainer.advance(1.0)
        return Made(trainer.network, {**settings, "iterations": iterations}, trainer.train_loss_list)

    def unnormalized(self, seed: int, iterations: int, hidden: int = 50) -> Made:
        """The book's loop on pixels 0 to 255, its two large products by the engine."""
        np.random.seed(seed)
        network = TwoLayerNet(784, hidden, 10)
        params, losses = network.params, []
        for _ in range(iterations):
            batch_mask = np.random.choice(len(self.mnist.x_train), 100)
            images, t = self.mnist.x_train[batch_mask], self.mnist.t_train[batch_mask]
            a1 = self.engine.first_layer(images, params["W1"] * 255, params["b1"])
            z1 = 1 / (1 + np.exp(-np.clip(a1, -500, 500)))
            a2 = z1 @ params["W2"] + params["b2"]
            y = np.exp(a2 - a2.max(axis=1, keepdims=True))
            y /= y.sum(axis=1, keepdims=True)
            losses.append(float(-np.mean(np.log(y[np.arange(100), t] + 1e-7))))
            dy = (y - np.eye(10)[t]) / 100
            da1 = dy @ params["W2"].T * z1 * (1 - z1)
            params["W2"] -= 0.1 * z1.T @ dy
            params["b2"] -= 0.1 * dy.sum(axis=0)
            params["b1"] -= 0.1 * da1.sum(axis=0)
            self.engine.subtract_outer(params["W1"], images, da1, 0.1 * 255)
        return Made(network, {"normalize": False, "iterations": iterations}, losses)

    def deep(self, seed: int, iterations: int, sizes, activation: str, learning_rate: float) -> Made:
        """A network of other layers, weights started as Xavier (sigmoid) or He (ReLU) would (book 6.2)."""
        random = np.random.RandomState(seed)
        params = {}
        for i, (n, m) in enumerate(zip(sizes, sizes[1:], strict=False), 1):
            params[f"W{i}"] = random.randn(n, m) * np.sqrt((2 if activation == "relu" else 1) / n)
            params[f"b{i}"] = np.zeros(m)
        network, losses = MultiLayerNet(params, activation), []
        for _ in range(iterations):
            batch_mask = random.choice(len(self.mnist.x_train), 100)
            x, t = self.mnist.x_train[batch_mask] / 255, self.mnist.t_train[batch_mask]
            for key, value in network.gradient(x, t).items():
                params[key] -= learning_rate * value
            losses.append(network.loss(x, t))
        return Made(network, {"learning_rate": learning_rate, "iterations": iterations}, losses)
