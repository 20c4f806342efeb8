"""Trains the network that ships with the page, and writes what the page says before Python is up.

Use, from the project's folder, after `python3 build.py test` has made the virtual environment:
    .venv/bin/python -m sitebuild.shipped_network        (with PYTHONPATH=py)
Writes static/networks/two_layer_net.{pkl,json}, static/networks/first_answers.json and static/digits/*.png.
"""

from __future__ import annotations

import json
import pathlib
from dataclasses import asdict

import numpy as np
from kobai import mnist
from kobai.storage import dump_network
from kobai.training import Settings, Trainer

ROOT = pathlib.Path(__file__).parents[2]
COMMAND = "PYTHONPATH=py .venv/bin/python -m sitebuild.shipped_network"


def main() -> None:
    data = ROOT / ".cache" / "mnist"
    names = (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    )
    files = [(data / f"{name}.gz").read_bytes() for name in names]
    x_train, x_test = mnist.read_images(files[0]), mnist.read_images(files[2])
    t_train, t_test = mnist.read_labels(files[1]), mnist.read_labels(files[3])

    trainer = Trainer(Settings(), x_train, t_train, x_test, t_test)
    while not trainer.finished:
        trainer.advance(10.0)
        print(f"iteration {trainer.iteration}: loss {trainer.train_loss_list[-1]:.4f}")
    network = trainer.network
    about = {
        "iterations": trainer.iteration,
        "hidden_size": trainer.settings.hidden_size,
        "accuracy": network.accuracy(mnist.normalize_pixels(x_test), mnist.one_hot(t_test)),
        "settings": asdict(trainer.settings),
        "data": "MNIST, 60,000 training images (LeCun and Cortes, CC BY-SA 3.0)",
        "made_by": COMMAND,
        "numpy": np.__version__,
    }

    networks, digits = ROOT / "static" / "networks", ROOT / "static" / "digits"
    (networks / "two_layer_net.pkl").write_bytes(dump_network(network, "dict"))
    (networks / "two_layer_net.json").write_text(json.dumps(about, indent=2) + "\n")
    images = []
    for index, y in enumerate(network.predict(mnist.normalize_pixels(x_test[:10]))):
        (digits / f"{index}.png").write_bytes(mnist.image_png(x_test[index]))
        probabilities = [round(float(p), 8) for p in y]
        images.append(
            {
                "index": index,
                "label": int(t_test[index]),
                "src": f"digits/{index}.png",
                "probabilities": probabilities,
            }
        )
    answers = {"network": about, "images": images}
    (networks / "first_answers.json").write_text(json.dumps(answers, indent=1) + "\n")
    print(f"test accuracy {about['accuracy']:.4f}")


if __name__ == "__main__":
    main()
