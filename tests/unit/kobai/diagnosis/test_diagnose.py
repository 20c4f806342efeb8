"""The check-up on networks of known causes and on healthy ones; no threshold was set on their seeds."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.book.two_layer_net import TwoLayerNet
from kobai.diagnosis import report, report_rows
from kobai.diagnosis.derived import Case, History
from kobai.diagnosis.diagnose import Checkup, diagnose
from kobai.diagnosis.measurements import Measurements, saturated_share, weight_sizes
from kobai.diagnosis.reference_runs import Reference
from kobai.settings import Settings
from kobai.training.c_engine import load
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder
from support.known_causes import Made, Maker

# long by nature: not in `build.py test --fast`
pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[4]
SEEDS = (300, 301)
NAMED = 0.8  # of the networks with a cause: it must be named first
FALSE_ALARMS = 0.05  # of the healthy ones may be said to have one


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.from_json((ROOT / "static" / "reference" / "training.json").read_text(encoding="ascii"))


@pytest.fixture(scope="module")
def maker(mnist) -> Maker:
    return Maker(mnist, load(compile_engine.compile_native(Project(ROOT), Cache(user_cache_folder()))))


@pytest.fixture(scope="module")
def check_up(mnist, reference):
    """Checks a made network; by its history, too, if that is to be told."""

    def check(made: Made, told: bool = False, normalize: bool = True, train: bool = False) -> Checkup:
        measurements = Measurements(
            made.network,
            mnist.x_test,
            mnist.t_test,
            reference.still,
            normalize,
            (mnist.x_train, mnist.t_train) if train else None,
        )
        for _ in measurements.pieces():
            pass
        history = History(made.settings["iterations"], made.settings, made.losses) if told else None
        return diagnose(measurements, reference, history)

    return check


def subset(mnist, count, seed):
    chosen = np.random.RandomState(seed).choice(60_000, count, replace=False)
    return {"images": mnist.x_train[chosen], "labels": mnist.t_train[chosen]}


def without(mnist, digits):
    others = ~np.isin(mnist.t_train, digits)
    return {"images": mnist.x_train[others], "labels": mnist.t_train[others]}


def partly_random(mnist, part, seed):
    random = np.random.RandomState(seed)
    wrong = random.rand(60_000) < part
    return np.where(wrong, random.randint(0, 10, 60_000), mnist.t_train).astype(np.uint8)


def read_as(activation, made):
    return made._replace(network=MultiLayerNet(made.network.params, activation))


def never_trained(seed):
    np.random.seed(seed)
    return Made(TwoLayerNet(784, 50, 10), {"iterations": 0}, [])


# by the true cause: ways to make networks of it, each from a Maker and a seed
CAUSES = {
    "few": [
        lambda make, seed: make.train(seed, 400),
        lambda make, seed: make.train(seed, 1000),
        lambda make, seed: make.train(seed, 2000, hidden_size=30),
    ],
    "large": [
        lambda make, seed: make.train(seed, 1500, learning_rate=10.0),
        lambda make, seed: make.train(seed, 1000, learning_rate=30.0),
    ],
    "pixels": [
        lambda make, seed: make.unnormalized(seed, 500),
        lambda make, seed: make.unnormalized(seed, 2500),
    ],
    "data": [
        lambda make, seed: make.train(seed, 4000, **subset(make.mnist, 1000, seed)),
        lambda make, seed: make.train(seed, 4000, **subset(make.mnist, 300, seed)),
    ],
    "start": [
        lambda make, seed: make.train(seed, 2000, weight_init_std=1.0),
        lambda make, seed: make.train(seed, 1000, weight_init_std=2.0, hidden_size=100),
    ],
    "alike": [lambda make, seed: make.train(seed, 1000, weight_init_std=0.0)],
    "noise": [
        lambda make, seed: make.train(seed, 3000, labels=partly_random(make.mnist, 0.3, seed)),
        lambda make, seed: make.train(seed, 2000, labels=partly_random(make.mnist, 0.6, seed)),
    ],
    "shuffled": [
        lambda make, seed: make.train(
            seed, 2000, labels=np.random.RandomState(seed).permutation(make.mnist.t_train)
        )
    ],
    "swapped": [
        lambda make, seed: make.train(seed, 1500, labels=((make.mnist.t_train + 1) % 10).astype(np.uint8))
    ],
    "missing": [
        lambda make, seed: make.train(seed, 1500, **without(make.mnist, [seed % 10])),
        lambda make, seed: make.train(seed, 3000, **without(make.mnist, [4, 9])),
    ],
    "inverted": [lambda make, seed: make.train(seed, 1500, images=255 - make.mnist.x_train)],
    "activation": [
        lambda make, seed: read_as("sigmoid", make.deep(seed, 600, (784, 50, 10), "relu", 0.2)),
        lambda make, seed: read_as("relu", make.train(seed, 3000)),
    ],
    "hidden": [
        lambda make, seed: make.train(seed, 2000, hidden_size=3, learning_rate=0.5),
        lambda make, seed: make.train(seed, 2000, hidden_size=5, learning_rate=0.5),
    ],
    "untrained": [lambda make, seed: never_trained(seed)],
}

# 5 times the learning rate and a fifth of the iterations is the same training, and quicker to test
HEALTHY = [
    lambda make, seed: make.train(seed, 10_000),
    lambda make, seed: make.train(seed, 10_000, learning_rate=0.05),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5),
    lambda make, seed: make.train(seed, 4000, learning_rate=0.5),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5, hidden_size=30),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5, hidden_size=100),
    lambda make, seed: make.train(seed, 1500, learning_rate=0.5, hidden_size=200),
    lambda make, seed: make.train(seed, 5000, batch_size=50),
    lambda make, seed: make.train(seed, 1500, learning_rate=0.5, batch_size=200),
    lambda make, seed: make.train(seed, 2000, learning_rate=0.5, weight_init_std=0.1),
    lambda make, seed: make.deep(seed, 1000, (784, 50, 100, 10), "sigmoid", 1.0),
    lambda make, seed: make.deep(seed, 800, (784, 50, 10), "relu", 0.5),
]


@pytest.fixture(scope="module")
def made(maker):
    """By the true cause: networks made with it."""
    return {cause: [make(maker, seed) for make in ways for seed in SEEDS] for cause, ways in CAUSES.items()}


@pytest.fixture(scope="module")
def first_findings(made, check_up):
    """By the true cause: the first finding for each network made with it, its history not told."""
    return {cause: [check_up(one).findings[0].cause for one in ones] for cause, ones in made.items()}


def test_the_true_cause_is_named_first(first_findings):
    named = [cause == first for cause, found in first_findings.items() for first in found]
    assert len(first_findings) >= 8
    assert np.mean(named) >= NAMED, first_findings


def test_no_cause_is_overlooked_altogether(first_findings):
    for cause, found in first_findings.items():
        assert found.count(cause) > len(found) / 2, found


def test_healthy_networks_are_said_to_be(maker, check_up):
    firsts = [check_up(make(maker, seed)).findings[0].cause for make in HEALTHY for seed in SEEDS]
    assert np.mean([first != "healthy" for first in firsts]) <= FALSE_ALARMS, firsts


# --- the memo: 0.8652 ---


def test_a_thousand_iterations_are_told_as_such(maker, check_up):
    """The network of the memo: nothing is wrong, and what else leads to such a figure is excluded."""
    checkup = check_up(maker.train(302, 1000))
    assert [(one.cause, one.sure) for one in checkup.findings] == [("few", "likely"), ("slow", "possible")]
    assert checkup.place.least < 1000 < checkup.place.most
    assert {one.cause for one in checkup.excluded} == {"pixels", "data", "start", "large"}
    assert checkup.findings[0].settings == {"iterations": 10_000}
    standing = " ".join(str(sentence) for sentence in checkup.standing)
    assert f"an accuracy of {checkup.accuracy:.4f}" in standing
    assert "After 10,000 iterations it has 0.9445 to 0.9486" in standing  # as in the table
    assert "learning rate" in str(checkup.unknown[0])


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


def test_the_length_of_its_history_alone_tells_a_small_learning_rate(maker, mnist, reference):
    """The rate is estimated from the iterations that the book's settings would have needed."""
    made = maker.train(304, 4000, learning_rate=0.02)
    measurements = measured(made.network, mnist, reference)
    first = diagnose(measurements, reference, History(iterations=4000)).findings[0]
    assert (first.cause, first.sure) == ("slow", "likely")
    assert float(first.numbers[0].here) == pytest.approx(0.02, rel=0.25)
    assert diagnose(measurements, reference, History(iterations=900)).findings[0].cause == "few"


