"""Learning from few and from many images: the accuracy on those learned from, and on unseen ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .evaluation import StepEngine, evaluate
from .functions import Array
from .settings import Settings
from .training import Trainer

SIZES = (100, 1_000, 60_000)
POINTS = (100, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000)  # iterations at which one measures
SLICE = 0.05  # seconds between two pauses


class Measured(NamedTuple):
    """Accuracies after so many iterations, 0 to 1: on the images learned from, and on the test images."""

    iteration: int
    seen: float
    unseen: float


class _Unevaluated(Trainer):
    """The accuracies are measured at POINTS, not at each epoch: an epoch of 100 images is one iteration."""

    def _evaluation_is_due(self, i: int) -> bool:
        return False


class LearningFrom:
    """The book's training on the first `size` training images; `measured` has what is known so far."""

    def __init__(
        self,
        size: int,
        x_train: Array,
        t_train: Array,
        x_test: Array,
        t_test: Array,
        engine: StepEngine | None = None,
    ) -> None:
        settings = Settings(engine="fast", train_size=size, iterations=POINTS[0])
        self.trainer = _Unevaluated(settings, x_train, t_train, x_test, t_test, engine)
        self._engine = engine
        self.measured: list[Measured] = []

    def pieces(self) -> Iterator[None]:
        """Trains to the last of POINTS, pausing about every SLICE; may be left at a pause, called again."""
        trainer = self.trainer
        for point in POINTS[len(self.measured) :]:
            trainer.extend(point)
            while not trainer.finished:
                trainer.advance(SLICE)
                yield
            shares = []
            for images, labels in ((trainer.x_train, trainer.t_train), (trainer.x_test, trainer.t_test)):
                for done, correct in evaluate(trainer.network, images, labels, engine=self._engine):
                    share = correct / done
                    yield
                shares.append(share)
            self.measured.append(Measured(point, *shares))
            yield
