"""The figures of the report: the histograms of the weights, and the accuracy in each way to read them."""

from __future__ import annotations

import numpy as np
import pytest
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.diagnosis import report_rows
from kobai.diagnosis.derived import Case, History


def test_the_histograms_count_every_weight(maker, measured, reference):
    """Also those beyond the scale, which are in the first and the last bin."""
    network = maker.train(308, 500).network
    case = Case(measured(network, images=100), reference, History())
    found = report_rows.weights(case)
    still = reference.still
    W1, b1 = network.params["W1"], network.params["b1"]
    for part, values in (("edge", W1[still]), ("others", W1[~still]), ("b1", b1)):
        histogram, half = found[part], len(found[part].counts) // 2
        assert sum(histogram.counts) == values.size
        assert sum(histogram.counts[half + 1 :]) == np.sum(values > histogram.limit / len(histogram.counts))
        assert histogram.size == pytest.approx(np.sqrt(np.mean(values**2)))
    assert found["edge"].usual == 0.01


def test_the_same_weights_are_read_in_all_ways(mnist, maker, check_up):
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