def test_images_learned_by_heart_are_found_among_the_training_images(maker, check_up):
    first = {"images": maker.mnist.x_train[:1000], "labels": maker.mnist.t_train[:1000]}
    finding = check_up(maker.train(305, 4000, **first), train=True).findings[0]
    assert (finding.cause, finding.sure) == ("data", "certain")
    assert finding.sentence.values["count"] == "1,000"
    assert float(finding.sentence.values["known"].split()[0]) >= 99
    told = check_up(maker.train(305, 4000, **first), told=True).findings[0]
    assert (told.cause, told.show) == ("data", "loss curve")  # by the losses


# --- what is measured ---


def measured(network, mnist, reference, normalize=True, images=10_000) -> Measurements:
    measurements = Measurements(
        network, mnist.x_test[:images], mnist.t_test[:images], reference.still, normalize
    )
    parts = list(measurements.pieces())
    assert parts == sorted(parts)
    assert parts[-1] == 1
    return measurements


@pytest.mark.parametrize("normalize", [True, False])
def test_the_evidence_is_what_the_network_answers(mnist, reference, normalize):
    np.random.seed(1)
    network = TwoLayerNet(784, 20, 10, weight_init_std=0.05)
    measurements = measured(network, mnist, reference, normalize, images=3000)
    white = 255 if normalize else 1
    x, t = mnist.x_test[:3000] / white, mnist.t_test[:3000]
    y = network.predict(x)
    answers = y.argmax(axis=1)
    assert measurements.accuracy == network.accuracy(x, t)
    assert measurements.test_loss == pytest.approx(network.loss(x, t))
    assert measurements.confidence == pytest.approx(y.max(axis=1).mean())
    np.testing.assert_allclose(measurements.given, y.mean(axis=0))
    for digit, answer in itertools.product(range(10), range(10)):
        assert measurements.confusion[digit, answer] == np.sum((t == digit) & (answers == answer))
    assert measurements.otherwise == {
        "pixels": network.accuracy(mnist.x_test[:3000] / (256 - white), t),
        "inverted": network.accuracy(
            (255 - mnist.x_test[:3000].astype(float)) / (255 if normalize else 1), t
        ),
        "activation": np.mean(MultiLayerNet(network.params, "relu").predict(x).argmax(axis=1) == t),
    }


