"""The reference table: accuracies and statistics of the book's network over the iterations, as trained here.

static/reference/training.json holds it, written by sitebuild/train/reference_runs.py.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from ..book.functions import Array


class Spread(NamedTuple):
    """Least, mean and largest value over the seeds."""

    least: float
    mean: float
    most: float


class Run(NamedTuple):
    """One kind of training, by several seeds.

    settings: those that differ from the book's (apart from the seed), by the names of
    `kobai.settings.Settings`. images: how many of the 60,000 training images. normalize: whether pixels are
    divided by 255. iterations: (points,). test_accuracy: (seeds, points). statistics: name -> mean over the
    seeds (points,).
    """

    settings: dict[str, float]
    images: int
    normalize: bool
    iterations: Array
    test_accuracy: Array
    statistics: dict[str, Array]


class Reference:
    """The reference table; runs: by name, such as "hidden 50". KeyError for another name."""

    def __init__(self, runs: dict[str, Run], still: Array) -> None:
        """Keep the runs by name, and which pixels are 0 in all training images, bool (784,)."""
        self.runs = runs
        self.still = still  # pixels that are 0 in all training images, bool (784,)

    @classmethod
    def from_json(cls, text: str) -> Reference:
        """The table in the text of training.json."""
        table: dict[str, Any] = json.loads(text)
        still = np.zeros(784, dtype=bool)
        still[table["still_pixels"]] = True
        runs = {
            name: Run(
                run["settings"],
                run["images"],
                run["normalize"],
                np.array(table["iterations"]),
                np.array(run["test_accuracy"]),
                {key: np.array(values) for key, values in run["statistics"].items()},
            )
            for name, run in table["runs"].items()
        }
        return cls(runs, still)

    def run(self, name: str) -> Run:
        """The run of this name."""
        return self.runs[name]

    def curve(self, name: str) -> list[tuple[int, Spread]]:
        """The iterations of a run in the table, and the test accuracies at each."""
        run = self.runs[name]
        spreads = zip(
            run.test_accuracy.min(axis=0),
            run.test_accuracy.mean(axis=0),
            run.test_accuracy.max(axis=0),
            strict=True,
        )
        return [
            (int(iteration), Spread(*(float(value) for value in spread)))
            for iteration, spread in zip(run.iterations, spreads, strict=True)
        ]

    def accuracy_at(self, name: str, iteration: float) -> Spread:
        """The test accuracy after so many iterations, over the seeds.

        Linear between two points of the table; beyond its ends, that of the end.
        """
        run = self.runs[name]
        points = run.test_accuracy
        least, mean, most = (
            float(np.interp(iteration, run.iterations, values))
            for values in (points.min(axis=0), points.mean(axis=0), points.max(axis=0))
        )
        return Spread(least, mean, most)

    def statistic_at(self, name: str, key: str, iteration: float) -> float:
        """The mean over the seeds of a statistic after so many iterations, between points as accuracy_at."""
        run = self.runs[name]
        return float(np.interp(iteration, run.iterations, run.statistics[key]))

    def iterations_for(self, name: str, accuracy: float) -> Spread | None:
        """The iterations after which the best seed, the mean and the worst seed reach this test accuracy.

        None when the accuracy is below the mean at the first point of the table. A seed that is not that far
        at the last point counts as being there at the last point; None, too, when no seed gets there.
        """
        run = self.runs[name]
        points = run.test_accuracy
        mean = points.mean(axis=0)
        if accuracy < mean[0] or accuracy > points.max():
            return None
        first, middle, last = (
            _first_at(run.iterations, values, accuracy)
            for values in (points.max(axis=0), mean, points.min(axis=0))
        )
        return Spread(first, middle, last)


def _first_at(iterations: Array, values: Array, wanted: float) -> float:
    """Where `values`, joined by lines, first reach what is wanted; the last point when they never do."""
    there = np.flatnonzero(values >= wanted)
    if not there.size:
        return float(iterations[-1])
    i = int(there[0])
    if i == 0:
        return float(iterations[0])
    part = (wanted - values[i - 1]) / (values[i] - values[i - 1])
    return float(iterations[i - 1] + part * (iterations[i] - iterations[i - 1]))
