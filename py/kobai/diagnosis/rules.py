"""Causes that can be recognised in a network's weights or in its answers; each leaves a trace of its own."""

from __future__ import annotations

import numpy as np

from . import report_rows
from .derived import BOOK_RATE, BOOK_START, LAST, Case
from .report import N_, Finding, Number, Sentence, Value, percent, share, short, whole

GUESSING = 0.3  # below this accuracy nothing was learned that lasts
GOOD = 0.8  # an accuracy that no wrong reading gives by chance
CLEARLY = 0.01  # a difference of accuracies on 10,000 images that is no chance: three standard deviations
ALIKE = 1e-3  # hidden units that differ by less than this part of the largest weight are copies
SHRUG = 0.02  # a mean probability, where 0.1 would be a guess: the digit was not among the training images
HARDLY = 5  # of 10,000 answers
LARGE_START = 0.2  # 100 white pixels then add up to 2 = 0.2 * sqrt(100), at the bends of the sigmoid
FEW_UNITS = 20  # fewer cost accuracy: 10 hidden units give 0.92 after 10,000 iterations, 5 give 0.88
STUCK = 0.9  # of the outputs at the ends of the sigmoid, or of units idle: hardly anything is learned then
DOUBT = 0.1  # less confidence than usual: a tenth of the training labels wrong; seeds differ by 0.02
ASTRAY = 2.5  # times as far as W2 have the biases come: in the reference both come equally far


def untrained(case: Case) -> Finding | None:
    """No training at all: the biases are zeros at the start, and the first step changes all of them."""
    params = case.measurements.params
    if case.accuracy > GUESSING or any(value.any() for key, value in params.items() if key[0] == "b"):
        return None
    sentence = N_(
        "All biases are exactly 0, as TwoLayerNet sets them at the start; the first step of a training "
        "would have changed them. It only guesses so far, and one guess in ten is right."
    )
    return Finding(
        "untrained",
        "certain",
        Sentence(sentence),
        (report_rows.accuracy(case, 0.1),),
        "hidden units",
        {"iterations": LAST},
    )


def alike(case: Case) -> Finding | None:
    """Hidden units with equal weights: those that start alike get the same gradients and stay the same."""
    W1 = case.measurements.params["W1"]
    difference = float(np.abs(W1 - W1.mean(axis=1, keepdims=True)).max())
    if case.hidden < 2 or difference > ALIKE * np.abs(W1).max():
        return None
    sentence = N_(
        "All {hidden} hidden units have the same weights. They started alike (at 0?), so every step moved"
        " them alike, and together they can do no more than one."
    )
    return Finding(
        "alike",
        "certain",
        Sentence(sentence, {"hidden": case.hidden}),
        (Number(N_("largest difference of hidden units in W1"), short(difference)),),
        "hidden units",
        {"weight_init_std": BOOK_START},
    )


def activation(case: Case) -> Finding | None:
    """The wrong activation: with the other one the same weights recognise more images."""
    otherwise = case.measurements.otherwise.get("activation", 0.0)
    if otherwise < max(GOOD, case.accuracy + CLEARLY):
        return None
    names = ("sigmoid", "ReLU")
    here, other = names if case.measurements.activation == "sigmoid" else names[::-1]
    sentence = N_(
        "With {other} in the hidden layers it recognises {otherwise} of the test images, with {here} only"
        " {accuracy}: it learned with {other}. The weights are fine; switch the activation."
    )
    values = {
        "other": other,
        "here": here,
        "otherwise": share(otherwise),
        "accuracy": share(case.accuracy),
    }
    shown = (report_rows.accuracy(case), Number(N_("accuracy with the other activation"), share(otherwise)))
    return Finding(
        "activation",
        "certain",
        Sentence(sentence, values),
        shown,
        "readings",
        {"iterations": LAST},
        {"activation": other.lower()},
    )


def inverted(case: Case) -> Finding | None:
    """Black and white exchanged: with inverted images the network recognises more."""
    otherwise = case.measurements.otherwise["inverted"]
    if otherwise < max(0.5, case.accuracy + 0.1):
        return None
    sentence = N_(
        "With black and white swapped it recognises {otherwise} of the test images, as they are only "
        "{accuracy}: it learned from dark digits on a white ground. MNIST has white ones on black."
    )
    values = {"otherwise": share(otherwise), "accuracy": share(case.accuracy)}
    shown = (
        report_rows.accuracy(case),
        Number(N_("accuracy with black and white swapped"), share(otherwise)),
    )
    return Finding("inverted", "certain", Sentence(sentence, values), shown, "mistakes", {"iterations": LAST})


