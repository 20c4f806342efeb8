"""The guided experiment "The 86.52 % mystery": trainings whose accuracy is measured as they go.

A reader of the book trained its network, found 0.8652 on the test images, and asked what was wrong. The same
figure is reached in several ways: too few iterations, too small steps, pixels that are not divided by 255.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .evaluation import StepEngine, evaluate
from .functions import Array
from .reference import Reference, Spread
from .training import Settings, Trainer

FIGURE = 0.8652  # test accuracy, from the reader's memo
# after how many iterations the accuracy is measured; dense where it climbs fast
POINTS = (25, 50, 75, *range(100, 1000, 25), *range(1000, 10_001, 50))
SLICE = 0.05  # seconds between two chances to stop


class Road(NamedTuple):
    """A way to the figure: what differs from the book's settings, and the run of the reference table."""

    settings: dict[str, Any]
    reference: str


ROADS = {
    "book": Road({}, "hidden 50"),
    "slow": Road({"learning_rate": 0.01}, "hidden 50, learning rate 0.01"),
    "raw": Road({"normalize": False}, "hidden 50, pixels 0-255"),
}


class _Unevaluated(Trainer):
    """A training without the accuracies of each epoch, which take longer than the epoch."""

    def _evaluation_is_due(self, i: int) -> bool:
        return False


class Experiment:
    """One training down a road of ROADS; `accuracy` has the test accuracies at the first of POINTS so far.

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
        settings = Settings(seed=seed, engine="fast", iterations=POINTS[0], **ROADS[road].settings)
        self.road = road
        self.trainer = _Unevaluated(settings, x_train, t_train, x_test, t_test, engine)
        self.engine = engine
        self.accuracy: list[float] = []

    def pieces(self, iterations: int) -> Iterator[None]:
        """Trains up to so many iterations, one of POINTS, pausing every SLICE or earlier.

        May be left at any pause and called again. Raises TrainingDivergedError.
        """
        for point in POINTS[len(self.accuracy) :]:
            if point > iterations:
                break
            self.trainer.extend(point)
            while not self.trainer.finished:
                self.trainer.advance(SLICE)
                yield
            correct = 0
            for _done, correct in self._correct(self.trainer.settings.normalize):  # noqa: B007
                yield
            self.accuracy.append(correct / len(self.trainer.x_test))
            yield

    def with_other_pixels(self) -> float:
        """The test accuracy of the network as it is now on pixels scaled the way it was not trained on."""
        *_, (done, correct) = self._correct(not self.trainer.settings.normalize)
        return correct / done

    def _correct(self, normalize: bool) -> Iterator[tuple[int, int]]:
        return evaluate(
            self.trainer.network,
            self.trainer.x_test,
            self.trainer.t_test,
            engine=self.engine,
            normalize=normalize,
        )


def at(accuracy: Sequence[float], iterations: int) -> float:
    """The accuracy after so many iterations, one of POINTS."""
    return accuracy[POINTS.index(iterations)]


def first_reached(accuracy: Sequence[float], level: float = FIGURE) -> int | None:
    """The first of POINTS at which the accuracy is at least `level`; None when it never is."""
    return next((point for point, value in zip(POINTS, accuracy, strict=False) if value >= level), None)


def crossings(accuracy: Sequence[float], level: float = FIGURE) -> int:
    """How many times the accuracy goes from below `level` to at least `level` or back."""
    above = np.asarray(accuracy) >= level
    return int(np.sum(above[1:] != above[:-1]))


def spreads(reference: Reference, road: str) -> list[Spread]:
    """Where the trainings of the reference table went on this road, over its seeds, at each of POINTS."""
    return [reference.accuracy_at(ROADS[road].reference, point) for point in POINTS]
