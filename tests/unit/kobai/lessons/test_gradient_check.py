"""The gradient check: what it compares and measures, and its pictures, read back by an own PNG reader."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.book.functions import sigmoid, softmax
from kobai.book.mnist import normalize_pixels
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.images.png import encode_png
from kobai.lessons import gradient_check
from kobai.lessons.gradient_check import GradientCheck, compare, decades, draw_batch, heat_png, legend_png
from support.png_reading import luminance, read_png

pytestmark = pytest.mark.order_of_sums

# --- a reader of PNG files, for 8-bit greyscale and palettes without filters ---


# --- the check ---


def make_check(hidden: int = 8, n: int = 100, scale: float = 0.3, seed: int = 0) -> GradientCheck:
    """A network with random weights and images like MNIST's: k/255, most pixels zero."""
    np.random.seed(seed)
    net = TwoLayerNet(784, hidden, 10, weight_init_std=scale)
    images = np.random.randint(0, 256, (n, 784)) * (np.random.rand(n, 784) < 0.2)
    return GradientCheck(net, normalize_pixels(images), np.random.randint(0, 10, n))


def finished(check: GradientCheck) -> GradientCheck:
    parts = list(check.pieces())
    assert parts == sorted(parts)
    assert 0 < parts[0] < parts[-1] == 1
    return check


def test_the_batch_is_what_the_readers_own_numpy_draws():
    np.random.seed(3)
    expected = np.random.choice(60_000, 100)
    np.random.seed(4)
    state = np.random.get_state()[1].copy()
    np.testing.assert_array_equal(draw_batch(60_000, 3), expected)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_both_gradients_are_those_of_the_network():
    check = finished(make_check())
    net = check.network
    for found, expected in (
        (check.numerical, net.numerical_gradient(check.x, check.t)),
        (check.backpropagation, net.gradient(check.x, check.t)),
    ):
        for key, value in expected.items():
            np.testing.assert_allclose(found[key], value, rtol=0, atol=1e-14)
    assert check.parameters == 784 * 8 + 8 + 8 * 10 + 10


def test_a_large_network_is_worked_out_in_parts_of_the_batch():
    """Its pieces must stay short; the gradient is the same mean over the batch."""
    check = finished(make_check(hidden=600, n=20, scale=0.05))  # 8 images at a time
    for key, value in check.network.numerical_gradient(check.x, check.t).items():
        np.testing.assert_allclose(check.numerical[key], value, rtol=0, atol=1e-12)


def test_the_sample_is_of_all_four_arrays_and_agrees_with_the_fast_form():
    check = finished(make_check())
    assert len({(key, index) for key, index, _ in check.sample}) == 20
    assert {key for key, _, _ in check.sample} == {"W1", "b1", "W2", "b2"}
    assert 0 < check.sample_difference < 1e-10  # never equal to the last bit


