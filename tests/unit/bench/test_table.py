"""The benchmark's arithmetic: medians, ratios of rounds, verdicts, tables."""

from __future__ import annotations

import pytest
from bench.table import Target, figure, markdown, ratios, spread


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.08714, "0.0871"),
        (1.0, "1.00"),
        (1.834, "1.83"),
        (12.46, "12.5"),
        (99.94, "99.9"),
        (99.96, "100"),
        (204.4, "204"),
        (1038.0, "1,040"),
        (2_198_765, "2,200,000"),
        (0.00000253, "2.5e-06"),
    ],
)
def test_figures_have_three_significant_digits(value, text):
    assert figure(value) == text


def test_a_spread_is_the_median_between_the_extremes():
    assert spread([3, 1, 200]) == "3.00 (1.00–200)"
    assert spread([4, 1, 2, 3]) == "2.50 (1.00–4.00)"


def test_a_single_value_has_no_spread():
    assert spread([0.5]) == "0.500"


def test_ratios_are_those_of_each_round():
    # a machine that halves its speed in the second round changes no ratio
    assert ratios([200, 100], [100, 50]) == [2, 2]
    with pytest.raises(ValueError, match="argument"):
        ratios([1, 2], [1])


def test_a_target_is_judged_by_its_median():
    speed = Target("speed", "0.08", [1.0, 1.9, 9.0], 1.8, at_least=True)
    assert speed.reached
    assert speed.cells() == ["speed", "0.08", "1.90 (1.00–9.00)", "≥ 1.8", "reached"]
    time = Target("time", "9", [0.1, 0.7, 0.8], 0.6, at_least=False)
    assert not time.reached
    assert time.cells()[-2:] == ["≤ 0.6", "NOT reached"]


@pytest.mark.parametrize("at_least", [True, False])
def test_a_bound_itself_is_reached(at_least):
    assert Target("", "", [0.9], 0.9, at_least).reached


def test_a_table_is_aligned_markdown():
    assert markdown(("", "steps/s"), [["as written", "89"], ["fused", "2,000"]]) == (
        "|            | steps/s |\n"
        "| ---------- | ------: |\n"
        "| as written |      89 |\n"
        "| fused      |   2,000 |"
    )
