"""TwoLayerNet: closed forms, finite differences and properties. Training: training/test_trainer.py."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.book.gradient import numerical_gradient
from kobai.book.mnist import one_hot
from kobai.book.two_layer_net import TwoLayerNet

pytestmark = pytest.mark.order_of_sums


def make_network(seed: int = 0, scale: float = 0.5) -> TwoLayerNet:
    np.random.seed(seed)
    net = TwoLayerNet(6, 4, 10, weight_init_std=scale)
    for key in ("b1", "b2"):
        net.params[key] = scale * np.random.randn(*net.params[key].shape)
    return net


def make_batch(n: int = 8) -> tuple[np.ndarray, np.ndarray]:
    return np.random.rand(n, 6).astype(np.float32), np.random.randint(0, 10, n)


def test_weights_are_the_books_random_numbers():
    np.random.seed(7)
    net = TwoLayerNet(784, 50, 10)
    np.random.seed(7)
    np.testing.assert_array_equal(net.params["W1"], 0.01 * np.random.randn(784, 50))
    np.testing.assert_array_equal(net.params["W2"], 0.01 * np.random.randn(50, 10))
    np.testing.assert_array_equal(net.params["b1"], np.zeros(50))
    np.testing.assert_array_equal(net.params["b2"], np.zeros(10))
    assert {value.dtype for value in net.params.values()} == {np.dtype(np.float64)}


def test_shapes_of_the_book():
    """Book 4.5.1 prints these shapes for TwoLayerNet(784, 100, 10)."""
    net = TwoLayerNet(input_size=784, hidden_size=100, output_size=10)
    shapes = {"W1": (784, 100), "b1": (100,), "W2": (100, 10), "b2": (10,)}
    assert {key: value.shape for key, value in net.params.items()} == shapes
    x, t = np.random.rand(3, 784), one_hot(np.array([1, 2, 3]))
    assert net.predict(x).shape == (3, 10)
    assert {key: value.shape for key, value in net.gradient(x, t).items()} == shapes


def test_a_network_without_weights_knows_nothing():
    net = TwoLayerNet(6, 4, 10, weight_init_std=0)
    x, t = make_batch()
    np.testing.assert_allclose(net.predict(x), 0.1, rtol=1e-15)
    assert net.loss(x, t) == pytest.approx(-math.log(0.1 + 1e-7), abs=1e-15)
    # dy = (0.1 - t) / N, and z1 = sigmoid(0) = 1/2
    grad = net.gradient(x, t)
    np.testing.assert_allclose(grad["b2"], 0.1 - np.bincount(t, minlength=10) / len(t), atol=1e-15)
    np.testing.assert_allclose(grad["W2"], np.tile(grad["b2"] / 2, (4, 1)), atol=1e-15)
    assert not grad["W1"].any()
    assert not grad["b1"].any()


def test_a_network_worked_out_by_hand():
    net = TwoLayerNet(1, 1, 2)
    net.params = {
        "W1": np.array([[1.0]]),
        "b1": np.array([math.log(3) - 2]),
        "W2": np.array([[4.0, 0.0]]),
        "b2": np.array([-3.0, math.log(2)]),
    }
    x, t = np.array([[2.0]]), np.array([1])  # a1 = log 3, z1 = 3/4, a2 = (0, log 2), y = (1/3, 2/3)
    np.testing.assert_allclose(net.predict(x), [[1 / 3, 2 / 3]], rtol=1e-14)
    assert net.loss(x, t) == pytest.approx(math.log(1.5), abs=2e-7)
    grad = net.gradient(x, t)  # dy = (1/3, -1/3), dz1 = 4/3, da1 = 3/16 * 4/3 = 1/4
    np.testing.assert_allclose(grad["b2"], [1 / 3, -1 / 3], rtol=1e-14)
    np.testing.assert_allclose(grad["W2"], [[1 / 4, -1 / 4]], rtol=1e-14)
    np.testing.assert_allclose(grad["b1"], [1 / 4], rtol=1e-14)
    np.testing.assert_allclose(grad["W1"], [[1 / 2]], rtol=1e-14)


@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_backpropagation_equals_finite_differences(seed, n):
    net = make_network(seed)
    x, t = make_batch(n)
    grad = net.gradient(x, t)
    least = net.predict(x)[np.arange(n), t].min()
    for key, value in net.params.items():
        expected = numerical_gradient(lambda _: net.loss(x, t), value)
        # the loss has a 1e-7 inside its log that backpropagation leaves out
        np.testing.assert_allclose(grad[key], expected, rtol=0, atol=1e-7 + 1e-7 / least, err_msg=key)


@given(st.integers(0, 2**32 - 1))
def test_labels_and_one_hot_are_the_same(seed):
    net = make_network(seed)
    x, t = make_batch()
    assert net.loss(x, t) == net.loss(x, one_hot(t))
    assert net.accuracy(x, t) == net.accuracy(x, one_hot(t))
    for key, value in net.gradient(x, t).items():
        np.testing.assert_array_equal(value, net.gradient(x, one_hot(t))[key])


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_batch_does_not_matter(seed):
    net = make_network(seed)
    x, t = make_batch()
    order = np.random.permutation(len(x))
    np.testing.assert_allclose(net.predict(x[order]), net.predict(x)[order], rtol=1e-13)
    assert net.loss(x[order], t[order]) == pytest.approx(net.loss(x, t), rel=1e-13)
    for key, value in net.gradient(x, t).items():
        np.testing.assert_allclose(net.gradient(x[order], t[order])[key], value, rtol=0, atol=1e-14)


def test_accuracy_counts_the_right_answers():
    net = make_network()
    x, _ = make_batch(10)
    answers = np.argmax(net.predict(x), axis=1)
    t = answers.copy()
    t[:3] = (t[:3] + 1) % 10
    assert net.accuracy(x, answers) == 1.0
    assert net.accuracy(x, t) == 0.7


def test_one_image_without_a_batch_axis():
    net = make_network()
    x, t = make_batch(1)
    assert net.predict(x[0]).shape == (10,)
    np.testing.assert_allclose(net.predict(x[0]), net.predict(x)[0], rtol=1e-14)
    assert net.loss(x[0], one_hot(t)[0]) == pytest.approx(net.loss(x, t), rel=1e-14)


def test_a_small_step_down_the_gradient_lowers_the_loss():
    net = make_network()
    x, t = make_batch()
    before, grad = net.loss(x, t), net.gradient(x, t)
    for key in net.params:
        net.params[key] -= 1e-4 * grad[key]
    fall = 1e-4 * sum(float(np.sum(value**2)) for value in grad.values())
    assert before - net.loss(x, t) == pytest.approx(fall, rel=1e-3)


def test_huge_weights_do_not_overflow():
    net = make_network(scale=1e6)
    x, t = make_batch()
    with np.errstate(all="raise"):
        assert np.isfinite(net.predict(x)).all()
        assert 0 <= net.loss(x, t) <= -math.log(1e-7)
        assert all(np.isfinite(value).all() for value in net.gradient(x, t).values())
