"""Trains the reference table: what accuracy, and what kind of network, to expect after how many iterations.

Use, from the project's folder, after `python3 build.py test` has made the virtual environment (about ten
minutes on one core):
    OPENBLAS_NUM_THREADS=1 PYTHONPATH=py .venv/bin/python -m sitebuild.train.reference_runs
Writes static/reference/training.json; kobai.diagnosis.reference_runs reads it and says what the figures are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from kobai.book import mnist
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.book.two_layer_net import TwoLayerNet
from kobai.diagnosis import measurements
from kobai.settings import Settings
from kobai.training import c_engine
from kobai.training.trainer import Trainer

from ..assemble import compile_engine
from ..fetch.cache import Cache
from ..project import Project, user_cache_folder
from .shipped_network import ROOT

COMMAND = "OPENBLAS_NUM_THREADS=1 PYTHONPATH=py .venv/bin/python -m sitebuild.train.reference_runs"
SEEDS = range(12)
# dense where the accuracy climbs fast
ITERATIONS = [1, 25, *range(50, 1000, 50), *range(1000, 2000, 250), 2000, 2500, *range(3000, 10_001, 1000)]
RECENT = 100  # the loss is the mean of so many iterations: one batch alone is too noisy


class Run(NamedTuple):
    """Settings, how many of the 60,000 images, and whether pixels are divided by 255."""

    settings: dict[str, Any]
    images: int = 60_000
    normalize: bool = True


RUNS = {
    "hidden 50": Run({"hidden_size": 50}),
    "hidden 100": Run({"hidden_size": 100}),
    "hidden 50, learning rate 0.01": Run({"hidden_size": 50, "learning_rate": 0.01}),
    "hidden 50, pixels 0-255": Run({"hidden_size": 50}, normalize=False),
    "hidden 50, 1,000 images": Run({"hidden_size": 50}, images=1000),
    "hidden 5": Run({"hidden_size": 5}),
    "hidden 10": Run({"hidden_size": 10}),
}


class Mnist(NamedTuple):
    """Images (N, 784) and labels (N,), uint8."""

    x_train: np.ndarray
    t_train: np.ndarray
    x_test: np.ndarray
    t_test: np.ndarray


def read_mnist() -> Mnist:
    """MNIST from the folder of the tests."""
    (x_train, t_train), (x_test, t_test) = mnist.load_mnist(
        normalize=False, dataset_dir=ROOT / ".cache" / "mnist"
    )
    return Mnist(x_train, t_train, x_test, t_test)


def normalized(
    settings: Settings, data: Mnist, native: c_engine.Engine
) -> Iterator[tuple[TwoLayerNet, list[float]]]:
    """The network and all losses so far, at each of ITERATIONS."""
    trainer = Trainer(settings, *data, engine=native)
    for iterations in ITERATIONS:
        trainer.extend(iterations)
        while not trainer.finished:
            trainer.advance(10.0)
        yield trainer.network, list(trainer.train_loss_list)


def unnormalized(settings: Settings, data: Mnist) -> Iterator[tuple[TwoLayerNet, list[float]]]:
    """The same with pixels 0 to 255: the book's loop with `normalize=False` forgotten in load_mnist."""
    np.random.seed(settings.seed)
    network = TwoLayerNet(784, settings.hidden_size, 10, settings.weight_init_std)
    losses: list[float] = []
    for i in range(ITERATIONS[-1]):
        batch_mask = np.random.choice(len(data.x_train), settings.batch_size)
        x_batch, t_batch = data.x_train[batch_mask].astype(np.float64), data.t_train[batch_mask]
        grad = network.gradient(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            network.params[key] -= settings.learning_rate * grad[key]
        losses.append(network.loss(x_batch, t_batch))
        if i + 1 in ITERATIONS:
            yield network, losses


def measured(
    run: Run, seed: int, data: Mnist, still: np.ndarray, native: c_engine.Engine
) -> dict[str, list[float]]:
    """Each statistic of one training at each of ITERATIONS."""
    part = Mnist(data.x_train[: run.images], data.t_train[: run.images], data.x_test, data.t_test)
    settings = Settings(**run.settings, seed=seed, engine="fast", iterations=1)
    steps = normalized(settings, part, native) if run.normalize else unnormalized(settings, part)
    x_test = data.x_test.astype(np.float64) / (255 if run.normalize else 1)
    rows = []
    for network, losses in steps:
        same = MultiLayerNet(network.params)
        (z1,) = same.hidden(x_test)
        rows.append(
            {
                **measurements.answer_statistics(same.predict(x_test), data.t_test),
                **measurements.weight_sizes(network.params, still),
                "saturated": measurements.saturated_share(z1),
                "loss": float(np.mean(losses[-RECENT:])),
            }
        )
    return {key: [row[key] for row in rows] for key in rows[0]}


def rounded(values: np.ndarray, digits: int) -> list[float]:
    """So many significant digits."""
    return [float(f"{value:.{digits}g}") for value in values]


def table(names: list[str]) -> dict[str, object]:
    """What training.json holds, for the runs of these names."""
    data = read_mnist()
    still = measurements.still_pixels(data.x_train)
    native = c_engine.load(compile_engine.compile_native(Project(ROOT), Cache(user_cache_folder())))
    runs = {}
    for name in names:
        seeds = []
        for seed in SEEDS:
            seeds.append(measured(RUNS[name], seed, data, still, native))
            print(f"{name}, seed {seed}: {seeds[-1]['accuracy'][-1]}", flush=True)
        runs[name] = {
            **RUNS[name]._asdict(),
            "test_accuracy": [one["accuracy"] for one in seeds],
            "statistics": {
                key: rounded(np.mean([one[key] for one in seeds], axis=0), 5)
                for key in seeds[0]
                if key != "accuracy"
            },
        }
    return {
        "made_by": COMMAND,
        "data": "MNIST (LeCun and Cortes, CC BY-SA 3.0); accuracies on its 10,000 test images",
        "numpy": np.__version__,
        "seeds": list(SEEDS),
        "iterations": ITERATIONS,
        "still_pixels": np.flatnonzero(still).tolist(),
        "runs": runs,
    }


def main() -> None:
    """Train all runs and write static/reference/training.json."""
    target = ROOT / "static" / "reference" / "training.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(table(list(RUNS)), separators=(",", ":")) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
