"""Hidden units: closed forms for the book's network, units held still in deeper ones, and the pictures."""

from __future__ import annotations

import numpy as np
import pytest
from kobai.analysis.hidden_units import HiddenUnits, colour_limit, diverging_png, legend_png
from kobai.book.functions import relu, sigmoid, softmax
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.book.two_layer_net import TwoLayerNet
from support.png_reading import luminance, read_png
from support.some_networks import params_of

pytestmark = pytest.mark.order_of_sums

IMAGES = np.random.RandomState(2).randint(0, 256, (300, 784)).astype(np.uint8)
X = IMAGES / 255


def small_net(*sizes: int, activation: str = "sigmoid") -> MultiLayerNet:
    params = params_of(784, *sizes)
    params["W1"] *= 0.1  # so that sums of 784 pixels stay where a sigmoid moves
    return MultiLayerNet(params, activation)


def surveyed(net, images=IMAGES, **options) -> HiddenUnits:
    units = HiddenUnits(net, images, **options)
    parts = list(units.pieces())
    assert parts == sorted(parts)
    assert 0 < parts[0] <= parts[-1] == 1
    return units


def centred(rows: np.ndarray) -> np.ndarray:
    return rows - rows.mean(axis=1, keepdims=True)


# --- what goes in and comes out ---


@pytest.mark.parametrize(("activation", "f"), [("sigmoid", sigmoid), ("relu", relu)])
def test_sums_and_outputs_of_the_first_layer(activation, f):
    net = small_net(6, 4, 10, activation=activation)
    units = HiddenUnits(net, IMAGES)
    a1 = X @ net.params["W1"] + net.params["b1"]
    np.testing.assert_allclose(units.sums(X), a1, rtol=1e-12)
    np.testing.assert_allclose(units.outputs(X), f(a1), rtol=1e-12)
    np.testing.assert_array_equal(units.weights, net.params["W1"].T)
    assert not units.are_outputs


def test_the_books_network_and_pixels_up_to_255():
    np.random.seed(0)
    net = TwoLayerNet(784, 7, 10, weight_init_std=0.001)
    units = surveyed(net, inputs=lambda images: images.astype(np.float32))
    z1 = sigmoid(255 * X @ net.params["W1"])
    expected = z1.std(axis=0) * np.linalg.norm(centred(net.params["W2"]), axis=1)
    np.testing.assert_allclose(units.uses, expected, rtol=1e-4)  # float32 inputs


def test_the_network_may_go_on_learning_meanwhile():
    net = small_net(6, 10)
    expected = surveyed(net).uses
    units = HiddenUnits(net, IMAGES)
    for value in net.params.values():
        value += 1
    list(units.pieces())
    np.testing.assert_array_equal(units.uses, expected)


def test_a_wide_layer_is_surveyed_in_many_short_pieces():
    net = small_net(500, 10)
    units = HiddenUnits(net, IMAGES)
    assert len(list(units.pieces())) == 3 + 1  # 100 images at a time
    np.testing.assert_allclose(
        units.off, np.mean(sigmoid(X @ net.params["W1"] + net.params["b1"]) < 0.01, axis=0)
    )


# --- use and effect ---


def test_in_the_books_network_the_effect_is_W2():
    net = small_net(6, 10)
    units = surveyed(net)
    z1 = sigmoid(X @ net.params["W1"] + net.params["b1"])
    np.testing.assert_allclose(units.effects, centred(net.params["W2"]), rtol=1e-12)
    np.testing.assert_allclose(
        units.uses, z1.std(axis=0) * np.linalg.norm(centred(net.params["W2"]), axis=1), rtol=1e-5
    )


def test_use_is_how_far_the_scores_move_when_a_unit_is_held_at_its_mean():
    """The definition, run in full, for a deep ReLU network, and for the book's, where there is a formula."""
    for net in (small_net(6, 5, 10, activation="relu"), small_net(6, 5, 4, 10), small_net(6, 10)):
        f = relu if net.activation == "relu" else sigmoid
        z1 = f(X @ net.params["W1"] + net.params["b1"])

        def scores(z, net=net, f=f):
            for i in range(2, net.layers + 1):
                a = z @ net.params[f"W{i}"] + net.params[f"b{i}"]
                z = f(a)
            return a

        units = surveyed(net)
        for j in range(6):
            held = z1.copy()
            held[:, j] = z1[:, j].mean()
            change = centred(scores(z1) - scores(held))
            assert units.uses[j] == pytest.approx(np.sqrt((change**2).sum(axis=1).mean()), rel=1e-4)
            if z1[:, j].std() > 0:
                slopes = [np.polyfit(z1[:, j], change[:, k], 1)[0] for k in range(10)]
                np.testing.assert_allclose(units.effects[j], slopes, rtol=1e-3, atol=1e-6)


def test_outgoing_weights_that_are_all_equal_are_of_no_use():
    """They raise every score alike, and softmax sees only differences."""
    net = small_net(6, 10)
    net.params["W2"][2] = 5.0
    units = surveyed(net)
    assert units.uses[2] == pytest.approx(0, abs=1e-12)
    assert units.order()[-1] == 2


