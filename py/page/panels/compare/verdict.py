"""What a comparison of two networks says, in words: who is better, and whether that could be chance."""

from ui.i18n import N_, _, number, percent

SAME = N_("Both networks get exactly the same images right: nothing here tells them apart.")
EVEN = N_(
    "Only one of the two is right on {count} images: A on {a}, B on {b}. "
    "That is as even as it gets: neither is better here."
)
SPLITS = (  # from which chance on, and what is said then; {times} is in 100, or once in so many
    (
        0.05,
        N_(
            "Only one of the two is right on {count} images: A on {a}, B on {b}. If both were equally good, "
            "a split at least this uneven would still come up about {times} times in 100: "
            "the difference may well be chance."
        ),
    ),
    (
        0.001,
        N_(
            "Only one of the two is right on {count} images: A on {a}, B on {b}. If both were equally good, "
            "a split at least this uneven would come up only about once in {times} times: "
            "probably not chance."
        ),
    ),
    (
        1e-6,
        N_(
            "Only one of the two is right on {count} images: A on {a}, B on {b}. If both were equally good, "
            "a split at least this uneven would come up only about once in {times} times: not chance."
        ),
    ),
    (
        0,
        N_(
            "Only one of the two is right on {count} images: A on {a}, B on {b}. If both were equally good, "
            "a split at least this uneven would come up less than once in a million times: not chance."
        ),
    ),
)


def verdict(found):
    """Could the difference be chance? found: the worker's comparison."""
    a, b, chance = found["counts"]["only_a"], found["counts"]["only_b"], found["chance"]
    if a + b == 0:
        return _(SAME)
    sentence, times = EVEN, ""
    if chance < 1:
        sentence = [words for least, words in SPLITS if chance >= least][0]
        times = number(_times(chance))
    return _(sentence, count=number(a + b), a=number(a), b=number(b), times=times)


def _times(chance):
    """How often in 100 when that is 5 or more, else once in how many, to two figures."""
    if chance >= 0.05:
        return int(chance * 100 + 0.5)
    if chance == 0:
        return 0
    once_in = 1 / chance
    unit = 10 ** max(0, len(str(int(once_in))) - 2)
    return int(once_in / unit + 0.5) * unit


def difference(found):
    """How far apart the accuracies are."""
    counts = found["counts"]
    return _(
        "A gets {a} right, B {b}: a difference of {difference} percentage points "
        "(95 % interval: {low} to {high}).",
        a=percent((counts["both_right"] + counts["only_a"]) / counts["all"]),
        b=percent((counts["both_right"] + counts["only_b"]) / counts["all"]),
        difference=_points(found["difference"]),
        low=_points(found["low"]),
        high=_points(found["high"]),
    )


def how(found):
    """The statistics behind it, for those who want them."""
    return _(
        "McNemar’s exact test, two-sided: p = {p}. Only the images on which exactly one of the two is right "
        "can tell them apart; if both were equally good, each of these would be A’s or B’s like the toss of "
        "a coin. The interval is that of Agresti and Min (2005) for paired proportions.",
        p=_probability(found["chance"]),
    )


def _points(part):
    """0.0231 as +2.31, with the sign that is typeset."""
    text = f"{part * 100:+.2f}"
    return text.replace("-", "−") if float(text) else "0.00"


def _probability(p):
    if p == 0:
        return "0 (< 1e-300)"
    return f"{p:.3f}" if p >= 0.001 else f"{p:.1e}"
