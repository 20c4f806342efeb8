"""Trains the networks that ship with the page, and writes what the page says before Python is up.

Use, from the project's folder, after `python3 build.py test` has made the virtual environment:
    .venv/bin/python -m sitebuild.train.shipped_network        (with PYTHONPATH=py)
Writes static/networks/*.pkl, shipped.json and first_answers.json there, and static/digits/*.png.
"""

from __future__ import annotations

import copy
import hashlib
import json
import pathlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from kobai.book import mnist
from kobai.book.functions import Array
from kobai.book.multi_layer_net import MultiLayerNet, Network, layer_sizes
from kobai.files.network_file import dump_network
from kobai.images.png import image_png
from kobai.settings import Settings
from kobai.training.trainer import Trainer

ROOT = pathlib.Path(__file__).parents[3]
NETWORKS, DIGITS = ROOT / "static" / "networks", ROOT / "static" / "digits"
COMMAND = "PYTHONPATH=py .venv/bin/python -m sitebuild.train.shipped_network"
DEPTH = (784, 50, 100, 10)  # the layers of the ready-made network of chapter 3

Images = tuple[Array, Array, Array, Array]


def main() -> None:
    """Train all networks that ship, and write them with what the page says of them."""
    folder = ROOT / ".cache" / "mnist"
    (x_train, t_train), (x_test, t_test) = mnist.load_mnist(normalize=False, dataset_dir=folder)
    images = (x_train, t_train, x_test, t_test)

    shipped = []
    for key, file, network, settings, iterations in networks(images):
        data = dump_network(network, "dict")
        (NETWORKS / f"{file}.pkl").write_bytes(data)
        y = network.predict(mnist.normalize_pixels(x_test))
        shipped.append(
            {
                "id": key,
                "file": f"networks/{file}.pkl",
                "origin": "shipped",
                "name": None,
                "layers": list(layer_sizes(network.params)),
                "parameters": sum(value.size for value in network.params.values()),
                "activation": "sigmoid",
                "says_activation": True,
                "normalize": True,
                "iterations": iterations,
                "settings": settings,
                "accuracy": float(np.mean(y.argmax(axis=1) == t_test)),
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "date": None,
                "data": "MNIST, 60,000 training images (LeCun and Cortes, CC BY-SA 3.0)",
                "made_by": COMMAND,
                "numpy": np.__version__,
            }
        )
        print(f"{key}: test accuracy {shipped[-1]['accuracy']:.4f}")
        if key == "shipped":
            write_first_answers(network, shipped[-1], x_test[:10], t_test[:10])
    (NETWORKS / "shipped.json").write_text(json.dumps(shipped, indent=2) + "\n")


def networks(images: Images) -> Iterator[tuple[str, str, Network, dict[str, Any], int]]:
    """Id, file name, network, settings and iterations of each: the book's twice, and a deeper one."""
    trainer = Trainer(Settings(), *images)
    early = Settings().iterations // 10
    while not trainer.finished:
        trainer.step()
        if trainer.iteration == early:
            network = copy.deepcopy(trainer.network)
    settings = asdict(trainer.settings)
    yield "shipped", "two_layer_net", trainer.network, settings, trainer.iteration
    yield "shipped-1000", "two_layer_net_1000", network, settings | {"iterations": early}, early
    yield "shipped-3", "three_layer_net", train_deeper(Settings(), images), settings, Settings().iterations


def train_deeper(settings: Settings, images: Images) -> MultiLayerNet:
    """The book's loop on three layers; its weights start as suits sigmoids (book 6.2.2, Xavier)."""
    x_train, t_train, _, _ = images
    np.random.seed(settings.seed)
    params = {}
    for i, (rows, columns) in enumerate(zip(DEPTH, DEPTH[1:], strict=False), start=1):
        params[f"W{i}"] = np.random.randn(rows, columns) / np.sqrt(rows)
        params[f"b{i}"] = np.zeros(columns)
    network = MultiLayerNet(params)
    for _ in range(settings.iterations):
        batch_mask = np.random.choice(len(x_train), settings.batch_size)
        grad = network.gradient(mnist.normalize_pixels(x_train[batch_mask]), t_train[batch_mask])
        for key in network.params:
            network.params[key] -= settings.learning_rate * grad[key]
    return network


def write_first_answers(network: Network, about: dict[str, Any], x: Array, t: Array) -> None:
    """The answers to the first test images, for the time before Python is up, and the images."""
    images = []
    for index, y in enumerate(network.predict(mnist.normalize_pixels(x))):
        (DIGITS / f"{index}.png").write_bytes(image_png(x[index]))
        probabilities = [round(float(p), 8) for p in y]
        images.append(
            {
                "index": index,
                "label": int(t[index]),
                "src": f"digits/{index}.png",
                "probabilities": probabilities,
            }
        )
    answers = {"network": about, "images": images}
    (NETWORKS / "first_answers.json").write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
