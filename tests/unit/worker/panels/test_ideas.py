"""What the worker answers about the ideas' height maps: the numbers behind each picture, and one point."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from support import fake_browser
from support.worker_doubles import Networks, Session, finished


class NetworkInUse(Networks):
    def network(self, _key: str) -> TwoLayerNet:
        return self.net

    def inputs(self, _key: str, images: np.ndarray) -> np.ndarray:
        return (images / 255).astype(np.float32)


@pytest.fixture
def ideas(monkeypatch):
    """What computes for the ideas 4 and 5, with a page that only listens."""
    fake_browser.install(monkeypatch, {}, [])
    from worker.panels.ideas.descent import Descent
    from worker.panels.ideas.gradient import Gradient

    session = Session()
    session.networks = NetworkInUse()
    return SimpleNamespace(session=session, gradient=Gradient(session), descent=Descent(session))


def loss_with(
    ideas: Any, *weights: tuple[str, tuple[int, int], float]
) -> tuple[float, dict[str, np.ndarray]]:
    """Loss and gradient of the network in use with these weights, on the images of seed 0."""
    session = ideas.session
    mask = np.random.RandomState(0).choice(len(session.x_train), 100)
    net = TwoLayerNet(784, 50, 10)
    net.params.update({key: value.copy() for key, value in session.networks.net.params.items()})
    for key, index, value in weights:
        net.params[key][index] = value
    x, t = session.networks.inputs("A", session.x_train[mask]), session.t_train[mask].astype(int)
    return net.loss(x, t), net.gradient(x, t)


def test_the_bowl_comes_with_every_height(ideas):
    bowl = ideas.gradient.bowl()
    x0, x1 = np.array(bowl["across"]), np.array(bowl["up"])
    assert (x0[0], x0[-1], len(x0)) == (-4, 4, 33)
    np.testing.assert_allclose(bowl["heights"], x1[:, None] ** 2 + x0**2)
    assert (bowl["low"], bowl["high"]) == (0, 32)


def test_a_surface_comes_with_every_loss(ideas):
    answer = finished(ideas.gradient.weight_surface(["W1", 300, 7], ["W2", 3, 2]))
    for column, row in ((0, 0), (24, 3), (12, 12)):
        there = ("W1", (300, 7), answer["across"][column]), ("W2", (3, 2), answer["up"][row])
        assert answer["heights"][row][column] == pytest.approx(loss_with(ideas, *there)[0], rel=1e-6)
    assert answer["heights"][12][12] == pytest.approx(answer["loss"])
    assert (answer["low"], answer["high"]) == (np.min(answer["heights"]), np.max(answer["heights"]))
    assert answer["steepest"] > 0


@pytest.mark.parametrize("away", [(0.0, 0.0), (1.5, -0.7), (-2.0, 2.0)])
def test_a_point_of_a_surface_has_its_loss_and_both_slopes(ideas, away):
    answer = finished(ideas.gradient.weight_surface(["W1", 300, 7], ["W2", 3, 2]))
    at = [weight["value"] + far for weight, far in zip(answer["weights"], away, strict=True)]
    point = ideas.gradient.weight_point(*at)
    loss, grads = loss_with(ideas, ("W1", (300, 7), at[0]), ("W2", (3, 2), at[1]))
    slopes = [grads["W1"][300, 7], grads["W2"][3, 2]]
    assert point["at"] == at
    assert point["loss"] == pytest.approx(loss, rel=1e-9)
    assert point["backpropagation"] == pytest.approx(slopes, rel=1e-6)
    assert point["numerical"] == pytest.approx(slopes, rel=1e-4, abs=1e-9)


def test_a_point_leaves_the_network_as_it_is(ideas):
    before = {key: value.copy() for key, value in ideas.session.networks.net.params.items()}
    finished(ideas.gradient.weight_surface())
    ideas.gradient.weight_point(5.0, -5.0)
    for key, value in ideas.session.networks.net.params.items():
        np.testing.assert_array_equal(value, before[key])


def test_the_valley_comes_with_every_loss(ideas):
    answer = finished(ideas.descent.loss_valley())
    a, b = answer["across"], answer["up"]
    assert (len(a), len(b)) == (25, 25)
    assert np.shape(answer["heights"]) == (25, 25)
    for column, row in ((0, 0), (20, 5)):  # the path from there starts with the loss there
        path = ideas.descent.valley_path(a[column], b[row], 0.1)
        assert path["losses"][0] == pytest.approx(answer["heights"][row][column], rel=1e-9)


def test_a_weight_that_is_not_there_is_refused(ideas):
    with pytest.raises(KobaiError, match="784 rows"):
        finished(ideas.gradient.weight_surface(["W1", 784, 0], None))
