"""Networks as files: what readers' Pythons wrote is opened, what Kobai wrote loads in readers' Pythons."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import pickletools
import subprocess
import sys
import types
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.errors import NetworkFileError
from kobai.network import TwoLayerNet
from kobai.storage import dump_network, load_network
from pickle_writing import params

RECORDED = sorted((Path(__file__).parent / "data").glob("*.pkl"))


def network_of(arrays: dict[str, np.ndarray]) -> TwoLayerNet:
    network = TwoLayerNet(*arrays["W1"].shape, 10)
    network.params.update(arrays)
    return network


def trained(hidden_size: int = 3) -> TwoLayerNet:
    random = np.random.default_rng(5)
    return network_of({name: random.normal(size=array.shape) for name, array in params(hidden_size).items()})


@pytest.fixture
def book_class(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], type]:
    """Makes the reader's class TwoLayerNet in a module of the given name, so that pickle can save it."""

    def make(module_name: str) -> type:
        module = types.ModuleType(module_name)
        cls = type("TwoLayerNet", (), {"__module__": module_name})
        module.TwoLayerNet = cls
        package = module_name.partition(".")[0]
        if package != module_name:
            monkeypatch.setitem(sys.modules, package, types.ModuleType(package))
        monkeypatch.setitem(sys.modules, module_name, module)
        return cls

    return make


# --- opening


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
def test_an_instance_of_the_readers_class_opens(
    module: str, protocol: int, book_class: Callable[[str], type]
) -> None:
    instance = book_class(module)()
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


# --- refusing


def _zip() -> bytes:
    file = io.BytesIO()
    np.savez(file, **params())
    return file.getvalue()


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, params()["W1"])
    return file.getvalue()


def _changed(**changes: object) -> bytes:
    return pickle.dumps(params(2) | changes)


def _without(*names: str) -> bytes:
    return pickle.dumps({name: array for name, array in params(2).items() if name not in names})


