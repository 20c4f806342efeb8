"""Learning from few and from many images: the accuracy on those images, and on the test images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..book.functions import Array
from ..settings import Settings
from ..training.evaluation import StepEngine, evaluate
from ..training.trainer import Trainer

SIZES = (100, 1_000, 60_000)
POINTS = (
    100,
    200,
    300,
    500,
    700,
    1_000,
    1_500,
    2_000,
    3_000,
    5_000,
)  # iterations after which accuracies are measured
SLICE = 0.05  # seconds between two pauses
# (seen, unseen) at each of POINTS as LearningFrom measures them: curves to show before the first training; a
# test measures them again
BEFORE = {
    100: (
        (0.26, 0.1995), (0.5, 0.3544), (0.65, 0.4878), (0.92, 0.6105), (0.99, 0.659),
        (1.0, 0.6775), (1.0, 0.6846), (1.0, 0.688), (1.0, 0.6889), (1.0, 0.6901),
    ),
    1_000: (
        (0.211, 0.2001), (0.312, 0.2913), (0.488, 0.4758), (0.774, 0.7239), (0.859, 0.7983),
        (0.892, 0.832), (0.935, 0.8534), (0.957, 0.8619), (0.98, 0.8681), (0.999, 0.871),
    ),
    60_000: (
        (0.1124, 0.1135), (0.2958, 0.297), (0.5245, 0.5249), (0.7329, 0.7387), (0.8192, 0.8228),
        (0.8608, 0.8642), (0.8918, 0.8926), (0.9029, 0.9044), (0.9151, 0.9167), (0.9292, 0.9315),
    ),
}  # fmt: skip


class Measured(NamedTuple):
    """Accuracies after so many iterations, 0 to 1: on the images learned from, and on the test images."""

    iteration: int
    seen: float
    unseen: float


class LearningFrom:
    """The book's training on the first `size` training images; `measured` has the results up to now."""

    def __init__(
        self,
        size: int,
        x_train: Array,
        t_train: Array,
        x_test: Array,
        t_test: Array,
        engine: StepEngine | None = None,
    ) -> None:
        """Prepare the training; the images as for Trainer."""
        settings = Settings(engine="fast", train_size=size, iterations=POINTS[0])
        # the accuracies are measured at POINTS, not at each epoch: one of 100 images is a single iteration
        self.trainer = Trainer(settings, x_train, t_train, x_test, t_test, engine, evaluate=False)
        self._engine = engine
        self.measured: list[Measured] = []

    def pieces(self) -> Iterator[None]:
        """Train to the last of POINTS, pausing about every SLICE; may be left at a pause and called again."""
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
