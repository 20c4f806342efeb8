"""The check-up on networks of known causes and on healthy ones; no threshold was set on their seeds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.diagnosis import report
from kobai.diagnosis.derived import History
from kobai.diagnosis.diagnose import diagnose
from kobai.settings import Settings
from support.known_causes import CAUSES, HEALTHY

# long by nature: not in `build.py test --fast`
pytestmark = pytest.mark.slow
SEEDS = (300, 301)
NAMED = 0.8  # of the networks with a cause: it must be named first
FALSE_ALARMS = 0.05  # of the healthy ones may be said to have one


@pytest.fixture(scope="module")
def made(maker):
    """By the true cause: networks made with it."""
    return {cause: [make(maker, seed) for make in ways for seed in SEEDS] for cause, ways in CAUSES.items()}


@pytest.fixture(scope="module")
def checked(made, check_up):
    """By the true cause: the check-up of each network made with it, its history not told."""
    return {cause: [check_up(one) for one in ones] for cause, ones in made.items()}


@pytest.fixture(scope="module")
def first_findings(checked):
    """By the true cause: the first finding for each network made with it."""
    return {cause: [one.findings[0].cause for one in checkups] for cause, checkups in checked.items()}


@pytest.fixture(scope="module")
def healthy(maker, check_up):
    """The check-up of each healthy network."""
    return [check_up(make(maker, seed)) for make in HEALTHY for seed in SEEDS]


@pytest.fixture(scope="module")
def memo(maker, check_up):
    """The check-up of a network like that of the memo, which has an accuracy of 0.8652."""
    return check_up(maker.train(302, 1000))


@pytest.fixture(scope="module")
def read_in_another_range(maker, check_up):
    """The check-up of a network that learned from pixels of 0 to 1, and is given 0 to 255."""
    return check_up(maker.train(300, 1000), normalize=False)


def test_the_true_cause_is_named_first(first_findings):
    named = [cause == first for cause, found in first_findings.items() for first in found]
    assert len(first_findings) >= 8
    assert np.mean(named) >= NAMED, first_findings


def test_no_cause_is_overlooked_altogether(first_findings):
    for cause, found in first_findings.items():
        assert found.count(cause) > len(found) / 2, found


def test_healthy_networks_are_said_to_be(healthy):
    firsts = [checkup.findings[0].cause for checkup in healthy]
    assert np.mean([first != "healthy" for first in firsts]) <= FALSE_ALARMS, firsts


# --- the memo: 0.8652 ---


def test_a_thousand_iterations_are_told_as_such(memo):
    """Nothing is wrong, and what else leads to such a figure is excluded."""
    assert [(one.cause, one.sure) for one in memo.findings] == [("few", "likely"), ("slow", "possible")]
    assert memo.place.least < 1000 < memo.place.most
    assert {one.cause for one in memo.excluded} == {"pixels", "data", "start", "large"}
    assert memo.findings[0].settings == {"iterations": 10_000}
    standing = " ".join(str(sentence) for sentence in memo.standing)
    assert f"an accuracy of {memo.accuracy:.4f}" in standing
    assert "After 10,000 iterations it has 0.9445 to 0.9486" in standing  # as in the table
    assert "learning rate" in str(memo.unknown[0])


def test_a_network_that_only_guesses_so_far_is_told_no_count_of_iterations(maker, check_up):
    """The accuracies of the first iterations are all alike."""
    checkup = check_up(maker.train(302, 30))
    assert [one.cause for one in checkup.findings] == ["few", "slow"]
    assert "guessing" in str(checkup.standing[1])
    assert "in its first 150 iterations" in str(checkup.findings[0].sentence)


def test_the_same_network_by_a_small_learning_rate_cannot_be_told_apart_and_is_not(maker, check_up):
    """Ten times the iterations, a tenth of the rate: the same findings, and it is said why."""
    slow = check_up(maker.train(302, 10_000, learning_rate=0.01))
    assert [one.cause for one in slow.findings] == ["few", "slow"]
    assert "cannot tell" in str(slow.findings[1].sentence)


@pytest.mark.parametrize(
    ("iterations", "learning_rate", "expected"),
    [(1000, 0.1, ["few"]), (4000, 0.01, ["slow", "few"]), (500, 0.04, ["few", "slow"])],
)
def test_with_its_settings_known_it_is_certain(maker, check_up, iterations, learning_rate, expected):
    checkup = check_up(maker.train(303, iterations, learning_rate=learning_rate), told=True)
    assert [one.cause for one in checkup.findings] == expected
    assert {one.sure for one in checkup.findings} == {"certain"}


def test_the_length_of_its_history_alone_tells_a_small_learning_rate(maker, measured, reference):
    """The rate is estimated from the iterations that the book's settings would have needed."""
    made = maker.train(304, 4000, learning_rate=0.02)
    measurements = measured(made.network)
    first = diagnose(measurements, reference, History(iterations=4000)).findings[0]
    assert (first.cause, first.sure) == ("slow", "likely")
    assert float(first.numbers[0].here) == pytest.approx(0.02, rel=0.25)
    assert diagnose(measurements, reference, History(iterations=900)).findings[0].cause == "few"


