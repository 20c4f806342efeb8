"""The results of a check-up: causes, how sure each is, sentences, numbers, and what to look at or try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float


def N_(message: str) -> str:
    """Return the message as it is; the extractor of messages finds it by this call."""
    return message


@dataclass(frozen=True)
class Sentence:
    """A gettext message id and what fills its fields."""

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English text with its fields filled in."""
        return self.message.format(**self.values)


@dataclass(frozen=True)
class Number:
    """One number of the measurements: its label, its value here, and the usual one where that is known."""

    label: str
    here: str
    book: str = ""


@dataclass(frozen=True)
class Reading:
    """The accuracy of the same weights when they, or the pixels, are read in one way."""

    name: Sentence
    accuracy: float


@dataclass(frozen=True)
class Finding:
    """One possible cause of what the network does.

    cause: its id in TITLES. sure: one of SURE. show: the picture, one of SHOWN. settings: what to train with
    to see the cause come or go, by the names of kobai.settings.Settings; the book's where it names none.
    reading: how to read the same weights instead ("activation" or "normalize"), where that alone mends it.
    """

    cause: str
    sure: str
    sentence: Sentence
    numbers: tuple[Number, ...]
    show: str
    settings: Mapping[str, float]
    reading: Mapping[str, str | bool] | None = None


SURE = ("certain", "likely", "possible", "ruled out")
SHOWN = (
    "reference curve",
    "loss curve",
    "weights",
    "readings",
    "hidden units",
    "confusion matrix",
    "mistakes",
)
TITLES = {
    "healthy": N_("Nothing looks wrong"),
    "few": N_("Stopped early: too few iterations"),
    "slow": N_("A learning rate that is too small"),
    "large": N_("A learning rate that is too large"),
    "pixels": N_("Pixels that were not divided by 255"),
    "range": N_("Read with the wrong range of pixels"),
    "data": N_("Too few training images"),
    "start": N_("Weights that started too large"),
    "alike": N_("Weights that all started alike"),
    "noise": N_("Many training labels are wrong"),
    "shuffled": N_("Labels that do not belong to their images"),
    "swapped": N_("Labels that are mixed up"),
    "missing": N_("A digit that is never answered"),
    "inverted": N_("Black and white are swapped"),
    "activation": N_("Read with the wrong activation"),
    "hidden": N_("Too few hidden units"),
    "untrained": N_("Not trained yet"),
}


def share(value: float) -> str:
    """An accuracy, as the book prints it: 0.8652."""
    return f"{value:.4f}"


def percent(value: float) -> str:
    """A share in percent: 71 %, and finer near the ends: 0.4 %, 99.8 %."""
    digits = 0 if 0.1 <= value <= 0.99 else 1
    return f"{100 * value:.{digits}f}".removesuffix(".0") + " %"


def short(value: float) -> str:
    """Two figures: 0.038, 110."""
    return f"{float(f'{value:.2g}'):.10g}"


def whole(value: float) -> str:
    """A number that was counted: 10,000."""
    return f"{value:,.0f}"


def about(value: float) -> str:
    """A number to two figures: 1,000, 950."""
    return whole(float(f"{value:.2g}"))
