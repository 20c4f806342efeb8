"""The check-up of a network: its state, the causes of that state, and what cannot be determined.

The traces of each cause are in rules.py and rules_progress.py, with the reason of every threshold; what is
usual comes from the reference table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import report_rows, rules, rules_progress
from .derived import LAST, Case, History
from .measurements import Measurements
from .reference_runs import Reference, Spread
from .report import N_, Finding, Reading, Sentence, Value, about, share, whole
from .report_rows import Histogram


@dataclass(frozen=True)
class Checkup:
    """The result of a check-up.

    standing: two or three sentences. findings: the most probable cause first; then what else may be.
    excluded: causes that lead to such an accuracy, too, but not here. unknown: what cannot be known.
    readings: the accuracy of the same weights as they are used, and in each other way that was tried. book:
    the run of the reference compared with. place: after how many of its iterations it has this accuracy, or
    None. weights: histograms as `report_rows.weights` names them.
    """

    accuracy: float
    book: str
    place: Spread | None
    standing: tuple[Sentence, ...]
    findings: tuple[Finding, ...]
    excluded: tuple[Finding, ...]
    unknown: tuple[Sentence, ...]
    weights: dict[str, Histogram]
    readings: tuple[Reading, ...]


def diagnose(measurements: Measurements, reference: Reference, history: History | None = None) -> Checkup:
    """Evaluate the measurements, all pieces of which must be done, and return what the check-up found."""
    case = Case(measurements, reference, history or History())
    found = [finding for cause in rules.IN_ORDER if (finding := cause(case))]
    if not found:
        by_heart = rules_progress.data(case)
        found = [by_heart] if by_heart else []
    if not found:
        found = [rules_progress.healthy(case)] if case.finished else rules_progress.unfinished(case)
    named = {finding.cause for finding in found}
    excluded = (
        [] if case.finished else [one for one in rules_progress.excluded(case) if one.cause not in named]
    )
    return Checkup(
        accuracy=case.accuracy,
        book=case.book,
        place=case.place,
        standing=tuple(_standing(case)),
        findings=tuple(found),
        excluded=tuple(excluded),
        unknown=tuple(_unknown(case)),
        weights=report_rows.weights(case),
        readings=report_rows.readings(case),
    )


def _standing(case: Case) -> list[Sentence]:
    """The accuracy, the iterations that give it by the book's settings, and what 10,000 give."""
    images = len(case.measurements.labels)
    end = case.reference.accuracy_at(case.book, LAST)
    units = int(case.reference.run(case.book).settings["hidden_size"])
    values = {
        "accuracy": share(case.accuracy),
        "correct": whole(round(case.accuracy * images)),
        "images": whole(images),
    }
    sentences = [
        Sentence(
            N_("It recognises {correct} of the {images} test images: an accuracy of {accuracy}."), values
        )
    ]
    ends: dict[str, Value] = {"least": share(end.least), "most": share(end.most), "units": units}
    place = case.place
    if case.accuracy > end.most:
        better = N_(
            "That is more than the book's network with {units} hidden units reaches after 10,000 "
            "iterations ({least} to {most})."
        )
        return [*sentences, Sentence(better, ends)]
    if place is None or case.guessing:
        guess = N_("That is no better than guessing: one in ten is right by chance.")
        return [*sentences, Sentence(guess), _after_all(ends)]
    if place.mean >= LAST * 0.9:
        there = N_(
            "That is what the book's network with {units} hidden units has after 10,000 iterations "
            "({least} to {most}, by the seed)."
        )
        return [*sentences, Sentence(there, ends)]
    stands = N_(
        "The book's network with {units} hidden units has this accuracy after about {iterations} "
        "iterations ({first} to {last}, by the seed)."
    )
    where: dict[str, Value] = {
        "units": units,
        "iterations": about(place.mean),
        "first": about(place.least),
        "last": about(place.most),
    }
    return [*sentences, Sentence(stands, where), _after_all(ends)]


def _after_all(ends: Mapping[str, Value]) -> Sentence:
    return Sentence(
        N_("After 10,000 iterations it has {least} to {most}."), {k: ends[k] for k in ("least", "most")}
    )


def _unknown(case: Case) -> list[Sentence]:
    """What cannot be found by any measurement on the network."""
    sentences = []
    if case.history.iterations is None:
        sentences.append(
            Sentence(
                N_(
                    "How many iterations it was trained for, and with which learning rate: only the "
                    "product of the two leaves traces in the weights."
                )
            )
        )
    if case.measurements.train is None:
        sentences.append(
            Sentence(N_("Which images it learned from: only when it knows a few of them by heart, it shows."))
        )
    if not case.comparable:
        sentences.append(
            Sentence(
                N_(
                    "How large its weights should be: the reference was trained with one hidden layer of "
                    "sigmoids, so for this network its figures are a rough guide."
                )
            )
        )
    elif case.hidden not in (50, 100):
        values = {"hidden": case.hidden, "units": int(case.reference.run(case.book).settings["hidden_size"])}
        sentences.append(
            Sentence(
                N_(
                    "How exactly the figures hold for {hidden} hidden units: the reference compared with "
                    "has {units}."
                ),
                values,
            )
        )
    return sentences