W1 = params(2)["W1"].astype(float)
NAN = W1.copy()
NAN[3, 1] = np.nan
INFINITE = W1.copy()
INFINITE[783, 0] = -np.inf
REFUSED = {
    "empty": (b"", "is empty"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "is an image"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(100), "is an image"),
    "npz": (_zip(), "zip archive"),
    "npy": (_npy(), "single NumPy array"),
    "gzip": (gzip.compress(pickle.dumps(params())), "compressed with gzip"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
    "mnist": (b"\x00\x00\x08\x03\x00\x00\xea\x60" + bytes(100), "MNIST"),
    "html": (b"\n<!DOCTYPE html><html lang=ja>", "web page"),
    "python": (b"import numpy as np\n", "is text"),
    "japanese": ("学習済み".encode() * 1000, "is text"),
    "binary": (b"\x01\x02\x03\xff" * 10, "not a pickle"),
    "none": (pickle.dumps(None), "no network"),
    "number": (pickle.dumps(86.52), "no network"),
    "list": (pickle.dumps([params()]), "list of 1 entries"),
    "array": (pickle.dumps(W1), "single array"),
    "empty dict": (pickle.dumps({}), "without W1, b1, W2, b2"),
    "other dict": (pickle.dumps({"accuracy": 0.8652}), "without W1, b1, W2, b2"),
    "no biases": (_without("b1", "b2"), "Missing: b1, b2."),
    "one layer": (_without("W2", "b2"), "Missing: W2, b2."),
    "three layers": (_changed(W3=np.zeros((10, 10)), b3=np.zeros(10)), "network of 3 layers"),
    "object array": (_changed(W1=np.array([None])), "type O8"),
    "complex": (_changed(W1=W1.astype(complex)), "type c16"),
    "structured": (_changed(W1=np.zeros(2, "f8,f8")), "type V16"),
    "integers": (_changed(W1=np.zeros((784, 2), np.int64)), "W1 in the file holds int64"),
    "booleans": (_changed(b1=np.zeros(2, bool)), "b1 in the file holds bool"),
    "nested list": (_changed(W1=W1.tolist()), "W1 in the file is not a NumPy array"),
    "flat W1": (_changed(W1=W1.ravel()), r"W1 in the file should have 2 axes, but its shape is \(1568,\)"),
    "row b1": (
        _changed(b1=np.zeros((1, 2))),
        r"b1 in the file should have 1 axes, but its shape is \(1, 2\)",
    ),
    "scalar b2": (_changed(b2=np.float64(0)), r"b2 in the file should have 1 axes, but its shape is \(\)"),
    "convolution": (_changed(W1=np.zeros((30, 1, 5, 5))), "convolutional network"),
    "input": (_changed(W1=W1[:100]), r"takes 100 inputs \(W1 is \(100, 2\)\)"),
    "output": (_changed(W2=np.zeros((2, 2)), b2=np.zeros(2)), r"gives 2 outputs \(W2 is \(2, 2\)\)"),
    "transposed": (_changed(W2=np.zeros((10, 2))), "length of W2 should be 2, but is 10"),
    "long b1": (_changed(b1=np.zeros(50)), "length of b1 should be 2, but is 50"),
    "long b2": (_changed(b2=np.zeros(11)), "length of b2 should be 10, but is 11"),
    "no hidden": (pickle.dumps(params(0)), "no hidden units"),
    "nan": (_changed(W1=NAN), "W1 in the file holds NaN or infinity"),
    "infinity": (_changed(W1=INFINITE), "W1 in the file holds NaN or infinity"),
}


@pytest.mark.parametrize("label", REFUSED)
def test_a_file_that_is_no_network_is_refused_with_its_own_sentence(label: str) -> None:
    data, sentence = REFUSED[label]
    with pytest.raises(NetworkFileError, match=sentence):
        load_network(data)


def test_instances_that_cannot_be_used_are_refused(
    book_class: Callable[[str], type], monkeypatch: pytest.MonkeyPatch
) -> None:
    cls = book_class("two_layer_net")
    with pytest.raises(NetworkFileError, match="TwoLayerNet without params"):
        load_network(pickle.dumps(cls()))

    layers = types.ModuleType("common.layers")
    monkeypatch.setitem(sys.modules, "common", types.ModuleType("common"))
    monkeypatch.setitem(sys.modules, "common.layers", layers)
    for name in ("Affine", "Relu", "Sigmoid", "SoftmaxWithLoss"):
        setattr(layers, name, type(name, (), {"__module__": "common.layers"}))
    chapter5 = cls()
    chapter5.params = params(2)
    chapter5.layers = OrderedDict(Affine1=layers.Affine(), Relu1=layers.Relu(), Affine2=layers.Affine())
    chapter5.layers["Affine1"].W = chapter5.params["W1"]
    chapter5.lastLayer = layers.SoftmaxWithLoss()
    with pytest.raises(NetworkFileError, match="hidden layer is ReLU"):
        load_network(pickle.dumps(chapter5))
    del chapter5.layers["Relu1"]
    chapter5.layers["Sigmoid1"] = layers.Sigmoid()
    np.testing.assert_array_equal(load_network(pickle.dumps(chapter5)).params["W1"], params(2)["W1"])


# --- saving


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda hidden_size: st.fixed_dictionaries(
            {
                name: hnp.arrays(
                    np.float64,
                    array.shape,
                    elements=st.floats(allow_nan=False, allow_infinity=False),
                    fill=st.just(-0.0),
                )
                for name, array in params(hidden_size).items()
            }
        )
    ),
    st.sampled_from(["dict", "instance"]),
)
def test_what_was_saved_opens_bit_for_bit(arrays: dict[str, np.ndarray], form: str) -> None:
    network = load_network(dump_network(network_of(arrays), form))
    for name, array in arrays.items():
        assert network.params[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("form", ["", "json", "Dict", "x" * 1000])
def test_an_unknown_format_is_refused(form: str) -> None:
    with pytest.raises(NetworkFileError, match="dict or as instance"):
        dump_network(trained(), form)


@pytest.mark.parametrize(("form", "book"), [("dict", set()), ("instance", {"two_layer_net TwoLayerNet"})])
def test_a_saved_network_asks_only_for_names_that_every_numpy_knows(form: str, book: set[str]) -> None:
    """NumPy 1.x before 1.26 has no numpy._core."""
    instructions = list(pickletools.genops(dump_network(trained(), form)))
    asked = {argument for info, argument, _ in instructions if info.name in ("GLOBAL", "STACK_GLOBAL")}
    assert asked == {"numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"} | book


READERS_MODULE = """
import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        raise AssertionError("pickle does not call __init__")

    def predict(self, x):
        z = 1 / (1 + np.exp(-(np.dot(x, self.params["W1"]) + self.params["b1"])))
        a = np.dot(z, self.params["W2"]) + self.params["b2"]
        return np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True)
"""
READERS_PROGRAM = """
import pickle, sys
import numpy as np

with open(sys.argv[1], "rb") as file:
    network = pickle.load(file)
if sys.argv[2] == "dict":
    assert type(network) is dict
    assert "two_layer_net" not in sys.modules
    params = network
    from two_layer_net import TwoLayerNet
    network = TwoLayerNet.__new__(TwoLayerNet)
    network.params = params
assert type(network).__module__ == "two_layer_net" and list(vars(network)) == ["params"]
print(np.__version__)
print({name: (array.dtype.str, array.shape, array.tobytes().hex()) for name, array in network.params.items()})
print(network.predict(np.linspace(0, 1, 784)).tolist())
"""
# NumPy of this Python, and a 1.26 beside it where the build has installed one
READERS_NUMPYS = [""] + [folder for folder in [os.environ.get("KOBAI_NUMPY1", "")] if folder]


@pytest.mark.parametrize("form", ["dict", "instance"])
@pytest.mark.parametrize("numpy_folder", READERS_NUMPYS, ids=lambda folder: "numpy1" if folder else "numpy")
def test_a_saved_network_loads_in_the_readers_python(form: str, numpy_folder: str, tmp_path: Path) -> None:
    network = trained(4)
    (tmp_path / "two_layer_net.py").write_text(READERS_MODULE)
    (tmp_path / "program.py").write_text(READERS_PROGRAM)
    (tmp_path / "network.pkl").write_bytes(dump_network(network, form))
    command = [sys.executable, "-W", "error", "program.py", "network.pkl", form]
    environment = dict(os.environ, PYTHONPATH=numpy_folder)
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    version, arrays, probabilities = done.stdout.splitlines()
    assert version.startswith("1.26.") if numpy_folder else version == np.__version__
    expected = {name: ("<f8", array.shape, array.tobytes().hex()) for name, array in network.params.items()}
    assert arrays == str(expected)
    np.testing.assert_allclose(
        [float(text) for text in probabilities.strip("[]").split(",")],
        network.predict(np.linspace(0, 1, 784)),
        rtol=1e-12,
    )
