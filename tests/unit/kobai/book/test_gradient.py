"""The numerical gradient: its definition, and the fast form of the network against that definition."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.book.gradient import numerical_gradient
from kobai.book.mnist import normalize_pixels, one_hot
from kobai.book.two_layer_net import TwoLayerNet

pytestmark = pytest.mark.order_of_sums

# --- the definition ---


@pytest.mark.parametrize(("at", "expected"), [((3, 4), (6, 8)), ((0, 2), (0, 4)), ((3, 0), (6, 0))])
def test_figures_of_the_book(at, expected):
    """Book 4.4: the gradient of x0**2 + x1**2 at three points."""
    grad = numerical_gradient(lambda x: np.sum(x**2), np.array(at, dtype=float))
    np.testing.assert_allclose(grad, expected, atol=1e-8)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=4, max_side=4), elements=st.floats(-2, 2))
)
def test_it_is_the_central_difference_for_any_shape(x):
    """(x + h)**3 - (x - h)**3 = 2h (3 x**2 + h**2): the difference with h = 1e-4, not the derivative."""
    grad = numerical_gradient(lambda x: np.sum(x**3), x)
    assert grad.shape == x.shape
    np.testing.assert_allclose(grad, 3 * x**2 + 1e-8, atol=2e-9)


def test_views_and_float32():
    base = np.arange(24, dtype=np.float64).reshape(4, 6)
    grad = numerical_gradient(
        lambda x: np.sum(base) + np.sum(x), base[::2, ::-3]
    )  # f sees the change in base
    np.testing.assert_allclose(grad, np.full((2, 2), 2), atol=1e-8)
    assert numerical_gradient(np.sum, np.ones(3, dtype=np.float32)).dtype == np.float32
    assert numerical_gradient(np.sum, np.ones((0, 3))).shape == (0, 3)


any_floats = st.sampled_from([np.float32, np.float64]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(max_dims=2, max_side=5))
)


@given(any_floats, st.integers(0, 60))
@np.errstate(all="ignore")
def test_x_is_restored_bit_for_bit_even_when_f_raises(x, fails_at):
    before = x.tobytes()  # includes -0.0, infinities and NaNs
    calls = itertools.count()

    def f(x):
        if next(calls) == fails_at:
            raise ZeroDivisionError
        return 0.0

    if fails_at < 2 * x.size:
        with pytest.raises(ZeroDivisionError):
            numerical_gradient(f, x)
    else:
        numerical_gradient(f, x)
        assert next(calls) == 2 * x.size
    assert x.tobytes() == before


@pytest.mark.parametrize("x", [np.array([1, 2]), [1.0, 2.0], 3.0, np.array([True])], ids=repr)
def test_anything_but_floats_is_refused(x):
    with pytest.raises(TypeError, match="floats"):
        numerical_gradient(lambda x: 0.0, x)


# --- the fast form ---


def make_network(
    pixels: int, hidden: int, classes: int = 10, scale: float = 0.5, seed: int = 0
) -> TwoLayerNet:
    """A network in the middle of things: no parameter is zero."""
    np.random.seed(seed)
    net = TwoLayerNet(pixels, hidden, classes, weight_init_std=scale)
    for key in ("b1", "b2"):
        net.params[key] = scale * np.random.randn(*net.params[key].shape)
    return net


def by_definition(net: TwoLayerNet, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    return {key: numerical_gradient(lambda _: net.loss(x, t), value) for key, value in net.params.items()}


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], tolerance: float) -> None:
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key].shape == value.shape
        assert found[key].dtype == np.float64
        np.testing.assert_allclose(found[key], value, rtol=0, atol=tolerance, err_msg=key)


def assert_near_backpropagation(net: TwoLayerNet, x: np.ndarray, t: np.ndarray) -> None:
    """Backpropagation differentiates -log(y), the loss is -log(y + 1e-7): apart by 1e-7 / y."""
    least = net.predict(x)[np.arange(len(x)), t].min()
    assert_same(net.numerical_gradient(x, t), net.gradient(x, t), 1e-6 + 10 * 1e-7 / least)


def grey(n: int, pixels: int, zeros: float = 0.8) -> np.ndarray:
    """Images like MNIST's: k/255 as float32, most pixels zero."""
    images = np.random.randint(1, 256, (n, pixels)) * (np.random.rand(n, pixels) >= zeros)
    return normalize_pixels(images)


BATCHES: dict[str, Callable[[], np.ndarray]] = {
    "like MNIST": lambda: grey(12, 15),
    "no zero pixel": lambda: grey(6, 15, zeros=0),
    "all-zero images": lambda: np.zeros((4, 15), dtype=np.float32),
    "some all-zero images": lambda: grey(6, 15) * np.array([[1], [0], [1], [0], [0], [1]], dtype=np.float32),
    "one image": lambda: grey(1, 15),
    "repeated images": lambda: np.repeat(grey(3, 15), 4, axis=0),
    "one value everywhere": lambda: np.full((5, 15), 1, dtype=np.float32),
    "not k/255": lambda: np.random.rand(8, 15),
    "negative and large": lambda: 3 * np.random.randn(8, 15),
    "more than one block of images": lambda: grey(230, 4, zeros=0.5),
}