def swapped(case: Case) -> Finding | None:
    """Labels exchanged: each answer stands for one other digit."""
    confusion = case.measurements.confusion
    meant = np.argmax(confusion, axis=0)  # the digit that each answer mostly stands for
    named = int(confusion[meant, np.arange(len(meant))].sum())
    otherwise = named / int(confusion.sum())
    if len(set(meant.tolist())) < len(meant) or otherwise < case.accuracy + 0.1:
        return None
    answer = int(np.flatnonzero(meant != np.arange(len(meant)))[0])
    sentence = N_(
        "It tells the digits apart but names them wrongly: when it answers {answer}, the image mostly "
        "shows a {digit}. With the names put right it would recognise {otherwise} instead of {accuracy}."
    )
    values: dict[str, Value] = {
        "answer": answer,
        "digit": int(meant[answer]),
        "otherwise": share(otherwise),
        "accuracy": share(case.accuracy),
    }
    return Finding(
        "swapped",
        "certain",
        Sentence(sentence, values),
        (report_rows.accuracy(case), Number(N_("accuracy with the names put right"), share(otherwise))),
        "confusion matrix",
        {"iterations": LAST},
    )


def pixels(case: Case) -> Finding | None:
    """Pixels not divided by 255: W1 has moved much further than b1.

    A step changes W1[i, j] by pixel i times what it changes b1[j] (book 5.6.2).
    """
    known = case.setting("normalize")
    if known is not None and known:
        return None
    if known is None and (case.pixel_ratio < case.ratio_limit or not case.has_moved):
        return None
    sentence = N_(
        "The weights of W1 moved {ratio} times as far as the biases b1. With pixels from 0 to 1 it is "
        "about {book} times, with pixels from 0 to 255 about {expected} times: it learned from pixels "
        "that were not divided by 255. Most hidden units are then stuck at 0 or 1, where they learn "
        "slowly."
    )
    values = {"ratio": short(case.pixel_ratio), **report_rows.ratios(case)}
    other = share(case.measurements.otherwise["pixels"])
    small, large = (
        (share(case.accuracy), other) if case.measurements.normalize else (other, share(case.accuracy))
    )
    shown = (
        report_rows.ratio(case),
        Number(N_("accuracy with pixels from 0 to 1"), small),
        Number(N_("accuracy with pixels from 0 to 255"), large),
    )
    return Finding("pixels", "certain", Sentence(sentence, values), shown, "weights", {"normalize": True})


def pixel_range(case: Case) -> Finding | None:
    """A wrong range of pixels: trained on pixels from 0 to 1, but given pixels from 0 to 255."""
    otherwise = case.measurements.otherwise["pixels"]
    learned_from_small = case.setting("normalize") or case.pixel_ratio < case.ratio_limit
    if case.measurements.normalize or not learned_from_small or otherwise < case.accuracy + CLEARLY:
        return None
    sentence = N_(
        "It is being shown pixels from 0 to 255 and recognises {accuracy}; with pixels from 0 to 1 it "
        "recognises {otherwise}. It learned from pixels that were divided by 255, so show it such."
    )
    values = {"accuracy": share(case.accuracy), "otherwise": share(otherwise)}
    return Finding(
        "range",
        "certain",
        Sentence(sentence, values),
        (report_rows.accuracy(case), report_rows.ratio(case)),
        "readings",
        {"normalize": True},
        {"normalize": True},
    )


def missing(case: Case) -> Finding | None:
    """Digits never answered though the others are, with a mean probability far below that of a guess."""
    measurements = case.measurements
    rare = measurements.confusion.sum(axis=0) <= HARDLY
    never = np.flatnonzero(rare & (measurements.given < SHRUG))
    if not never.size or case.accuracy < GUESSING:
        return None
    sentence = N_(
        "It never answers {digits}, and even gives it a probability of only {given} on average; a guess "
        "would give 0.1. Probably no training image showed it, so every test image of it is a mistake "
        "now. Count them: np.bincount(t_train)."
    )
    values = {
        "digits": ", ".join(str(digit) for digit in never),
        "given": share(float(measurements.given[never].mean())),
    }
    least = int(measurements.confusion.sum(axis=0).min())
    shown = (Number(N_("answers of the rarest digit, of 10,000"), whole(least), whole(1000)),)
    settings = {"train_size": 60_000}
    return Finding("missing", "certain", Sentence(sentence, values), shown, "confusion matrix", settings)


def start(case: Case) -> Finding | None:
    """An unusual start: weights of still pixels never change, so they show what all weights started with."""
    if case.start < LARGE_START or case.finished:
        return None
    sentence = N_(
        "The weights of the pixels at the edge never change, because these pixels are always 0. They "
        "still show the start: they spread by {start}, where the book starts with 0.01. With such weights"
        " the hidden units are at 0 or 1 from the beginning, and learn slowly."
    )
    return Finding(
        "start",
        "certain" if case.start > 2 * LARGE_START else "likely",
        Sentence(sentence, {"start": short(case.start)}),
        (report_rows.start_spread(case), report_rows.saturated(case)),
        "weights",
        {"weight_init_std": BOOK_START},
    )


