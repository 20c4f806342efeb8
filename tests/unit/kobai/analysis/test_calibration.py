"""Calibration: closed forms for tiny cases, a network whose probabilities are true, and ones that lie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.analysis.calibration import (
    Z95,
    answers_between,
    expected_calibration_error,
    reliability_curve,
    surplus_of_confidence,
    wilson_interval,
)

shares = st.lists(st.tuples(st.floats(0.01, 1), st.booleans()), min_size=1, max_size=60)


def arrays(answers):
    return np.array([sure for sure, _ in answers]), np.array([right for _, right in answers])


def honest(count=200_000):
    """A network that is right exactly as often as it says."""
    random = np.random.RandomState(0)
    sure = random.uniform(0.1, 1, count)
    return sure, random.uniform(size=count) < sure


def test_bins_by_hand():
    sure = np.array([0.31, 0.35, 0.95, 0.97, 0.99])
    right = np.array([True, False, True, True, False])
    curve = reliability_curve(sure, right)
    assert [one.count for one in curve] == [0, 0, 0, 2, 0, 0, 0, 0, 0, 3]
    assert (curve[3].sure, curve[3].share_right) == (pytest.approx(0.33), 0.5)
    assert (curve[9].sure, curve[9].share_right) == (pytest.approx(0.97), pytest.approx(2 / 3))
    expected = 2 / 5 * (0.5 - 0.33) + 3 / 5 * (0.97 - 2 / 3)
    assert expected_calibration_error(curve) == pytest.approx(expected)


@pytest.mark.parametrize("bins", [1, 10, 20])
def test_an_edge_belongs_to_the_bin_below_it(bins):
    """As in Guo et al.: ((m - 1) / M, m / M], exact for 0.1, 0.2, ... as one writes them."""
    edges = np.array([float(f"{i / bins:.2f}") for i in range(1, bins + 1)])
    curve = reliability_curve(edges, np.full(bins, True), bins)
    assert [one.count for one in curve] == [1] * bins


@given(shares, st.integers(1, 25))
def test_the_bins_share_out_all_answers(answers, bins):
    sure, right = arrays(answers)
    curve = reliability_curve(sure, right, bins)
    assert sum(one.count for one in curve) == len(sure)
    assert sum(one.right for one in curve) == right.sum()
    assert sum(one.count * one.sure for one in curve if one.count) == pytest.approx(sure.sum())
    for one, after in zip(curve, curve[1:], strict=False):
        assert one.up_to == after.above
    for one in curve:
        assert one.low <= (one.share_right if one.count else 0.5) <= one.high


@given(shares)
def test_the_error_is_between_the_mean_surplus_and_one(answers):
    """|mean of differences| <= mean of |differences|, whatever the bins; one bin makes them equal."""
    sure, right = arrays(answers)
    surplus, _ = surplus_of_confidence(sure, right)
    assert abs(surplus) - 1e-12 <= expected_calibration_error(reliability_curve(sure, right)) <= 1
    single = expected_calibration_error(reliability_curve(sure, right, bins=1))
    assert single == pytest.approx(abs(surplus), abs=1e-12)


def test_a_network_whose_probabilities_are_true():
    sure, right = honest()
    curve = reliability_curve(sure, right)
    for one in curve[1:]:
        assert one.share_right == pytest.approx(one.sure, abs=4 * np.sqrt(0.25 / one.count))
    assert expected_calibration_error(curve) < 0.005
    surplus, deviations = surplus_of_confidence(sure, right)
    assert abs(surplus) < 0.005
    assert abs(deviations) < 3


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.RandomState(1)
    covered = []
    for truth in (0.5, 0.9, 0.99):
        for hits in random.binomial(40, truth, size=2000):
            low, high = wilson_interval(int(hits), 40)
            covered.append(low <= truth <= high)
    assert 0.93 < np.mean(covered) < 0.97


@pytest.mark.parametrize(("power", "sign"), [(0.5, 1), (2, -1)])
def test_over_and_under_confidence_have_their_sign(power, sign):
    sure, right = honest()
    surplus, deviations = surplus_of_confidence(sure**power, right)
    assert sign * surplus == pytest.approx(abs(np.mean(sure**power) - np.mean(right)))
    assert sign * deviations > 10


def test_the_surplus_by_hand():
    surplus, deviations = surplus_of_confidence(np.array([0.8, 0.5]), np.array([True, False]))
    assert surplus == pytest.approx(0.15)
    assert deviations == pytest.approx(0.3 / np.sqrt(0.16 + 0.25))


def test_answers_without_any_doubt():
    certain = np.ones(3)
    assert surplus_of_confidence(certain, np.full(3, True)) == (0, 0)
    assert surplus_of_confidence(certain, np.array([True, True, False])) == (pytest.approx(1 / 3), np.inf)


def test_published_wilson_interval():
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, count), interval in published.items():
        assert wilson_interval(hits, count) == pytest.approx(interval, abs=6e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_solves_its_equation(hits_and_count):
    """(share - p)^2 = z^2 p (1 - p) / n at both ends; and the ends change places with hits and misses."""
    hits, count = hits_and_count
    low, high = wilson_interval(hits, count)
    assert 0 <= low <= hits / count <= high <= 1
    for p in (low, high):
        assert (hits / count - p) ** 2 == pytest.approx(Z95**2 * p * (1 - p) / count, abs=1e-12)
    assert wilson_interval(count - hits, count) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_without_answers_nothing_is_known():
    empty = answers_between(np.array([0.5]), np.array([True]), 0.9, 1)
    assert (empty.count, empty.low, empty.high) == (0, 0, 1)
    assert np.isnan([empty.sure, empty.share_right]).all()