def test_images_learned_by_heart_are_found_among_the_training_images(maker, check_up):
    first = {"images": maker.mnist.x_train[:1000], "labels": maker.mnist.t_train[:1000]}
    made = maker.train(305, 4000, **first)
    finding = check_up(made, train=True).findings[0]
    assert (finding.cause, finding.sure) == ("data", "certain")
    assert finding.sentence.values["count"] == "1,000"
    assert float(finding.sentence.values["known"].split()[0]) >= 99
    told = check_up(made, told=True).findings[0]
    assert (told.cause, told.show) == ("data", "loss curve")  # by the losses


# --- any network that can be opened ---


@pytest.mark.parametrize(
    "sizes", [(784, 10), (784, 1, 10), (784, 3, 2, 10), (784, 500, 10), (784, 8, 8, 8, 10)]
)
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("scale", [0.0, 1e-8, 1.0, 1e200])
def test_any_network_is_told_something(measured, reference, sizes, activation, scale):
    random = np.random.RandomState(0)
    params = {}
    for i, (n, m) in enumerate(itertools.pairwise(sizes), 1):
        params[f"W{i}"], params[f"b{i}"] = scale * random.randn(n, m), scale * random.randn(m)
    checkup = diagnose(measured(MultiLayerNet(params, activation), images=100), reference)
    assert checkup.findings
    assert checkup.findings[0].cause != "healthy"
    assert all(str(sentence) for sentence in checkup.standing + checkup.unknown)


def test_everything_that_is_said_can_be_shown_and_tried(checked, healthy, read_in_another_range):
    """Sentences fill their fields, pictures are known ones, and what to try is a setting of the training."""
    checkups = [*itertools.chain(*checked.values()), *healthy, read_in_another_range]
    said = [one for checkup in checkups for one in checkup.findings + checkup.excluded]
    assert {*CAUSES, "healthy", "range", "slow"} <= {finding.cause for finding in said}
    for finding in said:
        assert finding.cause in report.TITLES
        assert finding.sure in report.SURE
        assert finding.show in report.SHOWN
        assert "{" not in str(finding.sentence)
        assert finding.settings
        Settings(**finding.settings)


@pytest.mark.parametrize(
    ("cause", "iterations"), [("pixels", 1000), ("data", 3000), ("start", 3000), ("large", 3000)]
)
def test_the_settings_of_a_cause_that_was_ruled_out_do_lead_to_it(maker, check_up, memo, cause, iterations):
    """So that the learner can compare."""
    (excluded,) = (one for one in memo.excluded if one.cause == cause)
    assert check_up(maker.train(304, iterations, **excluded.settings)).findings[0].cause == cause


def test_what_is_only_read_wrongly_says_how_to_read_it(made, checked, read_in_another_range, check_up):
    for one, checkup in zip(made["activation"], checked["activation"], strict=True):
        right = MultiLayerNet(one.network.params, checkup.findings[0].reading["activation"])
        assert check_up(one._replace(network=right)).accuracy > 0.8
    assert read_in_another_range.findings[0].reading == {"normalize": True}
