"""Calibration: does a network that is 95 % sure get 95 % of those answers right?

Here sure (N,) is the probability of each answer, right (N,) whether it was right (`metrics.answers`).
Sources: Guo et al., On Calibration of Modern Neural Networks, ICML 2017 (reliability diagram, expected
calibration error); Wilson, Probable Inference, the Law of Succession, and Statistical Inference, Journal of
the American Statistical Association 22, 1927 (the interval).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..book.functions import Array

BINS = 10  # of the reliability curve: one for each ten points
Z95 = 1.959963984540054  # 95 % of a normal distribution lie so many standard deviations around its mean


@dataclass(frozen=True)
class Bin:
    """The answers whose probability lies above `above` and up to `up_to`.

    count: how many; right: how many of them are correct. sure: their mean probability, NaN where there are
    none. low, high: the interval of `wilson_interval`.
    """

    above: float
    up_to: float
    count: int
    right: int
    sure: float
    low: float
    high: float

    @property
    def share_right(self) -> float:
        """The share of these answers that is correct, 0 to 1; NaN where there are none."""
        return self.right / self.count if self.count else float("nan")


def answers_between(sure: Array, right: Array, above: float, up_to: float) -> Bin:
    """The Bin of the answers in (above, up_to]."""
    inside = (sure > above) & (sure <= up_to)
    count, hits = int(inside.sum()), int(right[inside].sum())
    mean = float(sure[inside].mean()) if count else float("nan")
    return Bin(above, up_to, count, hits, mean, *wilson_interval(hits, count))


def reliability_curve(sure: Array, right: Array, bins: int = BINS) -> list[Bin]:
    """Bins of equal width, (0, 0.1], (0.1, 0.2], ... (0.9, 1], empty ones too (Guo et al., section 2)."""
    return [answers_between(sure, right, i / bins, (i + 1) / bins) for i in range(bins)]


def expected_calibration_error(curve: list[Bin]) -> float:
    """Mean distance of probability and share right over the bins, weighted by their answers (Guo, eq. 3)."""
    filled = [one for one in curve if one.count]
    total = sum(one.count for one in filled)
    return sum(one.count / total * abs(one.share_right - one.sure) for one in filled)


def wilson_interval(hits: int, count: int, z: float = Z95) -> tuple[float, float]:
    """The 95 % confidence interval (low, high) of a share of `hits` in `count`; (0, 1) where count is 0.

    Unlike share +- z * its standard error, it is never empty or outside 0 to 1 at a share of 0 or 1.
    """
    if count == 0:
        return 0.0, 1.0
    share, shrink = hits / count, 1 + z * z / count
    middle = (share + z * z / (2 * count)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    # min and max: rounding must not push the interval off its own share or beyond 0 and 1
    return max(0.0, min(share, float(middle - half))), min(1.0, max(share, float(middle + half)))


def surplus_of_confidence(sure: Array, right: Array) -> tuple[float, float]:
    """Mean probability of the answers minus the share that is correct, and that in standard deviations.

    If every probability were true, the number of right answers would have the mean sum(sure) and the variance
    sum(sure * (1 - sure)). Positive: over-confident. Beyond +-1.96 it is hardly chance (Z95).
    """
    surplus = float(np.sum(sure) - np.sum(right))
    deviation = float(np.sqrt(np.sum(sure * (1 - sure))))
    if deviation == 0:  # no answer leaves anything to chance
        return surplus / len(sure), float(np.sign(surplus)) * np.inf if surplus else 0.0
    return surplus / len(sure), surplus / deviation
