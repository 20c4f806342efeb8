"""Numbers of the measurements that several findings show, each with the usual value beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .derived import BOOK_START, Case
from .measurements import rms
from .report import N_, Number, Reading, Sentence, percent, share, short

BINS = 41  # odd: one of them is around zero


@dataclass(frozen=True)
class Histogram:
    """The number of values in each of BINS equal bins from -limit to limit; their size, and the usual one."""

    limit: float
    counts: tuple[int, ...]
    size: float
    usual: float


def weights(case: Case) -> dict[str, Histogram]:
    """Histograms of W1 at the edge pixels (as it started), of the rest of W1, and of b1; on one scale."""
    W1, still = case.measurements.params["W1"], case.measurements.still
    now = case.now.mean
    usual = {"edge": BOOK_START, "others": case.usual("W1", now), "b1": case.usual("b1", now)}
    values = {"edge": W1[still].ravel(), "others": W1[~still].ravel(), "b1": case.measurements.params["b1"]}
    sizes = {part: rms(each) for part, each in values.items()}
    # three times the largest size shows nearly all of them; what is further out counts as at the end
    limit = min(3 * max(*sizes.values(), *usual.values()), 1e300)
    edges = np.linspace(-limit, limit, BINS + 1)
    return {
        part: Histogram(
            limit,
            tuple(int(count) for count in np.histogram(np.clip(each, -limit, limit), edges)[0]),
            sizes[part],
            usual[part],
        )
        for part, each in values.items()
    }


def readings(case: Case) -> tuple[Reading, ...]:
    """The accuracy as the network is used, then with each other activation, pixel range and background."""
    measurements = case.measurements
    names = {
        "activation": Sentence(
            N_("with {activation} in the hidden layers"),
            {"activation": "ReLU" if measurements.activation == "sigmoid" else "sigmoid"},
        ),
        "pixels": Sentence(
            N_("with pixels from 0 to {most}"), {"most": 255 if measurements.normalize else 1}
        ),
        "inverted": Sentence(N_("with black and white swapped")),
    }
    return (
        Reading(Sentence(N_("as it is read now")), case.accuracy),
        *(
            Reading(name, measurements.otherwise[way])
            for way, name in names.items()
            if way in measurements.otherwise
        ),
    )


def accuracy(case: Case, expected: float | None = None) -> Number:
    """The accuracy on the test images, beside the expected one."""
    return Number(N_("accuracy"), share(case.accuracy), "" if expected is None else share(expected))


def start_spread(case: Case) -> Number:
    """The standard deviation that the weights started with, beside the book's 0.01."""
    return Number(N_("spread of the weights of the pixels at the edge"), short(case.start), short(BOOK_START))


def saturated(case: Case) -> Number:
    """The share of outputs of hidden units within 0.01 of 0 or 1, beside the usual one."""
    label = N_("outputs of hidden units within 0.01 of 0 or 1")
    return Number(label, percent(case.measurements.saturated), percent(case.usual_saturation))


def confidence(case: Case) -> Number:
    """The mean probability of the answers, beside the usual one."""
    label = N_("probability of its answers, on average")
    return Number(label, percent(case.measurements.confidence), percent(case.usual_confidence))


def ratio(case: Case) -> Number:
    """How many times as far as b1 the weights of W1 moved, beside that in the reference run."""
    label = N_("how many times as far as b1 the weights of W1 moved")
    return Number(label, short(case.pixel_ratio), ratios(case)["book"])


def ratios(case: Case) -> dict[str, str]:
    """That ratio in two reference runs: "book" has normalized pixels, "expected" pixels from 0 to 255."""
    return {
        "book": short(case.reference_ratio(case.book)),
        "expected": short(case.reference_ratio("hidden 50, pixels 0-255")),
    }


def progress(case: Case) -> tuple[Number, ...]:
    """Accuracy, sizes of weights, confidence and saturation: what grows in the course of a training."""
    if not case.comparable:
        return (
            accuracy(case),
            Number(N_("probability of its answers, on average"), percent(case.measurements.confidence)),
        )
    now = case.now.mean
    return (
        accuracy(case, case.reference.accuracy_at(case.book, now).mean),
        *(
            Number(label, short(case.measurements.sizes[key]), short(case.usual(key, now)))
            for key, label in (
                ("W1", N_("size of the weights W1")),
                ("W2", N_("size of the weights W2")),
                ("b1", N_("size of the biases b1")),
            )
        ),
        confidence(case),
        saturated(case),
    )
