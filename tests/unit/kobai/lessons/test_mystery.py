"""The guided experiment: its trainings are those of Trainer, and its findings those of hand-made curves."""

from __future__ import annotations

import json

import numpy as np
import pytest
from kobai.diagnosis.measurements import SATURATED
from kobai.diagnosis.reference_runs import Reference
from kobai.lessons import mystery
from kobai.lessons.mystery import FIGURE, POINTS, ROADS, Experiment
from kobai.settings import Settings
from kobai.training.trainer import Trainer


def follow(road: str, iterations: int, mnist, engine, seed: int = 0) -> Experiment:
    followed = Experiment(road, seed, *mnist, engine)
    for _ in followed.pieces(iterations):
        pass
    return followed


@pytest.mark.parametrize(
    ("road", "settings"),
    [("book", {}), ("slow", {"learning_rate": 0.01}), ("raw", {"normalize": False})],
)
def test_a_road_is_the_training_with_its_settings(mnist, engine, road, settings):
    followed = follow(road, 75, mnist, engine, seed=5)
    trainer = Trainer(Settings(iterations=75, seed=5, engine="fast", **settings), *mnist, engine)
    expected = []
    while not trainer.finished:
        trainer.step()
        if trainer.iteration in (25, 50, 75):
            x = mnist.x_test / 255 if road != "raw" else mnist.x_test.astype(float)
            expected.append(trainer.network.accuracy(x, mnist.t_test))
    assert followed.trainer.train_loss_list == trainer.train_loss_list
    assert followed.accuracy == pytest.approx(expected, abs=2e-4)  # two images near a tie in float32


def test_the_memos_figure_after_a_thousand_iterations(mnist, engine):
    """Measured over 12 seeds: 0.857 to 0.872, 0.8645 on average."""
    followed = follow("book", 1000, mnist, engine)
    findings = followed.findings()
    assert findings.iterations == 1000
    assert 0.855 < findings.accuracy < 0.875
    assert 0 < findings.gain < 0.03  # 900: .854
    accuracy = dict(zip(POINTS, followed.accuracy, strict=False))
    assert findings.gain == accuracy[1000] - accuracy[900]


def test_a_road_left_and_taken_up_again_is_the_same_road(mnist, engine):
    whole = follow("book", 150, mnist, engine)
    parts = Experiment("book", 0, *mnist, engine)
    for pieces in (1, 4, 9):
        walk = parts.pieces(150)
        for _ in range(pieces):
            next(walk)
        walk.close()
    for _ in parts.pieces(150):
        pass
    assert parts.accuracy == whole.accuracy
    assert len(parts.accuracy) == POINTS.index(150) + 1
    assert list(parts.pieces(150)) == []


@pytest.mark.parametrize(("road", "white"), [("book", 255), ("raw", 1)])
def test_the_hidden_units_that_are_stuck(mnist, engine, road, white):
    """Nearly all of them with pixels 0 to 255, hardly any with pixels 0 to 1."""
    followed = follow(road, 300, mnist, engine)
    params = followed.trainer.network.params
    with np.errstate(over="ignore"):
        z1 = 1 / (1 + np.exp(-(mnist.x_test[:1000] / white @ params["W1"] + params["b1"])))
    expected = np.mean((z1 < SATURATED) | (z1 > 1 - SATURATED))
    assert followed.findings().saturated == pytest.approx(expected, abs=1e-12)
    assert expected > 0.95 if road == "raw" else expected < 0.05


def test_without_a_compiled_engine(mnist):
    """The fallback counts and trains in float64: the same figure but for images near a tie."""
    small = (mnist.x_train[:200], mnist.t_train[:200], mnist.x_test[:500], mnist.t_test[:500])
    followed = follow("book", 25, small, None)
    trainer = Trainer(Settings(iterations=25), *small)
    while not trainer.finished:
        trainer.step()
    assert followed.accuracy == [trainer.network.accuracy(mnist.x_test[:500] / 255, mnist.t_test[:500])]


def test_the_points():
    assert POINTS[0] == 25
    assert POINTS[-1] == 10_000
    assert {100, 600, 1000, 2000, 9000} <= set(POINTS)
    steps = np.diff(POINTS)
    assert steps.min() > 0
    assert steps.max() <= 50


def test_findings_of_a_curve():
    accuracy = [0.5, 0.86, 0.87, 0.86, 0.8652, 0.9]
    assert mystery.first_reached(accuracy) == 75
    assert mystery.crossings(accuracy) == 3  # up, down, up: the figure itself counts as reached
    assert mystery.crossings([0.9, 0.88]) == 0
    assert mystery.crossings([]) == 0
    assert mystery.first_reached([0.86, 0.8651]) is None
    assert mystery.first_reached([0.8652]) == 25
    assert FIGURE == 0.8652


def reference(accuracies: dict[str, list[list[float]]], iterations: list[int]) -> Reference:
    """A table in the form of static/reference/training.json."""
    runs = {
        name: {"settings": {}, "images": 60_000, "normalize": True, "statistics": {}, "test_accuracy": rows}
        for name, rows in accuracies.items()
    }
    return Reference.from_json(json.dumps({"iterations": iterations, "still_pixels": [], "runs": runs}))


def test_where_other_seeds_went():
    """On the line between two points of the table, worked out by hand."""
    table = reference({"hidden 50": [[0.0, 0.4, 0.8], [0.2, 0.5, 1.0]]}, [0, 100, 10_000])
    spreads = mystery.spreads(table, "book")
    assert len(spreads) == len(POINTS)
    at_50, at_100, at_end = (spreads[POINTS.index(point)] for point in (50, 100, 10_000))
    assert at_50 == pytest.approx((0.2, 0.275, 0.35))
    assert at_100 == pytest.approx((0.4, 0.45, 0.5))
    assert at_end == pytest.approx((0.8, 0.9, 1.0))


def test_every_road_has_its_run_in_the_table():
    assert [road.reference for road in ROADS.values()] == [
        "hidden 50", "hidden 50, learning rate 0.01", "hidden 50, pixels 0-255",
    ]  # fmt: skip
