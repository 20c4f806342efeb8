"""The loss over a plane of parameters: against network.loss, network.gradient and the law of descent."""

import numpy as np
import pytest
from kobai.book.functions import softmax
from kobai.book.multi_layer_net import MultiLayerNet, network_of
from kobai.errors import KobaiError
from kobai.images.height_map import BANDS, height_map_png
from kobai.lessons.loss_surface import LossPlane, across, descend, dot, moved, one_weight, steepest, unit
from support.png_reading import read_png
from support.some_networks import params_of

pytestmark = pytest.mark.order_of_sums

RANDOM = np.random.RandomState(4)
X, T = RANDOM.rand(30, 12), RANDOM.randint(0, 10, 30)


def small(*sizes):
    """Scores so small that the 1e-7 of the cross entropy does not count."""
    return {key: 0.3 * value for key, value in params_of(*sizes).items()}


@pytest.fixture(params=["two", "three", "relu", "one"])
def net(request):
    sizes = {"two": (12, 7, 10), "three": (12, 7, 6, 10), "relu": (12, 7, 10), "one": (12, 10)}[request.param]
    return network_of(small(*sizes), "relu" if request.param == "relu" else "sigmoid")


def random_direction(net, seed):
    random = np.random.RandomState(seed)
    return {key: random.randn(*value.shape) for key, value in net.params.items()}


def test_each_point_is_the_loss_of_a_network_with_these_params(net):
    first, second = random_direction(net, 1), random_direction(net, 2)
    plane = LossPlane(net, X, T, first, second)
    a, b = np.linspace(-1, 1, 3), np.linspace(-0.5, 0.5, 5)
    part, losses = list(plane.surface(a, b))[-1]
    assert part == 1
    for row, down in enumerate(b):
        for column, right in enumerate(a):
            there = {key: net.params[key] + right * first[key] + down * second[key] for key in net.params}
            activation = getattr(net, "activation", "sigmoid")
            assert losses[row, column] == pytest.approx(
                MultiLayerNet(there, activation).loss(X, T), rel=1e-12
            )


def test_the_slope_of_the_plane_is_the_gradient(net):
    """Along one weight: its element of network.gradient; h as in the book."""
    grads = net.gradient(X, T)
    first = steepest(grads, "W1")
    last = f"W{len(net.params) // 2}"
    second = steepest(grads, last)
    plane = LossPlane(net, X, T, one_weight(net.params, "W1", first), one_weight(net.params, last, second))
    h = 1e-4
    assert (plane.loss(h, 0) - plane.loss(-h, 0)) / (2 * h) == pytest.approx(grads["W1"][first], rel=1e-5)
    assert (plane.loss(0, h) - plane.loss(0, -h)) / (2 * h) == pytest.approx(grads[last][second], rel=1e-5)
    assert abs(grads["W1"][first]) == np.abs(grads["W1"]).max()


def test_the_gradient_of_the_plane_is_its_slope_anywhere(net):
    """Along any two directions, by differences of loss: no backpropagation in them."""
    plane = LossPlane(net, X, T, random_direction(net, 1), random_direction(net, 2))
    h = 1e-5
    for a, b in ((0.0, 0.0), (0.3, -0.2)):
        slopes = [plane.loss(a + h, b) - plane.loss(a - h, b), plane.loss(a, b + h) - plane.loss(a, b - h)]
        np.testing.assert_allclose(plane.gradient(a, b), np.array(slopes) / (2 * h), rtol=1e-3, atol=1e-6)


def test_directions():
    net = network_of(params_of(12, 7, 10))
    first = unit(random_direction(net, 1))
    second = unit(across(random_direction(net, 2), first))
    assert dot(first, first) == pytest.approx(1)
    assert dot(second, second) == pytest.approx(1)
    assert dot(first, second) == pytest.approx(0, abs=1e-12)
    with pytest.raises(KobaiError, match="no way down"):
        unit({"W1": np.zeros(3)})
    with pytest.raises(KobaiError, match="not finite"):
        unit({"W1": np.array([np.inf])})
    with pytest.raises(IndexError):
        one_weight(net.params, "W1", (12, 0))


def test_descent_takes_the_gradient_off_at_each_step(net):
    before = moved(net.params)
    steps = list(descend(net, net.params, X, T, 0.1, 3))
    assert len(steps) == 4
    activation = getattr(net, "activation", "sigmoid")
    for (params, loss), (after, _loss) in zip(steps, steps[1:], strict=False):
        grads = MultiLayerNet(params, activation).gradient(X, T)
        assert loss == MultiLayerNet(params, activation).loss(X, T)
        for key in params:
            np.testing.assert_allclose(after[key], params[key] - 0.1 * grads[key], rtol=1e-12, atol=1e-15)
    for key in before:
        np.testing.assert_array_equal(net.params[key], before[key])


def test_a_first_step_lowers_the_loss_by_about_the_rate_times_the_square_of_the_gradient():
    """Taylor: L(p - lr g) = L(p) - lr |g|**2 + O(lr**2)."""
    net = network_of(params_of(12, 7, 10))
    (_p, first), (_q, second) = descend(net, net.params, X, T, 1e-5, 1)
    grads = net.gradient(X, T)
    assert (first - second) / 1e-5 == pytest.approx(dot(grads, grads), rel=1e-3)


def test_descent_ends_where_the_loss_is_not_finite():
    net = network_of(params_of(12, 7, 10), "relu")
    assert len(list(descend(net, net.params, X, T, 1e300, 10))) < 11


def test_a_surface_that_is_not_finite_is_refused():
    net = network_of(params_of(12, 7, 10))
    zero = {key: np.zeros_like(value) for key, value in net.params.items()}
    plane = LossPlane(net, X, T, {**zero, "W2": np.full((7, 10), np.nan)}, zero)
    with pytest.raises(KobaiError, match="not finite"):
        list(plane.surface(np.array([1.0]), np.array([0.0])))


def test_one_layer_is_convex():
    """Softmax regression: along any line the loss has no hill (so its surface is right in shape as well)."""
    net = network_of(small(12, 10))
    assert softmax(X @ net.params["W1"]).shape == (30, 10)
    plane = LossPlane(net, X, T, random_direction(net, 3), random_direction(net, 4))
    line = np.array([plane.loss(a, 0) for a in np.linspace(-0.5, 0.5, 21)])
    assert (np.diff(line, 2) > 0).all()


def test_the_picture_has_the_lowest_where_it_is():
    """A ramp to the upper right: first band at the lower left, last at the upper right."""
    heights = np.add.outer(np.arange(4.0), np.arange(5.0))
    pixels = read_png(height_map_png(heights))
    assert pixels.shape[:2] == (3 * 8 + 1, 4 * 8 + 1)
    assert pixels[-1, 0].tolist() != pixels[0, -1].tolist()
    assert len({tuple(np.atleast_1d(pixel)) for pixel in pixels.reshape(-1, *pixels.shape[2:])}) == BANDS


def test_a_picture_of_a_flat_plane():
    assert height_map_png(np.ones((3, 3))).startswith(b"\x89PNG")