def test_the_histograms_count_every_weight(maker, mnist, reference):
    """Also those beyond the scale, which are in the first and the last bin."""
    network = maker.train(308, 500).network
    case = Case(measured(network, mnist, reference, images=100), reference, History())
    found = report_rows.weights(case)
    still = reference.still
    W1, b1 = network.params["W1"], network.params["b1"]
    for part, values in (("edge", W1[still]), ("others", W1[~still]), ("b1", b1)):
        histogram, half = found[part], len(found[part].counts) // 2
        assert sum(histogram.counts) == values.size
        assert sum(histogram.counts[half + 1 :]) == np.sum(values > histogram.limit / len(histogram.counts))
        assert histogram.size == pytest.approx(np.sqrt(np.mean(values**2)))
    assert found["edge"].usual == 0.01


def test_the_network_may_go_on_learning_meanwhile(mnist, reference):
    np.random.seed(2)
    network = TwoLayerNet(784, 5, 10)
    expected = network.accuracy(mnist.x_test / 255, mnist.t_test)
    measurements = Measurements(network, mnist.x_test, mnist.t_test, reference.still)
    network.params["b2"] += np.arange(10)
    list(measurements.pieces())
    assert measurements.accuracy == expected


def test_saturated_outputs_are_counted_on_both_sides():
    assert saturated_share(np.array([[0.0, 0.009, 0.011], [0.5, 0.989, 0.991]])) == 0.5


def test_the_sizes_of_W1_are_told_apart_by_the_pixels_that_vary():
    still = np.array([True, False, False])
    params = {"W1": np.array([[3.0, -3.0], [1.0, 1.0], [-1.0, -1.0]]), "b1": np.array([2.0, 0.0])}
    sizes = weight_sizes(params, still)
    assert (sizes["W1_still"], sizes["W1"]) == (3.0, 1.0)
    assert sizes["b1"] == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize("start", [0.01, 0.3])
