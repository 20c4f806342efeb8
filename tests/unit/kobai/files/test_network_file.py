"""Opening networks: what readers' Pythons wrote, with the book's classes or as arrays."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from kobai.book.multi_layer_net import MultiLayerNet, activation_of, layer_sizes, with_activation
from kobai.book.two_layer_net import TwoLayerNet
from kobai.files.network_file import load_network, open_network
from support.files.book_classes import BookClasses
from support.files.pickle_writing import params
from support.some_networks import DEPTHS, X, probabilities, some_params

RECORDED = sorted((Path(__file__).parent / "data").glob("*.pkl"))


def savez(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> BookClasses:
    return BookClasses(monkeypatch)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_files_of_older_pythons_open(path: Path) -> None:
    """Written by data/make_pickles.py with Python 2.7 and NumPy 1.16, Python 3.11 and NumPy 1.26."""
    network = load_network(path.read_bytes())
    row = np.concatenate([network.params[name].ravel() for name in ("W1", "b1", "W2", "b2")])
    np.testing.assert_array_equal(row, (np.arange(784 + 1 + 10 + 10) % 257 - 128) / 1024)
    assert network.params["W1"].shape == (784, 1)
    assert network.params["W2"].shape == (1, 10)
    assert all(array.dtype == np.float64 for array in network.params.values())


def test_the_recorded_files_cover_both_pythons() -> None:
    assert len(RECORDED) == 21


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_float_and_memory_order_opens(protocol: int, dtype: str, order: str) -> None:
    arrays = {name: np.array(array, dtype=dtype, order=order) for name, array in params(3).items()}
    network = load_network(pickle.dumps(arrays, protocol))
    for name, array in arrays.items():
        np.testing.assert_array_equal(network.params[name], array.astype(np.float64))
        assert network.params[name].dtype == np.float64
        assert network.params[name].flags.writeable


_MODULES = ["__main__", "two_layer_net", "ch04.two_layer_net", "ニューラル"]


@pytest.mark.parametrize(
    ("module", "protocol"),
    # before protocol 3, Python itself saves ASCII names only
    [(module, protocol) for module in _MODULES for protocol in range(6) if module.isascii() or protocol >= 3],
)
def test_an_instance_of_the_readers_class_opens(module: str, protocol: int, book: BookClasses) -> None:
    instance = book.make(module)()
    instance.params = params(2)
    instance.train_loss_list = [2.3, np.float64(2.2)]
    network = load_network(pickle.dumps(instance, protocol))
    np.testing.assert_array_equal(network.params["W1"], params(2)["W1"])


@pytest.mark.parametrize("protocol", range(6))
def test_ordered_dicts_byte_keys_and_further_entries_open(protocol: int) -> None:
    expected = params(2)["b2"].astype(float)
    further = params(2) | {"iters": 10_000, "loss": np.float64(0.25), "names": ["a", None, True, 0.5, ("b",)]}
    for found in (
        OrderedDict(params(2)),
        {name.encode(): array for name, array in params(2).items()},
        further,
    ):
        np.testing.assert_array_equal(load_network(pickle.dumps(found, protocol)).params["b2"], expected)


def test_opening_leaves_the_random_state_alone() -> None:
    np.random.seed(1)
    expected = np.random.randn(3)
    np.random.seed(1)
    load_network(pickle.dumps(params(2)))
    np.testing.assert_array_equal(np.random.randn(3), expected)


def test_the_network_does_not_share_arrays() -> None:
    shared = params(10)["b1"]
    network = load_network(pickle.dumps(params(10) | {"b1": shared, "b2": shared}))
    network.params["b1"] += 1
    np.testing.assert_array_equal(network.params["b2"], shared)


@pytest.mark.parametrize("sizes", DEPTHS, ids=len)
@pytest.mark.parametrize("form", ["dict", "npz"])
def test_a_network_of_any_depth_opens(sizes: tuple[int, ...], form: str) -> None:
    arrays = some_params(*sizes)
    opened = open_network(pickle.dumps(arrays) if form == "dict" else savez(**arrays))
    assert layer_sizes(opened.network.params) == sizes
    assert type(opened.network) is (TwoLayerNet if len(sizes) == 3 else MultiLayerNet)
    assert opened.form == form
    assert opened.says_activation == (len(sizes) == 2)  # without a hidden layer there is nothing to say
    np.testing.assert_allclose(opened.network.predict(X), probabilities(arrays, "sigmoid"), rtol=1e-12)
    switched = with_activation(opened.network, "relu")
    np.testing.assert_allclose(switched.predict(X), probabilities(arrays, "relu"), rtol=1e-12)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(("layer", "activation"), [("Relu", "relu"), ("Sigmoid", "sigmoid")])
def test_the_network_of_chapter_5_opens_with_its_activation(
    protocol: int, layer: str, activation: str, book: BookClasses
) -> None:
    arrays = some_params(784, 50, 10)
    opened = open_network(pickle.dumps(book.two_layer_net(arrays, layer), protocol))
    assert (opened.says_activation, opened.form) == (True, "instance")
    assert activation_of(opened.network) == activation
    np.testing.assert_allclose(opened.network.predict(X), probabilities(arrays, activation), rtol=1e-12)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(("layer", "activation"), [("Relu", "relu"), ("Sigmoid", "sigmoid")])
@pytest.mark.parametrize("name", ["MultiLayerNet", "MultiLayerNetExtend"])
def test_the_networks_of_chapter_6_open(
    protocol: int, layer: str, activation: str, name: str, book: BookClasses
) -> None:
    arrays = some_params(784, 30, 20, 10)
    opened = open_network(pickle.dumps(book.multi_layer_net(arrays, layer, name), protocol))
    assert (opened.says_activation, opened.form) == (True, "instance")
    np.testing.assert_allclose(opened.network.predict(X), probabilities(arrays, activation), rtol=1e-12)


def test_the_network_of_chapter_4_does_not_say_its_activation(book: BookClasses) -> None:
    instance = book.make("two_layer_net")()
    instance.params = some_params(784, 50, 10)
    opened = open_network(pickle.dumps(instance))
    assert (opened.says_activation, opened.form) == (False, "instance")
    assert isinstance(opened.network, TwoLayerNet)


def test_biases_that_are_rows_are_taken_as_biases() -> None:
    arrays = some_params(784, 50, 10)
    rows = arrays | {"b1": arrays["b1"].reshape(1, 50), "b2": arrays["b2"].reshape(1, 10)}
    for data in (pickle.dumps(rows), savez(**rows)):
        opened = load_network(data)
        assert opened.params["b1"].shape == (50,)
        np.testing.assert_allclose(opened.predict(X), probabilities(arrays, "sigmoid"), rtol=1e-12)


def test_other_cases_of_the_names_are_read() -> None:
    arrays = some_params(784, 50, 100, 10)
    other = {name.swapcase(): array for name, array in arrays.items()}
    opened = load_network(pickle.dumps(other))
    assert list(opened.params) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    np.testing.assert_allclose(opened.predict(X), probabilities(arrays, "sigmoid"), rtol=1e-12)
    both = {"w1": np.zeros(3), **arrays, "B2": "a text"}  # the book's own names go first
    np.testing.assert_array_equal(load_network(pickle.dumps(both)).params["W1"], arrays["W1"])


def test_the_order_of_the_entries_does_not_matter() -> None:
    arrays = some_params(784, 20, 30, 10)
    backwards = dict(reversed(arrays.items()))
    assert list(load_network(pickle.dumps(backwards)).params) == list(arrays)