@pytest.mark.parametrize("name", BATCHES)
def test_fast_form_equals_the_definition_on_every_kind_of_batch(name):
    net = make_network(4 if "block" in name else 15, 7)
    x = BATCHES[name]()
    t = np.random.randint(0, 10, len(x))
    expected = by_definition(net, x, t)
    assert_same(net.numerical_gradient(x, t), expected, 1e-10)
    assert_same(net.numerical_gradient(x, one_hot(t)), expected, 1e-10)
    assert_near_backpropagation(net, x, t)


@pytest.mark.parametrize(("hidden", "classes"), [(1, 10), (2, 3), (50, 10), (200, 2), (3, 1)])
def test_fast_form_for_other_sizes(hidden, classes):
    net = make_network(6, hidden, classes)
    x, t = grey(5, 6, zeros=0.4), np.random.randint(0, classes, 5)
    assert_same(net.numerical_gradient(x, t), by_definition(net, x, t), 1e-10)


def test_fast_form_with_saturated_units_and_hopeless_scores():
    """Units stuck at 0 or 1, and correct classes with a probability of 0: the loss is -log(1e-7) there."""
    net = make_network(15, 8, scale=0.5)
    net.params["W1"] *= 200
    x, t = grey(10, 15), np.random.randint(0, 10, 10)
    assert_same(net.numerical_gradient(x, t), by_definition(net, x, t), 1e-10)
    net.params["b2"][:] = np.linspace(-900, 900, 10)  # scores that exp() cannot take
    with np.errstate(all="raise"):
        found = net.numerical_gradient(x, t)
    # the definition's own rounding, eps * 900 / h, is what limits the agreement here
    assert_same(found, by_definition(net, x, t), 1e-8)


def test_fast_form_is_a_central_difference_and_not_a_derivative():
    """With pixels of 3000, h moves a unit by 0.3, and the difference quotient is not the derivative."""
    net = make_network(4, 3, scale=3e-4)
    x, t = 1000 * (1 + 2 * np.random.rand(6, 4)), np.random.randint(0, 10, 6)
    found = net.numerical_gradient(x, t)
    assert_same(found, by_definition(net, x, t), 1e-8)
    assert np.abs(found["W1"] - net.gradient(x, t)["W1"]).max() > 1e-4


@given(
    hidden=st.integers(1, 6),
    x=hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.just(5)), elements=st.floats(-3, 3)),
    scale=st.sampled_from([0.01, 0.3, 3.0]),
)
def test_fast_form_on_any_batch(hidden, x, scale):
    net = make_network(5, hidden, 3, scale)
    t = np.arange(len(x)) % 3
    assert_same(net.numerical_gradient(x, t), by_definition(net, x, t), 1e-10)
    assert_near_backpropagation(net, x, t)


def test_one_image_without_a_batch_axis():
    net = make_network(15, 4)
    x = grey(1, 15)
    assert_same(
        net.numerical_gradient(x[0], one_hot(np.array([3]))[0]), net.numerical_gradient(x, [3]), 1e-12
    )


def test_nothing_is_changed_and_nothing_warns(mnist):
    net = make_network(784, 50, scale=0.01)
    before = {key: value.tobytes() for key, value in net.params.items()}
    x = normalize_pixels(mnist.x_train[:20])
    bits = x.tobytes()
    with np.errstate(all="raise"):
        net.numerical_gradient(x, mnist.t_train[:20])
    assert {key: value.tobytes() for key, value in net.params.items()} == before
    assert x.tobytes() == bits


@pytest.mark.parametrize("hidden", [1, 50, 200])
def test_fast_form_of_the_real_network_at_sampled_parameters(mnist, hidden):
    """A batch of 100 of MNIST; 60 parameters of each array by the definition, and all by backpropagation."""
    net = make_network(784, hidden, scale=0.1, seed=hidden)
    batch = np.random.choice(60_000, 100)
    x, t = normalize_pixels(mnist.x_train[batch]), one_hot(mnist.t_train[batch])
    found = net.numerical_gradient(x, t)
    assert_same(found, net.gradient(x, t), 1e-6)
    for key, value in net.params.items():
        sample = np.unravel_index(
            np.random.choice(value.size, min(60, value.size), replace=False), value.shape
        )
        for index in zip(*sample, strict=True):
            one = value[index[:-1] + (slice(index[-1], index[-1] + 1),)]  # a view of this parameter alone
            (expected,) = numerical_gradient(lambda _: net.loss(x, t), one)
            assert found[key][index] == pytest.approx(expected, rel=0, abs=1e-10), (key, index)
