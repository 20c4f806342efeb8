"""Ideas 1 to 3: probabilities that are moved, one weight, differences against closed forms, unseen images."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.book.mnist import as_inputs
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.lessons import loss_of_probabilities, numerical_differentiation
from kobai.lessons.generalization import BEFORE, POINTS, SIZES, LearningFrom
from kobai.lessons.loss_over_weight import OneWeight
from kobai.lessons.numerical_differentiation import CURVES

EPS = 2.0**-52
SHARES = st.lists(st.floats(0, 1), min_size=10, max_size=10)


@given(SHARES, st.integers(0, 9), st.floats(0, 1))
def test_moved_probabilities_sum_to_one_and_keep_their_proportions(y, digit, value):
    found = loss_of_probabilities.moved(y, digit, value)
    assert found.sum() == pytest.approx(1)
    assert found[digit] == value
    others = np.delete(np.array(y), digit)
    if others.sum() > 1e-3:
        np.testing.assert_allclose(np.delete(found, digit), others / others.sum() * (1 - value), atol=1e-12)


def test_when_the_others_have_nothing_they_share_equally():
    np.testing.assert_allclose(loss_of_probabilities.moved(np.eye(10)[4], 4, 0.1), np.full(10, 0.1))


@given(SHARES, st.integers(0, 9))
def test_losses_are_those_of_the_formulas(y, digit):
    squares, entropy = loss_of_probabilities.losses(y, digit)
    t = [float(k == digit) for k in range(10)]
    assert squares == pytest.approx(0.5 * sum((a - b) ** 2 for a, b in zip(y, t, strict=True)))
    assert entropy == pytest.approx(-math.log(y[digit] + 1e-7))


@pytest.fixture(scope="module")
def small():
    """A network of three layers on random images, with its weight."""
    rng = np.random.default_rng(0)
    sizes = (784, 12, 7, 10)
    params = {}
    for i in range(3):
        params[f"W{i + 1}"] = rng.normal(0, 0.5, sizes[i : i + 2])
        params[f"b{i + 1}"] = rng.normal(0, 0.5, sizes[i + 1])
    x = as_inputs(rng.integers(0, 256, (40, 784), dtype=np.uint8), True)
    return MultiLayerNet(params), x, rng.integers(0, 10, 40)


@pytest.mark.parametrize("value", [-3.0, 0.0, 0.7, 20.0])
def test_one_weight_gives_what_the_network_gives_with_it(small, value):
    network, x, t = small
    weight = OneWeight(network, x, t, digit=6, unit=4)
    assert weight.name == "W3"
    assert weight.value == network.params["W3"][4, 6]
    params = {name: array.copy() for name, array in network.params.items()}
    params["W3"][4, 6] = value
    changed = MultiLayerNet(params)
    np.testing.assert_allclose(weight.predict(value), changed.predict(x), atol=1e-12)
    assert weight.loss(value) == pytest.approx(changed.loss(x, t), abs=1e-12)
    assert weight.correct(value) == np.sum(changed.predict(x).argmax(axis=1) == t)


def test_the_slope_is_that_of_the_loss(small):
    weight = OneWeight(*small, digit=2)
    for value in (-2.0, weight.value, 3.0):
        assert weight.slope(value) == pytest.approx(
            numerical_differentiation.central_difference(weight.loss, value, 1e-5), abs=1e-9
        )


def test_the_unit_is_the_one_that_differs_most(small):
    network, x, t = small
    outputs = list(network.hidden(x))[-1]
    assert OneWeight(network, x, t, digit=2).unit == outputs.std(axis=0).argmax()


@pytest.mark.parametrize("x", [0.5, 1.0, 2.5])
def test_errors_are_truncation_for_large_h_and_rounding_for_small(x):
    for row in numerical_differentiation.rows(CURVES["sine"], x):
        if 1e-3 < row.h < 0.1:
            forward, central = row.h * abs(math.sin(x)) / 2, row.h**2 * abs(math.cos(x)) / 6
            assert row.forward_error == pytest.approx(forward, rel=0.3)
            assert row.central_error == pytest.approx(central, rel=0.1)
        if row.h < 1e-9:
            assert max(row.forward_error, row.central_error) < 4 * EPS / row.h


def test_where_the_best_h_lies():
    for x in (0.4, 0.9, 2.0):
        forward, central = numerical_differentiation.best(numerical_differentiation.rows(CURVES["sine"], x))
        assert 1e-9 < forward < 1e-6  # about sqrt(eps)
        assert 1e-7 < central < 1e-4  # about the cube root of eps


def test_the_book_curve_has_no_truncation_error_in_the_middle():
    """f''' of a parabola is 0: only rounding is left, which falls with h."""
    for row in numerical_differentiation.rows(CURVES["book"], 5.0):
        assert row.central_error <= 4 * EPS / row.h
        if row.h > 1e-5:
            assert row.forward_error == pytest.approx(0.01 * row.h, rel=1e-2, abs=1e-14)


def test_at_the_smallest_h_nothing_is_left():
    row = numerical_differentiation.rows(CURVES["book"], 5.0)[-1]
    assert row.h == pytest.approx(1e-16)
    assert row.forward == 0  # 5 + 1e-16 is 5


def test_float32_has_fewer_digits():
    found = numerical_differentiation.rows(CURVES["sine"], 1.0, np.float32)
    at = {round(math.log10(row.h) * 4): row for row in found}
    assert at[-32].forward == 0  # 1 + 1e-8 is 1 in float32
    assert at[-16].central_error > 1e-5  # h = 1e-4: rounding already
    assert np.float32(1e-50) == 0


@pytest.mark.slow
def test_few_images_are_learned_by_heart(mnist, engine):
    learning = LearningFrom(100, *mnist, engine)
    for _piece in learning.pieces():
        pass
    assert [point.iteration for point in learning.measured] == list(POINTS)
    last = learning.measured[-1]
    y = learning.trainer.network.predict(as_inputs(mnist.x_test, True))
    assert last.unseen == np.mean(y.argmax(axis=1) == mnist.t_test)
    y = learning.trainer.network.predict(as_inputs(mnist.x_train[:100], True))
    assert last.seen == np.mean(y.argmax(axis=1) == mnist.t_train[:100])
    assert last.seen - last.unseen > 0.2


@pytest.mark.parametrize("size", SIZES)
def test_what_the_page_shows_before_a_training_is_what_the_training_measures(mnist, engine, size):
    learning = LearningFrom(size, *mnist, engine)
    for _piece in learning.pieces():
        pass
    measured = [point[1:] for point in learning.measured]
    np.testing.assert_allclose(measured, BEFORE[size], atol=2e-3)  # rounding differs from one CPU to another


def test_learning_can_be_left_and_taken_up_again(mnist, engine):
    left = LearningFrom(1000, *mnist, engine)
    pieces = left.pieces()
    while len(left.measured) < 2:
        next(pieces)
    whole = LearningFrom(1000, *mnist, engine)
    for learning in (left, whole):
        for _piece in learning.pieces():
            if len(learning.measured) == 4:
                break
    assert left.measured == whole.measured