def large(case: Case) -> Finding | None:
    """Weights too large: units in the flat ends of the sigmoid, or below 0 of ReLU, because of the steps."""
    measurements, rate = case.measurements, case.setting("learning_rate")
    stuck = max(measurements.saturated, measurements.idle)
    if case.finished or not (stuck > STUCK or measurements.idle > 0.5 or (rate or 0) > 1):
        return None
    sentence = N_(
        "Of the outputs of the hidden units, {stuck} are stuck, and not because of the start: the weights"
        " at the edge spread by {start}. Steps that are too large throw the units to where the gradient "
        "is almost 0, and they do not come back."
    )
    values = {"stuck": percent(stuck), "start": short(case.start)}
    sure = "certain" if rate is not None and rate > 1 else "likely"
    shown = (
        report_rows.saturated(case),
        Number(N_("hidden units that always give the same"), percent(measurements.idle), "0 %"),
    )
    return Finding(
        "large", sure, Sentence(sentence, values), shown, "hidden units", {"learning_rate": BOOK_RATE}
    )


def hidden(case: Case) -> Finding | None:
    """Too few hidden units: the training is finished, as the size of W2 shows, and the accuracy still low."""
    if case.finished or not 0 < case.hidden < FEW_UNITS or not case.comparable:
        return None
    nearest = "hidden 5" if case.hidden < 8 else "hidden 10"
    run, reference = case.reference.run(nearest), case.reference
    half = float(np.interp(LAST / 2, run.iterations, run.statistics["W2"]))
    if case.measurements.sizes["W2"] < half:
        return None
    sentence = N_(
        "{hidden} hidden units are few. Even after 10,000 iterations {nearest} of them give about {few}, "
        "where 50 give {book}."
    )
    values: dict[str, Value] = {
        "hidden": case.hidden,
        "nearest": int(run.settings["hidden_size"]),
        "few": short(reference.accuracy_at(nearest, LAST).mean),
        "book": short(reference.accuracy_at("hidden 50", LAST).mean),
    }
    shown = (
        report_rows.accuracy(case, reference.accuracy_at(nearest, LAST).mean),
        Number(
            N_("size of the weights W2"),
            short(case.measurements.sizes["W2"]),
            short(run.statistics["W2"][-1]),
        ),
    )
    return Finding("hidden", "likely", Sentence(sentence, values), shown, "hidden units", {"hidden_size": 50})


def shuffled(case: Case) -> Finding | None:
    """Shuffled labels: steps in all directions, so the biases grow while the weights do not grow together."""
    if case.accuracy > GUESSING or not case.comparable:
        return None
    sizes = case.measurements.sizes
    biases, weights = case.iteration_with("b1", sizes["b1"]), case.iteration_with("W2", sizes["W2"])
    if biases < ASTRAY * weights:
        return None
    sentence = N_(
        "It guesses, though it was trained: the biases b1 are as large as after {biases} iterations, the "
        "weights W2 only as after {weights}. The steps cancelled each other out, as they do when images "
        "and labels were shuffled apart. Look at some training images together with their labels."
    )
    values = {"biases": whole(biases), "weights": whole(weights)}
    shown = (
        Number(N_("size of the biases b1"), short(sizes["b1"]), short(case.usual("b1", weights))),
        Number(N_("size of the weights W2"), short(sizes["W2"]), short(case.usual("W2", weights))),
    )
    return Finding("shuffled", "likely", Sentence(sentence, values), shown, "mistakes", {"iterations": LAST})


def noise(case: Case) -> Finding | None:
    """Wrong labels among the right ones: the network is correct more often than its probabilities say."""
    usual, here = case.usual_confidence, case.measurements.confidence
    if not case.comparable or case.accuracy < 0.5 or here > usual - DOUBT:
        return None
    sentence = N_(
        "It recognises {accuracy} of the images but is only {confidence} sure of its answers on average, "
        "where the book's network of this accuracy is {usual} sure. It was contradicted while it learned:"
        " about {wrong} of the training labels may be wrong."
    )
    values = {
        "accuracy": share(case.accuracy),
        "confidence": percent(here),
        "usual": percent(usual),
        # a label drawn anew is right in one case of ten; the probabilities learn these shares
        "wrong": percent(round((1 - here / usual) / 0.9, 1)),
    }
    return Finding(
        "noise",
        "likely",
        Sentence(sentence, values),
        (report_rows.confidence(case),),
        "mistakes",
        {"iterations": LAST},
    )


IN_ORDER = (  # what is certain and explains most, first
    untrained,
    alike,
    activation,
    inverted,
    swapped,
    pixels,
    pixel_range,
    missing,
    start,
    large,
    hidden,
    shuffled,
    noise,
)
