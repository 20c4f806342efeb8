"""How far a training has come: finished, stopped early, slow, or limited by too few images.

Functions like those in rules.py; they are used when none of those has found a cause.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from . import report_rows
from .derived import BOOK_RATE, GUESSES, LAST, Case
from .report import N_, Finding, Number, Sentence, about, percent, share, short, whole

LEARNED = 0.5  # below this accuracy, the confidence of a network does not depend on its images yet
PREFIXES = (100, 300, 500, 1000, 2000, 3000, 5000)  # how many of the first training images may have been used
BY_HEART = 0.99  # of them are recognised
CHANCE = 5  # standard deviations of the accuracy on them: the others do not reach that by chance
FEW = 20  # images in a batch: the loss of fewer, right after their own step, is not that of others
TOO_SURE = 0.03  # mean confidence minus accuracy of a network that the reference cannot be compared with
SEEDS = 0.01  # a seed outside the reference's may be so much below it
MORE = {"iterations": LAST}
BOOK_UNITS, MANY_UNITS = 50, 100  # hidden units of the reference's runs
SLOWER = 2.0  # a learning rate that costs less than this factor of iterations is no mistake


def healthy(case: Case) -> Finding:
    """A finished training: no other cause was found, and the accuracy is as high as it should be."""
    if case.comparable:
        sentence = N_(
            "Nothing points to a mistake: the accuracy is what the book's settings lead to, and so are "
            "the weights and the answers."
        )
    else:
        sentence = N_("Nothing points to a mistake: the accuracy is what a network of this kind leads to.")
    below = case.accuracy < case.reference.accuracy_at(case.book, LAST).least
    if below and (case.history.iterations or 0) < LAST:
        more: Mapping[str, float] = MORE
    elif case.hidden < MANY_UNITS:
        more = {"hidden_size": MANY_UNITS, "iterations": LAST}
    else:
        more = {"hidden_size": BOOK_UNITS, "iterations": LAST}  # how much the many units gain
    return Finding(
        "healthy", "certain", Sentence(sentence), report_rows.progress(case), "reference curve", more
    )


def data(case: Case) -> Finding | None:
    """Too few images, learned by heart: recognised better than others, or answered too surely."""
    if case.accuracy < LEARNED or case.accuracy >= case.reference.accuracy_at(case.book, LAST).least:
        return None
    return _by_images(case) or _by_losses(case) or (None if case.finished else _by_confidence(case))


def _by_images(case: Case) -> Finding | None:
    first = _learned_by_heart(case)
    if first is None:
        return None
    sentence = N_(
        "Of the first {count} training images it recognises {known}, of the others {others}: it learned "
        "from these alone, and knows them by heart. From more images it would learn what they have in "
        "common."
    )
    values = {"count": whole(first[0]), "known": percent(first[1]), "others": percent(first[2])}
    return _few_images("certain", Sentence(sentence, values), "mistakes", (report_rows.confidence(case),))


def _by_losses(case: Case) -> Finding | None:
    last, test = case.last_loss, case.measurements.test_loss
    if last is None or last >= test / 2 or (case.setting("batch_size") or FEW) < FEW:
        return None
    sentence = N_(
        "On its training images the loss is down to {last}, on the test images it is {test}: it knows its"
        " training images by heart, so they were too few. More images teach what digits have in common."
    )
    shown = (
        Number(N_("loss on the training images"), short(last)),
        Number(N_("loss on the test images"), short(test)),
        report_rows.confidence(case),
    )
    values = {"last": short(last), "test": short(test)}
    return _few_images("certain", Sentence(sentence, values), "loss curve", shown)


def _by_confidence(case: Case) -> Finding | None:
    here, usual = case.measurements.confidence, case.usual_confidence
    limit = (usual + case.by_heart_confidence) / 2 if case.comparable else case.accuracy + TOO_SURE
    if here < limit:
        return None
    sentence = N_(
        "It is {confidence} sure of its answers on average, but only {accuracy} are right; the book's "
        "network of this accuracy is {usual} sure. So sure is a network that has seen few images again "
        "and again, and knows them by heart."
    )
    values = {"confidence": percent(here), "accuracy": percent(case.accuracy), "usual": percent(usual)}
    return _few_images("likely", Sentence(sentence, values), "mistakes", (report_rows.confidence(case),))


def _few_images(sure: str, sentence: Sentence, show: str, shown: tuple[Number, ...]) -> Finding:
    return Finding("data", sure, sentence, shown, show, {"train_size": 60_000})


def _learned_by_heart(case: Case) -> tuple[int, float, float] | None:
    """How many of the first training images it knows far better than the others, and both accuracies."""
    correct = case.measurements.train_correct
    if correct is None:
        return None
    for count in sorted(PREFIXES, reverse=True):
        if count < len(correct):
            known, others = float(correct[:count].mean()), float(correct[count:].mean())
            deviation = np.sqrt(max(others * (1 - others), 1e-9) / count)
            if known > BY_HEART and known > others + CHANCE * deviation:
                return count, known, others
    return None


def unfinished(case: Case) -> list[Finding]:
    """Too few iterations, or too small a learning rate, or both, as far as that can be known."""
    rate, done = case.setting("learning_rate"), case.history.iterations
    if done is None:
        return [_few(case, "likely" if case.weights_fit else "possible"), _slow_perhaps(case)]
    if rate is None:
        slow = done > SLOWER * case.now.mean
        return [
            _slow(case, done, BOOK_RATE * case.now.mean / done, "likely") if slow else _few_known(case, done)
        ]
    if rate * SLOWER > BOOK_RATE:
        return [_few_known(case, done)]
    found = [_slow(case, done, rate, "certain")]
    if done < LAST / SLOWER:
        found.insert(int(BOOK_RATE / rate > LAST / done), _few_known(case, done))
    return found


def _few(case: Case, sure: str) -> Finding:
    iterations = case.now.mean
    values = {
        "iterations": about(iterations),
        "size": short(case.measurements.sizes.get("W2", 0.0)),
        "usual": short(case.usual("W2", iterations)),
    }
    if case.guessing:
        sentence = N_(
            "So far it hardly does better than guessing. Neither does the book's training in its first "
            "{iterations} iterations, so nothing need be wrong. Go on training, and then check it up "
            "again."
        )
        values = {"iterations": whole(GUESSES)}
    elif case.weights_fit:
        sentence = N_(
            "Probably nothing is wrong: everything fits the book's training, stopped after about "
            "{iterations} iterations. The weights W2, too, have the size that they have then ({size}; "
            "reference: {usual}). Go on training, and the accuracy rises."
        )
    else:
        sentence = N_(
            "The accuracy is that of the book's training after about {iterations} iterations. Nothing "
            "measured here points to another cause. Go on, and the accuracy should rise."
        )
        values = {"iterations": about(iterations)}
    return Finding(
        "few", sure, Sentence(sentence, values), report_rows.progress(case), "reference curve", MORE
    )


def _few_known(case: Case, done: int) -> Finding:
    expected = case.reference.accuracy_at(
        case.book, done * (case.setting("learning_rate") or BOOK_RATE) / BOOK_RATE
    )
    values = {
        "iterations": whole(done),
        "least": share(expected.least),
        "most": share(expected.most),
        "about": about(case.now.mean),
    }
    if case.accuracy > expected.least - SEEDS:
        sentence = N_(
            "Nothing is wrong: after {iterations} iterations this is the accuracy to expect (the "
            "reference has {least} to {most}). It is still rising: go on to 10,000."
        )
    else:
        sentence = N_(
            "After {iterations} iterations the reference has {least} to {most}; here it is as after about"
            " {about}. Nothing measured here says why. It is still rising: go on to 10,000."
        )
    shown = report_rows.progress(case)
    if case.slope is not None:
        label = N_("fall of the loss in the last iterations, per 1,000")
        shown = (Number(label, short(case.slope)), *shown)
    return Finding("few", "certain", Sentence(sentence, values), shown, "reference curve", MORE)


def _slow(case: Case, done: int, rate: float, sure: str) -> Finding:
    sentence = N_(
        "After {iterations} iterations it stands where the book's settings are after about {about}. With "
        "a learning rate of about {rate}, each step is {times} times smaller than with the book's 0.1, so"
        " it takes {times} times as many."
    )
    values = {
        "iterations": whole(done),
        "about": about(case.now.mean),
        "rate": short(rate),
        "times": short(BOOK_RATE / rate),
    }
    shown = (Number(N_("learning rate"), short(rate), short(BOOK_RATE)), *report_rows.progress(case))
    return Finding(
        "slow", sure, Sentence(sentence, values), shown, "loss curve", {"learning_rate": BOOK_RATE}
    )


def _slow_perhaps(case: Case) -> Finding:
    sentence = N_(
        "Ten times as many iterations with a tenth of the learning rate lead to the same weights, so they"
        " cannot tell. You can: if you ran about {few} iterations, it is only that they were few; if you "
        "ran about {many}, look whether learning_rate is 0.01 instead of 0.1."
    )
    few = GUESSES if case.guessing else case.now.mean
    values = {"few": about(few), "many": about(10 * few)}
    settings = {"learning_rate": BOOK_RATE}
    return Finding("slow", "possible", Sentence(sentence, values), (), "loss curve", settings)


def excluded(case: Case) -> list[Finding]:
    """Causes of such an accuracy that can be excluded here, each with the number that shows it."""
    found = []
    if case.has_moved and case.pixel_ratio < case.ratio_limit:
        sentence = N_(
            "The weights of W1 moved {ratio} times as far as the biases b1. With pixels from 0 to 255 it "
            "would be about {expected} times."
        )
        found.append(
            _no(
                "pixels",
                sentence,
                "weights",
                {"normalize": False},
                ratio=short(case.pixel_ratio),
                **report_rows.ratios(case),
            )
        )
    if case.comparable and case.accuracy > LEARNED:
        sentence = N_(
            "It is {confidence} sure of its answers on average. If it knew 1,000 images by heart, it "
            "would be about {expected} sure."
        )
        values = {
            "confidence": percent(case.measurements.confidence),
            "expected": percent(case.by_heart_confidence),
        }
        found.append(_no("data", sentence, "mistakes", {"train_size": 1000}, **values))
    sentence = N_(
        "The weights of the pixels at the edge, which never change, still show the start: they spread by "
        "{start}. The book starts with 0.01."
    )
    found.append(_no("start", sentence, "weights", {"weight_init_std": 1.0}, start=short(case.start)))
    if case.measurements.hidden_sizes:
        stuck = percent(max(case.measurements.saturated, case.measurements.idle))
        sentence = N_(
            "Only {stuck} of the outputs of the hidden units are stuck at 0 or 1, where a unit hardly learns."
        )
        found.append(_no("large", sentence, "hidden units", {"learning_rate": 10.0}, stuck=stuck))
    return found


def _no(cause: str, sentence: str, show: str, to_have_it: Mapping[str, float], **values: str) -> Finding:
    """to_have_it: settings by which a training does get this cause, for the learner to compare."""
    return Finding(cause, "ruled out", Sentence(sentence, values), (), show, to_have_it)