def test_the_start_is_read_off_the_pixels_that_never_vary(maker, mnist, reference, start):
    """Trained on black or on white ground: there the rows all move alike, as the biases do."""
    for images in (mnist.x_train, 255 - mnist.x_train):
        network = maker.train(306, 300, images=images, weight_init_std=start).network
        case = Case(measured(network, mnist, reference, images=100), reference, History())
        assert case.start == pytest.approx(start, rel=0.05)


# --- any network that can be opened ---


@pytest.mark.parametrize(
    "sizes", [(784, 10), (784, 1, 10), (784, 3, 2, 10), (784, 500, 10), (784, 8, 8, 8, 10)]
)
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("scale", [0.0, 1e-8, 1.0, 1e200])
def test_any_network_is_told_something(mnist, reference, sizes, activation, scale):
    random = np.random.RandomState(0)
    params = {}
    for i, (n, m) in enumerate(itertools.pairwise(sizes), 1):
        params[f"W{i}"], params[f"b{i}"] = scale * random.randn(n, m), scale * random.randn(m)
    checkup = diagnose(measured(MultiLayerNet(params, activation), mnist, reference, images=100), reference)
    assert checkup.findings
    assert checkup.findings[0].cause != "healthy"
    assert all(str(sentence) for sentence in checkup.standing + checkup.unknown)


def test_everything_that_is_said_can_be_shown_and_tried(made, maker, check_up):
    """Sentences fill their fields, pictures are known ones, and what to try is a setting of the training."""
    checkups = [check_up(one) for ones in made.values() for one in ones[:1]]
    checkups += [check_up(make(maker, 300)) for make in HEALTHY]
    checkups.append(check_up(maker.train(300, 1000), normalize=False))
    said = [one for checkup in checkups for one in checkup.findings + checkup.excluded]
    assert {*CAUSES, "healthy", "range", "slow"} <= {finding.cause for finding in said}
    for finding in said:
        assert finding.cause in report.TITLES
        assert finding.sure in report.SURE
        assert finding.show in report.SHOWN
        assert "{" not in str(finding.sentence)
        assert finding.settings
        Settings(**finding.settings)


@pytest.mark.parametrize("cause", ["pixels", "data", "start", "large"])
def test_the_settings_of_a_cause_that_was_ruled_out_do_lead_to_it(maker, check_up, cause):
    """So that the learner can compare."""
    (excluded,) = (one for one in check_up(maker.train(302, 1000)).excluded if one.cause == cause)
    settings = dict(excluded.settings)
    if settings.pop("normalize", True):
        if size := settings.pop("train_size", 0):
            settings |= {"images": maker.mnist.x_train[:size], "labels": maker.mnist.t_train[:size]}
        wrong = maker.train(304, 3000, **settings)
    else:
        wrong = maker.unnormalized(304, 1000)
    assert check_up(wrong).findings[0].cause == cause


def test_the_same_weights_are_read_in_all_ways(mnist, reference, maker, check_up):
    """Each accuracy against the network applied so in the test."""
    made = maker.train(300, 500)
    found = {str(one.name): one.accuracy for one in check_up(made, normalize=False).readings}
    x, t = mnist.x_test.astype(np.float64), mnist.t_test

    def accuracy(x: np.ndarray, activation: str = "sigmoid") -> float:
        y = MultiLayerNet(made.network.params, activation).predict(x)
        return float((y.argmax(axis=1) == t).mean())

    assert found == {
        "as it is read now": accuracy(x),
        "with ReLU in the hidden layers": accuracy(x, "relu"),
        "with pixels from 0 to 1": accuracy(x / 255),
        "with black and white swapped": accuracy(255 - x),
    }


def test_what_is_only_read_wrongly_says_how_to_read_it(made, maker, check_up):
    for one in made["activation"]:
        finding = check_up(one).findings[0]
        right = MultiLayerNet(one.network.params, finding.reading["activation"])
        assert check_up(one._replace(network=right)).accuracy > 0.8
    finding = check_up(maker.train(300, 1000), normalize=False).findings[0]
    assert finding.reading == {"normalize": True}
