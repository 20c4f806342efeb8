"""Saving networks: bit for bit, and for the reader's own Python with NumPy 1 and 2."""

from __future__ import annotations

import os
import pickletools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.book.multi_layer_net import Network, activation_of, network_of
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import NetworkFileError
from kobai.files.network_file import dump_network, load_network, open_network
from support.some_networks import DEPTHS, some_params


def network(sizes: tuple[int, ...] = (784, 3, 10), activation: str = "sigmoid") -> Network:
    return network_of(some_params(*sizes), activation)


@settings(max_examples=30)
@given(
    st.lists(st.integers(1, 4), max_size=4).flatmap(
        lambda hidden: st.fixed_dictionaries(
            {
                name: hnp.arrays(
                    np.float64,
                    array.shape,
                    elements=st.floats(allow_nan=False, allow_infinity=False),
                    fill=st.just(-0.0),
                )
                for name, array in some_params(784, *hidden, 10).items()
            }
        )
    ),
    st.sampled_from(["sigmoid", "relu"]),
    st.sampled_from(["dict", "npz", "instance"]),
)
def test_what_was_saved_opens_bit_for_bit(arrays: dict[str, np.ndarray], activation: str, form: str) -> None:
    saved = network_of(arrays, activation)
    if form == "instance" and not isinstance(saved, TwoLayerNet):
        with pytest.raises(NetworkFileError, match="Save it as a dict"):
            dump_network(saved, form)
        return
    opened = open_network(dump_network(saved, form))
    assert set(opened.network.params) == set(arrays)
    for name, array in arrays.items():
        assert opened.network.params[name].tobytes() == array.tobytes()
    assert activation_of(opened.network) == activation
    assert opened.form == form
    assert opened.says_activation == (activation == "relu" or len(arrays) == 2)


@pytest.mark.parametrize("sizes", DEPTHS, ids=len)
@pytest.mark.parametrize("form", ["dict", "npz"])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_saving_twice_gives_the_same_bytes(sizes: tuple[int, ...], form: str, activation: str) -> None:
    saved = dump_network(network(sizes, activation), form)
    assert dump_network(load_network(saved), form) == saved


@pytest.mark.parametrize("form", ["", "json", "Dict", "x" * 1000])
def test_an_unknown_format_is_refused(form: str) -> None:
    with pytest.raises(NetworkFileError, match="dict, instance or npz"):
        dump_network(network(), form)


@pytest.mark.parametrize(
    ("sizes", "activation"),
    [((784, 10), "sigmoid"), ((784, 50, 100, 10), "sigmoid"), ((784, 50, 10), "relu")],
)
def test_only_the_books_network_is_saved_as_an_instance(sizes: tuple[int, ...], activation: str) -> None:
    with pytest.raises(NetworkFileError, match=r"Save it as a dict or as \.npz"):
        dump_network(network(sizes, activation), "instance")


@pytest.mark.parametrize(("form", "book"), [("dict", set()), ("instance", {"two_layer_net TwoLayerNet"})])
def test_a_saved_network_asks_only_for_names_that_every_numpy_knows(form: str, book: set[str]) -> None:
    """NumPy 1.x before 1.26 has no numpy._core."""
    instructions = list(pickletools.genops(dump_network(network(), form)))
    asked = {argument for info, argument, _ in instructions if info.name in ("GLOBAL", "STACK_GLOBAL")}
    assert asked == {"numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"} | book


