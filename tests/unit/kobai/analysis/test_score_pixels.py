"""What each pixel adds to a score: against finite differences, and for a linear network in closed form."""

import numpy as np
import pytest
from kobai.analysis.hidden_units import NEGATIVE, POSITIVE
from kobai.analysis.score_pixels import pixel_contributions, tint_rgba
from kobai.book.multi_layer_net import MultiLayerNet


def network(*sizes, activation="sigmoid", seed=0):
    random = np.random.RandomState(seed)
    params = {}
    for i, (before, after) in enumerate(zip(sizes[:-1], sizes[1:], strict=True), 1):
        params[f"W{i}"] = random.randn(before, after) / np.sqrt(before)
        params[f"b{i}"] = random.randn(after)
    return MultiLayerNet(params, activation)


def test_without_a_hidden_layer_a_pixel_adds_its_weight_times_itself():
    net, x = network(784, 10), np.random.RandomState(1).rand(784)
    contributions, rest = pixel_contributions(net, x, 3)
    np.testing.assert_allclose(contributions, x * net.params["W1"][:, 3], atol=1e-15)
    assert rest == pytest.approx(net.params["b1"][3], abs=1e-12)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("sizes", [(784, 50, 10), (784, 20, 30, 10)])
def test_the_gradient_is_that_of_finite_differences_and_all_adds_up_to_the_score(sizes, activation):
    net, x, digit = network(*sizes, activation=activation), np.random.RandomState(2).rand(784), 8
    contributions, rest = pixel_contributions(net, x, digit)
    h = 1e-5
    for i in (0, 300, 783):
        step = np.zeros(784)
        step[i] = h
        slope = (net.scores(x + step)[digit] - net.scores(x - step)[digit]) / (2 * h)
        assert contributions[i] == pytest.approx(x[i] * slope, abs=1e-8)
    assert contributions.sum() + rest == pytest.approx(net.scores(x)[digit], abs=1e-9)


def test_the_gradient_by_the_hidden_outputs_is_that_of_finite_differences():
    """dz1 of one image: by how much the loss rises when a unit's output rises."""
    net, x = network(784, 6, 5, 10), np.random.RandomState(3).rand(1, 784)
    y, t = net.predict(x), np.eye(10)[[4]]
    dz1 = net.gradient_by_layer(x, y - t, 1)[0]
    tail = MultiLayerNet(
        {"W1": net.params["W2"], "b1": net.params["b2"], "W2": net.params["W3"], "b2": net.params["b3"]}
    )
    z1, h = net.hidden(x)[0], 1e-5
    for j in range(6):
        step = np.zeros((1, 6))
        step[0, j] = h
        slope = -(np.log(tail.predict(z1 + step)[0, 4]) - np.log(tail.predict(z1 - step)[0, 4])) / (2 * h)
        assert dz1[j] == pytest.approx(slope, abs=1e-8)


def test_the_colour_says_for_or_against_and_its_opacity_how_much():
    contributions = np.zeros(784)
    contributions[:4] = [2.0, -1.0, np.nan, np.inf]
    picture = tint_rgba(contributions)
    assert picture.shape == (28, 28, 4)
    assert picture.dtype == np.uint8
    assert picture[0, 0].tolist() == [*POSITIVE, 255]
    assert picture[0, 1, :3].tolist() == list(NEGATIVE)
    assert picture[0, 1, 3] == pytest.approx(128, abs=2)
    assert picture[0, 2:, 3].max() == 0
    assert tint_rgba(np.zeros(784))[..., 3].max() == 0
