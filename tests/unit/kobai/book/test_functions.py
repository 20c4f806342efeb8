"""Activation and loss functions: the book's figures, closed forms, and no overflow for any finite number."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.book.functions import (
    cross_entropy_error,
    identity_function,
    relu,
    relu_grad,
    sigmoid,
    sigmoid_grad,
    softmax,
    softmax_loss,
    step_function,
    sum_squared_error,
)
from kobai.book.gradient import numerical_gradient

FLOATS = st.sampled_from([np.float32, np.float64])


def finite(dimensions: int = 2) -> st.SearchStrategy[np.ndarray]:
    """Any finite floats, float32 or float64, to the largest of their type."""
    return FLOATS.flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            hnp.array_shapes(max_dims=dimensions, max_side=12),
            elements={"allow_nan": False, "allow_infinity": False},
        )
    )


def moderate(low: float = -30, high: float = 30) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=12), elements=st.floats(low, high))


@pytest.fixture(autouse=True)
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# --- figures printed in the book ---


def test_figures_of_the_book():
    """Book 3.2.4, 3.5.1, 4.2.1 and 4.2.2, as printed there."""
    np.testing.assert_allclose(sigmoid([-1.0, 1.0, 2.0]), [0.26894142, 0.73105858, 0.88079708], atol=5e-9)
    np.testing.assert_allclose(softmax([0.3, 2.9, 4.0]), [0.01821127, 0.24519181, 0.73659691], atol=5e-9)
    np.testing.assert_allclose(
        softmax([1010, 1000, 990]), [9.99954600e-01, 4.53978686e-05, 2.06106005e-09], rtol=1e-8
    )

    t = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    two = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])  # says 2, which is right
    seven = np.array([0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0])  # says 7
    assert sum_squared_error(two, t) == pytest.approx(0.09750000000000003, abs=1e-15)
    assert sum_squared_error(seven, t) == pytest.approx(0.59750000000000003, abs=1e-15)
    assert cross_entropy_error(two, t) == pytest.approx(0.51082545709933802, abs=1e-15)
    assert cross_entropy_error(seven, t) == pytest.approx(2.3025840929945458, abs=1e-15)


# --- closed forms ---


def test_simple_activations():
    x = np.array([-2.0, -0.0, 0.0, 0.5])
    assert identity_function(x) is x
    assert step_function(x).tolist() == [0, 0, 0, 1]
    assert step_function(x).dtype == np.dtype(int)
    assert relu(x).tolist() == [0, 0, 0, 0.5]
    assert relu_grad(x).tolist() == [0, 1, 1, 1]


def test_closed_forms():
    assert sigmoid(0.0) == 0.5
    assert sigmoid(math.log(3)) == pytest.approx(3 / 4, abs=1e-15)
    assert sigmoid(-math.log(3)) == pytest.approx(1 / 4, abs=1e-15)
    assert sigmoid_grad(0.0) == 0.25
    assert sigmoid_grad(math.log(3)) == pytest.approx(3 / 16, abs=1e-15)
    assert sigmoid_grad(100.0) == pytest.approx(math.exp(-100), rel=1e-14)
    np.testing.assert_allclose(softmax(np.log([1.0, 2.0, 3.0])), [1 / 6, 2 / 6, 3 / 6], rtol=1e-15)
    assert softmax_loss(np.zeros((4, 10)), [0, 3, 5, 9]) == pytest.approx(-math.log(0.1 + 1e-7), abs=1e-15)
    assert cross_entropy_error([[0.0, 1.0]], [0]) == pytest.approx(-math.log(1e-7), abs=1e-14)


@given(moderate(-700, 700))
def test_sigmoid_is_the_textbook_formula(x):
    np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x)), rtol=1e-15, atol=1e-300)


@given(moderate(-30, 30))
def test_softmax_is_the_textbook_formula(x):
    np.testing.assert_allclose(softmax(x), np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), rtol=1e-13)


@given(moderate(-4, 4))
def test_derivatives_are_those_of_finite_differences(x):
    np.testing.assert_allclose(
        sigmoid_grad(x), numerical_gradient(lambda x: sigmoid(x).sum(), x.copy()), atol=2e-9
    )
    x = np.where(np.abs(x) < 1e-3, 1.0, x)  # relu has no derivative at 0
    np.testing.assert_allclose(relu_grad(x), numerical_gradient(lambda x: relu(x).sum(), x.copy()), atol=1e-9)


# --- properties ---


@given(finite())
def test_sigmoid_properties(x):
    y = sigmoid(x)
    assert y.shape == x.shape
    assert ((y >= 0) & (y <= 1)).all()
    np.testing.assert_allclose(y + sigmoid(-x), 1, atol=2 * np.finfo(x.dtype).eps)
    order = np.argsort(x, axis=None)
    assert (np.diff(y.ravel()[order]) >= -np.finfo(x.dtype).eps).all()


@given(finite())
def test_softmax_properties(x):
    y = softmax(x)
    assert y.shape == x.shape
    assert (y >= 0).all()
    np.testing.assert_allclose(y.sum(axis=-1), 1, atol=12 * np.finfo(x.dtype).eps)
    top = np.take_along_axis(y, x.argmax(axis=-1, keepdims=True), axis=-1)
    assert (top == y.max(axis=-1, keepdims=True)).all()


@given(moderate(), st.floats(-1e3, 1e3))
def test_softmax_does_not_change_with_a_constant(x, constant):
    np.testing.assert_allclose(softmax(x + constant), softmax(x), atol=1e-12)


@given(st.integers(1, 8), st.integers(2, 10), st.data())
def test_cross_entropy_is_the_mean_for_labels_and_one_hot_alike(n, classes, data):
    y = softmax(data.draw(hnp.arrays(np.float64, (n, classes), elements=st.floats(-20, 20))))
    t = data.draw(hnp.arrays(np.uint8, n, elements=st.integers(0, classes - 1)))
    expected = sum(-math.log(row[label] + 1e-7) for row, label in zip(y, t, strict=True)) / n
    assert cross_entropy_error(y, t) == pytest.approx(expected, abs=1e-12)
    assert cross_entropy_error(y, np.eye(classes)[t]) == pytest.approx(expected, abs=1e-12)
    assert cross_entropy_error(y[0], t[0]) == pytest.approx(-math.log(y[0, t[0]] + 1e-7), abs=1e-12)


def test_labels_of_another_number_are_refused():
    with pytest.raises(ValueError, match="reshape"):
        cross_entropy_error(np.full((3, 10), 0.1), [1, 2])


# --- floating point ---


@given(finite(), st.data())
def test_no_finite_input_overflows_or_changes_its_type(x, data):
    with np.errstate(all="raise"):  # underflow too, which NumPy leaves alone by default
        for f in (sigmoid, sigmoid_grad, relu, relu_grad, softmax, identity_function):
            y = f(x)
            assert y.dtype == x.dtype, f.__name__
            assert np.isfinite(y).all(), f.__name__
        step_function(x)
        other = data.draw(
            hnp.arrays(x.dtype, x.shape, elements={"allow_nan": False, "allow_infinity": False})
        )
        error = sum_squared_error(x, other)
        assert error.dtype == x.dtype
        assert error >= 0
        rows = np.atleast_2d(x)
        loss = softmax_loss(x, np.zeros(len(rows), dtype=int))
        assert loss.dtype == x.dtype
        assert -1e-6 <= loss <= 16.2  # -log(1 + 1e-7) to -log(1e-7)
        assert np.isfinite(cross_entropy_error(np.abs(x), np.zeros(len(rows), dtype=int)))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.bool_])
def test_integers_are_computed_as_floats(dtype):
    x = np.array([[0, 1, 100], [1, 0, 127]]).astype(dtype)
    for f in (sigmoid, sigmoid_grad, softmax):
        assert f(x).dtype == np.float64
        np.testing.assert_array_equal(f(x), f(x.astype(float)))
    t = np.array([[1, 1, 0], [0, 0, 0]]).astype(dtype)
    assert sum_squared_error(x, t) == sum_squared_error(x.astype(float), t.astype(float))
    assert sum_squared_error(x.astype(np.float32), t).dtype == np.float32
    assert sigmoid(3) == sigmoid(3.0)