READERS_MODULE = """
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        raise AssertionError("pickle does not call __init__")
"""
# Written as the book reads a file; the network is only whatever it finds
READERS_PROGRAM = """
import pickle, sys
import numpy as np

path, form, activation = sys.argv[1:]
if form == "npz":
    with np.load(path) as file:
        params = {name: file[name] for name in file}
else:
    with open(path, "rb") as file:
        found = pickle.load(file)
    assert ("two_layer_net" in sys.modules) == (form == "instance")
    if form == "instance":
        assert type(found).__module__ == "two_layer_net" and type(found).__name__ == "TwoLayerNet"
        assert list(vars(found)) == ["params"]
    params = found if form == "dict" else found.params
assert type(params) is dict

z = np.linspace(0, 1, 784)
for i in range(1, len(params) // 2 + 1):
    a = np.dot(z, params["W" + str(i)]) + params["b" + str(i)]
    z = 1 / (1 + np.exp(-a)) if activation == "sigmoid" else np.maximum(a, 0)
print(np.__version__)
print({name: (array.dtype.str, array.shape, array.tobytes().hex()) for name, array in params.items()})
print((np.exp(a) / np.sum(np.exp(a))).tolist())
for key in params:  # as the optimizers of chapter 6 do: nothing but arrays, all of them writeable
    params[key] -= 0.1 * np.ones_like(params[key])
"""
# NumPy of this Python, and a 1.26 beside it where the build has installed one
READERS_NUMPYS = [""] + [folder for folder in [os.environ.get("KOBAI_NUMPY1", "")] if folder]
SAVED = [
    ("dict", (784, 4, 10), "sigmoid"),
    ("dict", (784, 10), "sigmoid"),
    ("dict", (784, 4, 5, 10), "relu"),
    ("instance", (784, 4, 10), "sigmoid"),
    ("npz", (784, 4, 10), "sigmoid"),
    ("npz", (784, 10), "sigmoid"),
    ("npz", (784, 4, 5, 10), "relu"),
]


def run(program: str, *arguments: str, numpy_folder: str, folder: Path) -> list[str]:
    """Lines that the program printed in a Python of its own, with every warning an error."""
    (folder / "program.py").write_text(program)
    command = [sys.executable, "-W", "error", "program.py", *arguments]
    environment = dict(os.environ, PYTHONPATH=numpy_folder)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(("form", "sizes", "activation"), SAVED)
@pytest.mark.parametrize("numpy_folder", READERS_NUMPYS, ids=lambda folder: "numpy1" if folder else "numpy")
def test_a_saved_network_loads_in_the_readers_python(
    form: str, sizes: tuple[int, ...], activation: str, numpy_folder: str, tmp_path: Path
) -> None:
    saved = network(sizes, activation)
    (tmp_path / "two_layer_net.py").write_text(READERS_MODULE)
    (tmp_path / "network").write_bytes(dump_network(saved, form))
    version, arrays, answer = run(
        READERS_PROGRAM, "network", form, activation, numpy_folder=numpy_folder, folder=tmp_path
    )
    assert version.startswith("1.26.") if numpy_folder else version == np.__version__
    expected = {name: ("<f8", array.shape, array.tobytes().hex()) for name, array in saved.params.items()}
    assert arrays == str(expected)
    np.testing.assert_allclose(
        [float(text) for text in answer.strip("[]").split(",")],
        saved.predict(np.linspace(0, 1, 784)),
        rtol=1e-12,
    )


READERS_WRITING = """
import pickle
import numpy as np

random = np.random.RandomState(7)
shapes = {"W1": (784, 5), "b1": (5,), "W2": (5, 4), "b2": (4,), "W3": (4, 10), "b3": (10,)}
params = {name: random.normal(size=shape) for name, shape in shapes.items()}
np.savez("a.npz", **params)
np.savez_compressed("b.npz", **params)
for protocol in range(6):
    with open("c%d.pkl" % protocol, "wb") as file:
        pickle.dump(params, file, protocol)
print(np.__version__)
"""


@pytest.mark.parametrize("numpy_folder", READERS_NUMPYS, ids=lambda folder: "numpy1" if folder else "numpy")
def test_what_the_readers_python_saves_opens(numpy_folder: str, tmp_path: Path) -> None:
    run(READERS_WRITING, numpy_folder=numpy_folder, folder=tmp_path)
    random = np.random.RandomState(7)
    shapes = {"W1": (784, 5), "b1": (5,), "W2": (5, 4), "b2": (4,), "W3": (4, 10), "b3": (10,)}
    expected = {name: random.normal(size=shape) for name, shape in shapes.items()}
    paths = sorted(path for path in tmp_path.iterdir() if path.suffix in (".npz", ".pkl"))
    assert len(paths) == 8
    for path in paths:
        for name, array in load_network(path.read_bytes()).params.items():
            np.testing.assert_array_equal(array, expected[name])
