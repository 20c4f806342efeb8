"""What is measured of a network: how it answers, read as it is used and otherwise, and its weights."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.book.two_layer_net import TwoLayerNet
from kobai.diagnosis.measurements import Measurements, saturated_share, weight_sizes


@pytest.mark.parametrize("normalize", [True, False])
def test_the_evidence_is_what_the_network_answers(mnist, measured, normalize):
    np.random.seed(1)
    network = TwoLayerNet(784, 20, 10, weight_init_std=0.05)
    measurements = measured(network, normalize, images=3000)
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
