"""The guided experiment "The 86.52 % mystery": trainings whose accuracy is measured as they go.

A reader of the book trained its network, found 0.8652 on the test images, and asked what was wrong. The same
figure is reached in several ways: too few iterations, too small steps, pixels that are not divided by 255.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..book.functions import Array
from ..book.mnist import as_inputs
from ..book.multi_layer_net import MultiLayerNet
from ..diagnosis.measurements import saturated_share
from ..diagnosis.reference_runs import Reference, Spread
from ..settings import Settings
from ..training.evaluation import StepEngine, evaluate
from ..training.trainer import Trainer

FIGURE = 0.8652  # test accuracy, from the reader's memo
# after how many iterations the accuracy is measured; dense where it climbs fast
POINTS = (25, 50, 75, *range(100, 1000, 25), *range(1000, 10_001, 50))
SAMPLE = 1000
SLICE = 0.05  # seconds between two chances to stop


class Road(NamedTuple):
    """One way to the figure: the settings that differ from the book's, and its run in the reference table."""

    settings: dict[str, Any]
    reference: str


ROADS = {
    "book": Road({}, "hidden 50"),
    "slow": Road({"learning_rate": 0.01}, "hidden 50, learning rate 0.01"),
    "raw": Road({"normalize": False}, "hidden 50, pixels 0-255"),
}


class Findings(NamedTuple):
    """Results of an experiment up to now, from accuracies on the test images.

    reached: the first of POINTS with FIGURE or more, None when there is none. crossings: how many times the
    accuracy went over FIGURE or back. gain: in the last tenth of the iterations. saturated: the share of the
    hidden units' outputs that are stuck near 0 or 1, on SAMPLE images.
    """

    iterations: int
    accuracy: float
    reached: int | None
    crossings: int
    gain: float
    saturated: float


class Experiment:
    """A training with settings of one of ROADS; `accuracy`: the test accuracies at the first of POINTS.

    The images as for Trainer; the run is that of a Trainer with the same settings, number by number.
    """

    def __init__(
        self,
        road: str,
        seed: int,
        x_train: Array,
        t_train: Array,
        x_test: Array,
        t_test: Array,
        engine: StepEngine | None = None,
    ) -> None:
        """Prepare a training with the settings of ROADS[road] and this seed; KeyError for another road."""
        settings = Settings(seed=seed, engine="fast", iterations=POINTS[0], **ROADS[road].settings)
        self.road = road
        self.trainer = Trainer(settings, x_train, t_train, x_test, t_test, engine, evaluate=False)
        self.engine = engine
        self.accuracy: list[float] = []

    def pieces(self, iterations: int) -> Iterator[None]:
        """Train up to so many iterations, one of POINTS, pausing every SLICE or earlier.

        May be left at any pause and called again. TrainingDivergedError when the loss is no longer finite.
        """
        for point in POINTS[len(self.accuracy) :]:
            if point > iterations:
                break
            self.trainer.extend(point)
            while not self.trainer.finished:
                self.trainer.advance(SLICE)
                yield
            yield from self._measure()

    def findings(self) -> Findings:
        """The findings after `iteration` iterations, one of POINTS from 100 on."""
        points, accuracy = POINTS[: len(self.accuracy)], np.array(self.accuracy)
        iterations = points[-1]
        tenth = np.searchsorted(points, 0.9 * iterations)
        same = MultiLayerNet(self.trainer.network.params)
        (z1,) = same.hidden(as_inputs(self.trainer.x_test[:SAMPLE], self.trainer.settings.normalize))
        return Findings(
            iterations,
            float(accuracy[-1]),
            first_reached(accuracy),
            crossings(accuracy),
            float(accuracy[-1] - accuracy[tenth]),
            saturated_share(z1),
        )

    def _measure(self) -> Iterator[None]:
        """Appends the test accuracy, after a pause for every slice."""
        trainer, accuracy = self.trainer, 0.0
        for done, correct in evaluate(
            trainer.network,
            trainer.x_test,
            trainer.t_test,
            engine=self.engine,
            normalize=trainer.settings.normalize,
        ):
            accuracy = correct / done
            yield
        self.accuracy.append(accuracy)
        yield


def first_reached(accuracy: ArrayLike) -> int | None:
    """The first of POINTS at which the accuracy is FIGURE or more; None when it never is."""
    there = np.flatnonzero(np.asarray(accuracy) >= FIGURE)
    return POINTS[there[0]] if there.size else None


def crossings(accuracy: ArrayLike) -> int:
    """How many times the accuracy goes from below FIGURE to FIGURE or more, or back."""
    above = np.asarray(accuracy) >= FIGURE
    return int(np.sum(above[1:] != above[:-1]))


def spreads(reference: Reference, road: str) -> list[Spread]:
    """The accuracies of the reference trainings of this kind, over their seeds, at each of POINTS."""
    return [reference.accuracy_at(ROADS[road].reference, point) for point in POINTS]
