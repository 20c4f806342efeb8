"""Two networks compared: groups counted apart, chances by exact sums and recorded figures."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, fsum, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.analysis.paired_test import accuracy_difference, chance_of_split, compare


def rows(*answers: int) -> np.ndarray:
    """Probabilities of three classes, 0.6 for the answer and 0.2 for the others."""
    return np.where(np.eye(3)[list(answers)] > 0, 0.6, 0.2)


A = rows(0, 0, 1, 1, 1)
B = rows(0, 1, 0, 1, 2)
T = np.array([0, 0, 0, 0, 0])  # right in: both, A, B, neither (one answer), neither (two answers)

# --- the groups ---


def test_each_image_is_in_its_group():
    compared = compare(A, B, T)
    groups = {name: np.nonzero(mask)[0].tolist() for name, mask in compared.groups().items()}
    assert groups == {
        "all": [0, 1, 2, 3, 4],
        "both_right": [0],
        "only_a": [1],
        "only_b": [2],
        "both_wrong": [3, 4],
        "different": [1, 2, 4],
    }
    assert compared.counts() == {name: len(indices) for name, indices in groups.items()}


@given(st.integers(0, 2**32 - 1))
def test_the_four_cells_hold_every_image_once(seed):
    random = np.random.default_rng(seed)
    a, b = random.dirichlet(np.ones(4), size=30), random.dirichlet(np.ones(4), size=30)
    t = random.integers(0, 4, size=30)
    compared = compare(a, b, t)
    groups = compared.groups()
    cells = [groups[name] for name in ("both_right", "only_a", "only_b", "both_wrong")]
    assert (np.sum(cells, axis=0) == 1).all()
    assert compared.counts()["both_right"] + compared.counts()["only_a"] == sum(a.argmax(axis=1) == t)
    swapped = compare(b, a, t)
    assert swapped.counts()["only_a"] == compared.counts()["only_b"]
    np.testing.assert_array_equal(swapped.distance, compared.distance)


def test_the_images_furthest_apart_come_first():
    a = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.9, 0.1]])
    b = np.array([[0.8, 0.2], [0.1, 0.9], [0.9, 0.1], [0.8, 0.2]])
    compared = compare(a, b, np.zeros(4, dtype=int))
    np.testing.assert_allclose(compared.distance, [0.1, 0.5, 0.7, 0.1])
    assert compared.indices("all").tolist() == [2, 1, 0, 3]  # equally far: in their own order
    assert compared.indices("only_a").tolist() == [1]
    assert compared.indices("both_wrong").tolist() == []


def test_a_network_and_itself():
    compared = compare(A, A, T)
    assert compared.counts() == {
        "all": 5, "both_right": 2, "only_a": 0, "only_b": 0, "both_wrong": 3, "different": 0,
    }  # fmt: skip
    assert not compared.distance.any()


# --- McNemar's exact test ---


def two_sided(b: int, c: int) -> Fraction:
    """Every outcome of b + c fair tosses that is no likelier than this one, its chance added up exactly."""
    tosses = b + c
    chances = [Fraction(comb(tosses, k), 2**tosses) for k in range(tosses + 1)]
    return sum((chance for chance in chances if chance <= chances[b]), Fraction(0))


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_chance_is_that_of_all_splits_at_least_this_uneven(b, c):
    assert chance_of_split(b, c) == pytest.approx(float(two_sided(b, c)), rel=1e-15)
    assert chance_of_split(b, c) == chance_of_split(c, b)


@pytest.mark.parametrize("n", [1, 2, 10, 100, 1000])
def test_all_tosses_to_one_side(n):
    assert chance_of_split(n, 0) == 2.0 ** (1 - n)


def test_where_nothing_speaks_against_chance():
    assert chance_of_split(0, 0) == 1
    assert chance_of_split(7, 7) == 1
    assert chance_of_split(5000, 5000) == 1


@pytest.mark.parametrize(
    ("b", "c", "expected", "digits"),
    [
        (11, 1, 0.00634765625, 1e-12),  # scenario A in the documentation of mlxtend's mcnemar
        (59, 121, 4.434e-06, 1e-3),  # R, exact2x2: mcnemar.exact(matrix(c(101, 59, 121, 33), 2))
    ],
)
def test_published_figures(b, c, expected, digits):
    assert chance_of_split(b, c) == pytest.approx(expected, rel=digits)


@pytest.mark.parametrize(("b", "c"), [(5100, 4900), (6000, 4000), (9000, 1000)])
def test_ten_thousand_tosses(b, c):
    """Against the same sum through logarithms of the gamma function, good to about ten digits."""
    n, logs = b + c, []
    for k in range(min(b, c) + 1):
        logs.append(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + (1 - n) * log(2))
    expected = fsum(exp(each) for each in logs)
    assert chance_of_split(b, c) == pytest.approx(expected, rel=1e-9, abs=1e-323)


def test_a_chance_below_every_float_is_zero():
    assert chance_of_split(10_000, 0) == 0


# --- the difference of the accuracies ---


def test_a_published_interval():
    """R, PropCIs 0.3: diffpropci.mp(b = 40, c = 20, n = 160), whose difference has the other sign."""
    difference, low, high = accuracy_difference(40, 20, 160)
    assert difference == 20 / 160
    assert (low, high) == pytest.approx((0.03089632, 0.21601726), abs=1e-8)


def test_a_large_sample_gives_the_textbook_interval():
    """Agresti, Categorical Data Analysis, 10.1.1: 150 and 86 of 1600, 0.04 with standard error 0.0095."""
    difference, low, high = accuracy_difference(150, 86, 1600)
    assert difference == pytest.approx(0.04)
    assert (high - low) / (2 * 1.96) == pytest.approx(0.0095, abs=1e-4)


def test_networks_that_never_differ_leave_some_doubt():
    difference, low, high = accuracy_difference(0, 0, 10_000)
    assert difference == 0
    assert 0 < high == -low < 0.001


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 400))
def test_the_interval_turns_with_the_networks(b, c, same):
    n = b + c + same + 1
    difference, low, high = accuracy_difference(b, c, n)
    other, other_low, other_high = accuracy_difference(c, b, n)
    assert (other, other_low, other_high) == pytest.approx((-difference, -high, -low), abs=1e-15)
    assert low <= (b - c) / (n + 2) <= high


@pytest.mark.parametrize(("only_a", "only_b"), [(0.1, 0.1), (0.2, 0.1), (0.05, 0.02), (0.4, 0.2)])
def test_the_interval_covers_the_truth_nineteen_times_in_twenty(only_a, only_b):
    """Summed exactly over every outcome of 100 images, not drawn."""
    n, covered = 100, 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            _, low, high = accuracy_difference(b, c, n)
            if low <= only_a - only_b <= high:
                ways = comb(n, b) * comb(n - b, c)
                covered += ways * only_a**b * only_b**c * (1 - only_a - only_b) ** (n - b - c)
    assert 0.93 <= covered <= 0.99
