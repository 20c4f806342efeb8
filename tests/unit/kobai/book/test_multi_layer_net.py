"""MultiLayerNet: the same as TwoLayerNet at two layers, finite differences at any depth."""

from __future__ import annotations

import numpy as np
import pytest
from kobai.book.functions import relu, sigmoid, softmax
from kobai.book.gradient import numerical_gradient
from kobai.book.multi_layer_net import MultiLayerNet, layer_sizes
from kobai.book.two_layer_net import TwoLayerNet
from support.some_networks import params_of

pytestmark = pytest.mark.order_of_sums


X = np.random.RandomState(5).uniform(size=(7, 6))
T = np.array([0, 1, 2, 3, 4, 3, 2])


def test_two_sigmoid_layers_are_the_books_network():
    np.random.seed(1)
    book = TwoLayerNet(6, 4, 5, weight_init_std=0.7)
    net = MultiLayerNet(book.params)
    np.testing.assert_array_equal(net.predict(X), book.predict(X))
    assert net.loss(X, T) == book.loss(X, T)
    for key, value in book.gradient(X, T).items():
        np.testing.assert_allclose(net.gradient(X, T)[key], value, rtol=1e-13)


def test_layers_are_applied_in_turn():
    params = params_of(6, 4, 3, 5)
    for activation, f in (("sigmoid", sigmoid), ("relu", relu)):
        net = MultiLayerNet(params, activation)
        z1 = f(X @ params["W1"] + params["b1"])
        z2 = f(z1 @ params["W2"] + params["b2"])
        scores = z2 @ params["W3"] + params["b3"]
        for got, expected in zip(net.hidden(X), (z1, z2), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-13)
        np.testing.assert_allclose(net.scores(X), scores, rtol=1e-13)
        np.testing.assert_allclose(net.predict(X[0]), softmax(scores[0]), rtol=1e-13)


def test_one_layer_has_no_hidden_units():
    params = params_of(6, 5)
    net = MultiLayerNet(params)
    assert net.hidden(X) == []
    np.testing.assert_allclose(net.predict(X), softmax(X @ params["W1"] + params["b1"]), rtol=1e-13)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("sizes", [(6, 5), (6, 4, 5), (6, 4, 3, 5)])
def test_backpropagation_agrees_with_the_numerical_gradient(sizes, activation):
    net = MultiLayerNet(params_of(*sizes), activation)
    grads = net.gradient(X, T)
    assert set(grads) == set(net.params)
    for key, value in net.params.items():
        expected = numerical_gradient(lambda _: net.loss(X, T), value)
        np.testing.assert_allclose(grads[key], expected, atol=1e-5)


def test_layer_sizes():
    assert layer_sizes(params_of(784, 50, 100, 10)) == (784, 50, 100, 10)
    assert layer_sizes(params_of(784, 10)) == (784, 10)


def test_an_unknown_activation_is_refused():
    with pytest.raises(KeyError):
        MultiLayerNet(params_of(6, 5), "tanh")
