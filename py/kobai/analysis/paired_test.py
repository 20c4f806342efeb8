"""Two networks on the same images: where they differ, and whether the difference could be chance.

Sources: McNemar, Note on the sampling error of the difference between correlated proportions or percentages,
Psychometrika 12 (1947); Agresti and Min, Simple improved confidence intervals for comparing matched
proportions, Statistics in Medicine 24 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from ..book.functions import Array

Z_95 = 1.959963984540054  # 95 % of a normal distribution lie within so many standard deviations


@dataclass(frozen=True)
class Comparison:
    """The answers of networks A and B to the same N images, compared; all arrays have the shape (N,).

    a_right, b_right: bool. different: bool, the answers differ. distance: 0 to 1, half the sum of
    |probability by A - probability by B| over the digits, the share of probability that would have to move.
    """

    a_right: Array
    b_right: Array
    different: Array
    distance: Array

    def groups(self) -> dict[str, Array]:
        """The images of each group as masks, bool (N,).

        No image is in two of the middle four, and each is in one of them.
        """
        return {
            "all": np.ones_like(self.a_right),
            "both_right": self.a_right & self.b_right,
            "only_a": self.a_right & ~self.b_right,
            "only_b": ~self.a_right & self.b_right,
            "both_wrong": ~self.a_right & ~self.b_right,
            "different": self.different,
        }

    def indices(self, group: str) -> Array:
        """The images of a group, those on which the networks are furthest apart first."""
        (chosen,) = np.nonzero(self.groups()[group])
        return chosen[np.argsort(-self.distance[chosen], kind="stable")]

    def counts(self) -> dict[str, int]:
        """How many images each group has."""
        return {name: int(np.count_nonzero(mask)) for name, mask in self.groups().items()}


def compare(a: Array, b: Array, t: Array) -> Comparison:
    """Compare two networks on the same images.

    a, b: probabilities (N, classes) of the same images by both networks. t: their labels (N,).
    """
    answers_a, answers_b = a.argmax(axis=1), b.argmax(axis=1)
    return Comparison(
        a_right=answers_a == t,
        b_right=answers_b == t,
        different=answers_a != answers_b,
        distance=np.abs(a - b).sum(axis=1) / 2,
    )


def chance_of_split(only_a: int, only_b: int) -> float:
    """McNemar's exact test, two-sided: how probable a split at least this uneven is, 0 to 1.

    The images are those that only one of two networks recognises. If both were equally good, each of these
    would be A's or B's with probability 1/2 (a binomial distribution). 1 where there is none; 0 only where
    the probability is below the least float, 5e-324.
    """
    tosses, fewer = only_a + only_b, min(only_a, only_b)
    ways = term = 1  # term: tosses over k; exact integers, so the one rounding is that of the quotient
    for k in range(fewer):
        term = term * (tosses - k) // (k + 1)
        ways += term
    return min(1.0, 2 * ways / (1 << tosses))


def accuracy_difference(only_a: int, only_b: int, images: int) -> tuple[float, float, float]:
    """Accuracy of A minus that of B, and the 95 % interval (low, high) of it after Agresti and Min.

    Theirs is the textbook interval for paired proportions after half an image is added to each of the four
    cells of the table; so it has a width even where the networks never differ.
    """
    n = images + 2
    difference = (only_a - only_b) / n
    spread = Z_95 * sqrt((only_a + only_b + 1) / n - difference**2) / sqrt(n)
    return (only_a - only_b) / images, difference - spread, difference + spread