def test_the_definition_is_extrapolated_from_one_run_of_the_network_after_another(monkeypatch):
    """2 runs for each parameter, by a clock that only the network moves."""
    clock = [0.0]

    def taking(seconds, method):
        def slow(*arguments):
            clock[0] += seconds
            return method(*arguments)

        return slow

    monkeypatch.setattr(gradient_check, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    monkeypatch.setattr(TwoLayerNet, "loss", taking(0.01, TwoLayerNet.loss))
    monkeypatch.setattr(TwoLayerNet, "gradient", taking(0.03, TwoLayerNet.gradient))
    monkeypatch.setattr(TwoLayerNet, "numerical_gradient", taking(0.5, TwoLayerNet.numerical_gradient))
    check = finished(make_check(hidden=8))
    assert check.definition_seconds == pytest.approx(2 * 0.01 * check.parameters)
    assert check.numerical_seconds == pytest.approx(0.5)  # all 100 images at once
    assert check.backpropagation_seconds == pytest.approx(0.03)


def test_the_network_may_go_on_learning_meanwhile():
    np.random.seed(0)
    net = TwoLayerNet(784, 4, 10)
    before = {key: value.copy() for key, value in net.params.items()}
    check = GradientCheck(net, np.random.rand(5, 784), np.arange(5))
    for value in net.params.values():
        value += 1
    finished(check)
    for key, value in before.items():
        np.testing.assert_array_equal(check.network.params[key], value)


@pytest.mark.parametrize("hidden", [1, 2])
def test_the_smallest_networks(hidden):
    check = finished(make_check(hidden=hidden))
    assert len(check.sample) == 20
    assert compare(check.numerical, check.backpropagation)["b1"].index[0] < hidden


def test_the_difference_is_the_1e_7_that_backpropagation_leaves_out():
    """With the exact factor p / (p + 1e-7) put back, only truncation and rounding remain (far below 1e-9)."""
    check = finished(make_check(hidden=20, scale=0.4))
    params, x, t = check.network.params, check.x, check.t
    z1 = sigmoid(x @ params["W1"] + params["b1"])
    y = softmax(z1 @ params["W2"] + params["b2"])
    p = y[np.arange(len(x)), t]
    dy = (y - np.eye(10)[t]) * (p / (p + 1e-7))[:, None] / len(x)
    da1 = dy @ params["W2"].T * z1 * (1 - z1)
    exact = {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ dy, "b2": dy.sum(axis=0)}
    without = max(each.largest for each in compare(check.numerical, check.backpropagation).values())
    remaining = max(each.largest for each in compare(check.numerical, exact).values())
    assert remaining < 1e-9 < 1e-8 < without


def test_the_least_probable_correct_class_and_its_effect():
    """Of one image alone, the effect is the whole difference by the score of the correct class, b2[t]."""
    check = make_check(n=6)
    position, p, effect = check.least_probable()
    y = check.network.predict(check.x)[np.arange(6), check.t]
    assert (position, p) == (y.argmin(), y.min())
    alone = GradientCheck(check.network, check.x[[position]], check.t[[position]])
    alone.network.params["b2"][check.t[position]] -= 8  # p so small that the effect stands out
    finished(alone)
    found = compare({"b2": alone.numerical["b2"]}, {"b2": alone.backpropagation["b2"]})["b2"]
    assert found.index == (check.t[position],)
    assert found.largest == pytest.approx(alone.least_probable()[2], rel=1e-4)


def test_weights_too_large_are_said_to_be():
    check = make_check()
    check.network.params["W2"][:] = 1e308
    with pytest.raises(KobaiError, match="weights are too large"):
        list(check.pieces())


# --- comparing ---


def test_compare_names_the_worst_element_and_both_values():
    numerical = {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([5.0, 5.0])}
    backpropagation = {"W": np.array([[1.0, 2.5], [1.0, 4.0]]), "b": np.array([5.0, 5.0])}
    found = compare(numerical, backpropagation)
    worst = found["W"]
    assert (worst.index, worst.numerical, worst.backpropagation) == ((1, 0), 3.0, 1.0)
    assert (worst.largest, worst.mean) == (2.0, 0.625)
    assert found["b"].largest == 0


# --- the colours ---


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2e-9, 5e-7], (-9, -6)),
        ([0, 0, 3e-8], (-8, -7)),
        ([1e-30, 1e-6], (-14, -6)),  # at most eight decades
        ([1e-6], (-7, -6)),
        ([0, 0], (-1, 0)),
    ],
)
def test_the_scale_covers_the_differences(values, expected):
    assert decades([np.array(values[:1]), np.array(values)]) == expected


def test_the_colours_grow_lighter_all_the_way():
    """Order can be seen without seeing hues."""
    colours = read_png(legend_png())
    assert colours.shape == (1, 255, 4)
    assert (colours[..., 3] == 255).all()
    assert (np.diff(luminance(colours[0])) >= 0).all()
    assert luminance(colours[0, -1]) > 10 * luminance(colours[0, 0])


def test_a_colour_stands_for_the_logarithm():
    legend = read_png(legend_png())[0]
    vector = np.array([1e-12, 1e-10, 10**-9.0, 1e-8, 1e-6, 1e-3, 0])
    picture = read_png(heat_png(vector, -10, -6))
    expected = legend[[0, 0, 64, 127, 254, 254]]
    assert picture.shape == (1, 7, 4)
    np.testing.assert_allclose(picture[0, :6].astype(int), expected, atol=3)  # within a step of the palette
    assert picture[0, 6, 3] == 0  # exactly equal: transparent


def test_W1_is_a_sheet_of_tiles_one_for_each_hidden_unit():
    W1 = np.zeros((784, 5))
    for unit in range(5):
        W1[28 * 3 + 7, unit] = 1e-6  # row 3, column 7 of every tile
    W1[0, 4] = 1e-6
    opaque = read_png(heat_png(W1, -10, -6))[..., 3] > 0
    assert opaque.shape == (2 * 29 - 1, 4 * 29 - 1)
    lit = {(3, 7), (3, 36), (3, 65), (3, 94), (32, 7), (29, 0)}
    assert set(zip(*(axis.tolist() for axis in np.nonzero(opaque)), strict=True)) == lit


def test_W2_has_a_row_for_each_digit():
    W2 = np.zeros((50, 10))
    W2[44, 4] = 1e-6
    opaque = read_png(heat_png(W2, -10, -6))[..., 3] > 0
    assert opaque.shape == (10, 50)
    assert np.argwhere(opaque).tolist() == [[4, 44]]


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_a_greyscale_png_holds_its_pixels(pixels):
    np.testing.assert_array_equal(read_png(encode_png(pixels)), pixels)
