"""A network under check-up: its measurements, what is known of its training, and the reference runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .measurements import Measurements, rms
from .reference_runs import Reference, Spread

FINISHED = 4000  # iterations from which the book's network is within 0.025 of its accuracy after 10,000
GUESSES = 150  # iterations up to which the book's network does little more than guess
LAST = 10_000  # iterations of the book
RECENT = 100  # losses of which the mean is taken, as in the reference: one batch alone is too noisy
NEAR = 1.3  # times as large, or as small: within it a size still fits; hidden 30 differs from 50 by this
BOOK_RATE = 0.1
BOOK_START = 0.01


@dataclass(frozen=True)
class History:
    """What is known of a training; None is what is not.

    settings: by the names of kobai.settings.Settings. losses: one an iteration.
    """

    iterations: int | None = None
    settings: dict[str, float] | None = None
    losses: Sequence[float] | None = None


class Case:
    """The numbers by which causes are recognised, each with what the reference runs have in its place."""

    def __init__(self, measurements: Measurements, reference: Reference, history: History) -> None:
        """Keep the measurements (its pieces all done), the reference table and what is known of the
        training.
        """
        self.measurements, self.reference, self.history = measurements, reference, history
        self.accuracy = measurements.accuracy
        self.hidden = measurements.hidden_sizes[0] if measurements.hidden_sizes else 0
        # of the reference's kind: the sizes of weights can be compared
        self.comparable = len(measurements.hidden_sizes) == 1 and measurements.activation == "sigmoid"
        self.book = "hidden 50" if self.hidden < 71 else "hidden 100"  # the nearer one, as a ratio

    @cached_property
    def place(self) -> Spread | None:
        """The iteration of the reference run (the book's settings) with this accuracy."""
        return self.reference.iterations_for(self.book, self.accuracy)

    @cached_property
    def finished(self) -> bool:
        """Whether the accuracy is that of a finished training: as after FINISHED iterations, or better."""
        return self.accuracy >= self.reference.accuracy_at(self.book, FINISHED).least

    @cached_property
    def guessing(self) -> bool:
        """Whether the accuracy is one of the first GUESSES iterations, or below all of the reference."""
        return not self.finished and (self.place is None or self.place.most < GUESSES)

    @cached_property
    def now(self) -> Spread:
        """`place`, and the nearest end of the reference where there is none."""
        run = self.reference.run(self.book)
        end = float(run.iterations[-1 if self.finished else 0])
        return self.place or Spread(end, end, end)

    @cached_property
    def weights_fit(self) -> bool:
        """Whether W2 is as large as that of the reference run (the book's settings) at this accuracy."""
        if not self.comparable:
            return False
        ratio = self.measurements.sizes["W2"] / self.usual("W2", self.now.mean)
        return 1 / NEAR < ratio < NEAR

    def setting(self, name: str) -> float | None:
        """A setting of the training, None where it is not known."""
        return (self.history.settings or {}).get(name)

    def iteration_with(self, key: str, value: float) -> float:
        """The iteration at which a statistic of the reference run, which grows, reaches this size."""
        run = self.reference.run(self.book)
        return float(np.interp(value, np.maximum.accumulate(run.statistics[key]), run.iterations))

    def usual(self, key: str, iteration: float) -> float:
        """A statistic of the reference run after so many iterations."""
        return self.reference.statistic_at(self.book, key, iteration)

    # ------------------------------------------------------------- the start

    @cached_property
    def start(self) -> float:
        """The standard deviation that the weights started with: rows of W1 of still pixels keep it.

        If these pixels were not 0 but all alike, each unit's weights were shifted by the same amount.
        """
        still = self.measurements.params["W1"][self.measurements.still]
        return rms(still - still.mean(axis=0))

    @cached_property
    def moved(self) -> float:
        """The distance of the other weights of W1 from their start (root mean square): variances add up."""
        size = self.measurements.sizes["W1"]
        return float(np.sqrt(max(size**2 - self.start**2, 0.0)))

    @property
    def has_moved(self) -> bool:
        """Whether W1 is so far from its start that `moved` is more than chance."""
        return self.moved > self.start / 2

    # ------------------------------------------------------------ the pixels

    @property
    def pixel_ratio(self) -> float:
        """How many times as far as b1 the weights of W1 have moved.

        A step changes W1[i, j] by pixel i times what it changes b1[j] (book 5.6.2), in any network.
        """
        return self.moved / max(self.measurements.sizes["b1"], 1e-12)

    def reference_ratio(self, name: str) -> float:
        """`pixel_ratio` of a run of the reference at its end."""
        run = self.reference.run(name)
        W1, start, b1 = (float(run.statistics[key][-1]) for key in ("W1", "W1_still", "b1"))
        return float(np.sqrt(W1**2 - start**2)) / b1

    @cached_property
    def ratio_limit(self) -> float:
        """A limit between the ratios of normalised pixels (1 to 6) and others (100 or more); at most 255."""
        return float(np.sqrt(255 * self.reference_ratio(self.book)))

    # -------------------------------------------------------- the confidence

    @cached_property
    def usual_confidence(self) -> float:
        """The mean confidence of the reference's network at this accuracy; at the end of its run at most."""
        return self._usual_here("confidence")

    @cached_property
    def usual_saturation(self) -> float:
        """The share of saturated outputs of the reference's network at this accuracy."""
        return self._usual_here("saturated")

    def _usual_here(self, key: str) -> float:
        run = self.reference.run(self.book)
        means = np.maximum.accumulate(run.test_accuracy.mean(axis=0))
        return float(np.interp(self.accuracy, means, run.statistics[key]))

    @property
    def by_heart_confidence(self) -> float:
        """The mean confidence of a network that has learned 1,000 images by heart."""
        return float(self.reference.run("hidden 50, 1,000 images").statistics["confidence"][-1])

    # ------------------------------------------------------------- the losses

    @property
    def last_loss(self) -> float | None:
        """The mean of the last losses, None where they are not known."""
        losses = self.history.losses
        return float(np.mean(losses[-RECENT:])) if losses is not None and len(losses) else None

    @property
    def slope(self) -> float | None:
        """The fall of the loss in 1,000 iterations: a straight line through the last fifth of the losses."""
        losses = self.history.losses
        if losses is None or len(losses) < 5 * RECENT:
            return None
        last = np.asarray(losses[-len(losses) // 5 :], dtype=np.float64)
        return float(-1000 * np.polyfit(np.arange(len(last)), last, 1)[0])
