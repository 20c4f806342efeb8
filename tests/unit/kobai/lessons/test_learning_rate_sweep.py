"""One step of learning for any learning rate: the loss after it against plain NumPy, and its limits."""

import numpy as np
import pytest
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.lessons.learning_rate_sweep import RATES, OneStep

pytestmark = pytest.mark.order_of_sums

RANDOM = np.random.RandomState(2)
X = RANDOM.rand(30, 20).astype(np.float32)
T = RANDOM.randint(0, 10, 30)


def network(scale=0.5):
    np.random.seed(4)
    return TwoLayerNet(20, 8, 10, weight_init_std=scale)


def loss_by_hand(params, x=X, t=T):
    z = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    e = np.exp(z @ params["W2"] + params["b2"])
    y = e / e.sum(axis=1, keepdims=True)
    return -np.log(y[np.arange(len(t)), t] + 1e-7).mean()


@pytest.mark.parametrize("rate", [1e-3, 0.1, 2.0, 50.0])
def test_the_loss_after_a_step_is_that_of_the_moved_parameters(rate):
    step = OneStep(network(), X, T)
    net, after = step.after(rate)
    moved = {key: value - rate * step.grads[key] for key, value in network().params.items()}
    assert after == pytest.approx(loss_by_hand(moved))
    for key, value in moved.items():
        np.testing.assert_allclose(net.params[key], value)
    np.testing.assert_array_equal(step.network.params["W1"], network().params["W1"])  # any other may follow


def test_the_curve_is_the_loss_at_each_rate_from_a_thousandth_to_a_hundred():
    step = OneStep(network(), X, T)
    curve = step.curve()
    assert (curve[0].learning_rate, curve[-1].learning_rate) == (0.001, 100)
    assert [point.learning_rate for point in curve] == RATES == sorted(RATES)
    assert 0.1 in RATES
    for point in curve[::7]:
        assert point.loss == pytest.approx(step.after(point.learning_rate)[1])


def test_a_small_step_falls_as_the_gradient_foretells_and_a_large_one_rises():
    step = OneStep(network(), X, T)
    square = sum((grad**2).sum() for grad in step.grads.values())
    assert step.predicted(0.5) == pytest.approx(loss_by_hand(network().params) - 0.5 * square)
    for rate in (1e-3, 1e-4):  # the error is of the second order
        fall = step.loss - step.after(rate)[1]
        assert fall / (rate * square) == pytest.approx(1, abs=10 * rate)
    assert step.after(100)[1] > step.loss


def test_a_network_of_huge_weights_is_refused_in_words():
    net = network()
    net.params["W2"] *= np.inf
    with np.errstate(all="ignore"), pytest.raises(KobaiError, match="not finite"):
        OneStep(net, X, T).curve()