def test_the_most_used_comes_first():
    net = small_net(6, 10)
    net.params["W2"][:] = 0
    for unit, weight in ((0, 1), (1, 5), (2, 3), (4, 2)):
        net.params["W2"][unit, 1], net.params["W1"][:, unit] = weight, net.params["W1"][:, 0]
        net.params["b1"][unit] = net.params["b1"][0]
    assert surveyed(net).order().tolist() == [1, 2, 4, 0, 3, 5]


def test_digits_for_and_against():
    net = small_net(3, 10)
    net.params["W2"][0] = [0, 0, 9, 0, -8, 7, 0, -1, 5, 0]  # mean 1.2
    net.params["W2"][1] = [1] * 9 + [0]
    net.params["W2"][2] = 0
    units = surveyed(net)
    assert units.digits(0) == ([2, 5, 8], [4, 7, 9])
    assert units.digits(1, count=10) == ([0, 1, 2, 3, 4, 5, 6, 7, 8], [9])
    assert units.digits(2) == ([], [])


def test_one_layer_shows_its_ten_outputs_in_order():
    net = small_net(10)
    units = surveyed(net)
    assert units.are_outputs
    np.testing.assert_allclose(units.outputs(X), softmax(X @ net.params["W1"] + net.params["b1"]), rtol=1e-12)
    assert units.order().tolist() == list(range(10))
    assert [units.digits(digit)[0] for digit in range(10)] == [[digit] for digit in range(10)]
    assert {units.state(digit) for digit in range(10)} == {""}


# --- units that do not move ---


def test_dead_and_saturated_sigmoids():
    net = small_net(5, 10)
    net.params["W1"][:, :4] = 0
    net.params["b1"][:4] = [-10, 10, 0, np.log(0.98 / 0.02)]  # sigmoids of 0, 1, 0.5, 0.98
    net.params["W1"][:, 4] = 0
    net.params["W1"][0, 4], net.params["b1"][4] = 20_000, -10_000  # a switch at half the first pixel's light
    units = surveyed(net)
    assert [units.state(j) for j in range(5)] == ["off", "on", "", "", "switch"]
    np.testing.assert_array_equal(units.off[:4], [1, 0, 0, 0])
    np.testing.assert_array_equal(units.on[:4], [0, 1, 0, 0])
    assert units.off[4] == np.mean(IMAGES[:, 0] <= 127)
    np.testing.assert_allclose(units.uses[:4], 0, atol=1e-12)


def test_dead_relus():
    net = small_net(3, 4, 10, activation="relu")
    net.params["W1"][:, :2] = 0
    net.params["b1"][:2] = [-1, 100]
    units = surveyed(net)
    assert [units.state(j) for j in range(3)] == ["off", "", ""]
    z1 = relu(X @ net.params["W1"] + net.params["b1"])
    np.testing.assert_array_equal(units.off, np.mean(z1 == 0, axis=0))
    assert not units.on.any()
    assert (units.effects[:2] == 0).all()


# --- pictures ---


def test_a_colour_stands_for_sign_and_size():
    values = np.zeros(784)
    values[[0, 1, 2, 29, 30]] = [2, 1, -1, -2, -9]
    picture = read_png(diverging_png(values, limit=2.0))
    assert picture.shape == (28, 28, 4)
    blue, vermillion = (0x1F, 0x88, 0xCC), (0xD5, 0x5E, 0x00)
    assert tuple(picture[0, 0]) == (*vermillion, 255)
    assert tuple(picture[1, 1]) == tuple(picture[1, 2]) == (*blue, 255)  # beyond the limit: the last colour
    assert tuple(picture[0, 1, :3]) == vermillion
    assert tuple(picture[0, 2, :3]) == blue
    np.testing.assert_allclose(picture[0, 1:3, 3], 127.5, atol=1.5)
    assert picture[5, 5, 3] == 0  # zero lets the paper through


@pytest.mark.parametrize("paper", [(0xFF, 0xFF, 0xFF), (0x1F, 0x1A, 0x1E)])
def test_both_signs_stand_out_equally_from_light_and_dark_paper(paper):
    """WCAG's contrast of the last colours is at least 3, and grows from the middle to both ends alike."""
    legend = read_png(legend_png())[0].astype(float)
    assert legend.shape == (255, 4)
    seen = legend[:, :3] * legend[:, 3:] / 255 + np.array(paper) * (1 - legend[:, 3:] / 255)
    bright = luminance(seen) + 0.05
    ground = luminance(np.array(paper)) + 0.05
    contrast = np.maximum(bright / ground, ground / bright)
    assert contrast[127] == pytest.approx(1)
    assert (np.diff(contrast[127:]) > 0).all()
    assert (np.diff(contrast[:128]) < 0).all()
    assert contrast[0] > 3
    assert contrast[0] == pytest.approx(contrast[-1], rel=0.02)


def test_one_scale_covers_nearly_all_weights():
    weights = np.linspace(-1, 1, 2001)
    weights[0] = -50  # one weight alone must not make the others pale
    assert colour_limit(weights) == pytest.approx(0.995, abs=0.002)
    assert colour_limit(np.array([0.0] * 999 + [-3.0])) == 3
    assert colour_limit(np.zeros(5)) == 1
