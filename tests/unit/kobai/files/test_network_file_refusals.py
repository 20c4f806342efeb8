"""What is no network that Kobai can use is refused with a sentence that says what it is, and why."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zipfile
import zlib
from typing import Any

import numpy as np
import pytest
from kobai.errors import NetworkFileError
from kobai.files.network_file import load_network
from support.files.book_classes import BookClasses
from support.files.pickle_writing import call, in_network, name, params, text


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, b"content")
    return file.getvalue()


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, params()["W1"])
    return file.getvalue()


def _changed(**changes: object) -> bytes:
    return pickle.dumps(params(2) | changes)


def _safetensors() -> bytes:
    """With a header of 0x0280 bytes, so that the file begins like a pickle of protocol 2."""
    header = b'{"W1":{"dtype":"F32","shape":[784,10],"data_offsets":[0,31360]}}'.ljust(0x280)
    return len(header).to_bytes(8, "little") + header + bytes(31360)


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
    "zip": (_zip("readme.txt"), "zip archive, but no .npz"),
    "word": (_zip("[Content_Types].xml", "word/document.xml"), "zip archive, but no .npz"),
    "pytorch": (_zip("model/data.pkl", "model/version", "model/data/0"), r"model of PyTorch \(.pt, .pth\)"),
    "pytorch before 1.6": (pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2), "PyTorch"),
    "keras": (_zip("metadata.json", "config.json", "model.weights.h5"), r"model of Keras \(.h5, .keras\)"),
    "onnx": (b"\x08\x07\x12\x07pytorch\x1a\x052.1.0" + bytes(100), "format ONNX"),
    "safetensors": (_safetensors(), "format safetensors"),
    "npy": (_npy(), "single NumPy array"),
    "gzip": (gzip.compress(pickle.dumps(params())), "compressed with gzip. Unpack it"),
    "bzip2": (bz2.compress(pickle.dumps(params())), "compressed with bzip2"),
    "xz": (lzma.compress(pickle.dumps(params())), "compressed with xz"),
    **{
        f"joblib compressed {level}": (zlib.compress(pickle.dumps(params()), level), "compressed with zlib")
        for level in (1, 3, 6, 9)
    },
    "keras hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(100), r"model of Keras \(.h5, .keras\)"),
    "mnist": (b"\x00\x00\x08\x03\x00\x00\xea\x60" + bytes(100), "MNIST"),
    "html": (b"\n<!DOCTYPE html><html lang=ja>", "web page"),
    "python": (b"import numpy as np\n", "is text"),
    "japanese": ("学習済み".encode() * 1000, "is text"),
    "binary": (b"\x01\x02\x03\xff" * 10, "neither a pickle"),
    "none": (pickle.dumps(None), "no network"),
    "number": (pickle.dumps(86.52), "no network"),
    "list": (pickle.dumps([params()]), "list of 1 entries"),
    "array": (pickle.dumps(W1), "single array"),
    "empty dict": (pickle.dumps({}), "holds no W1, b1, W2, b2"),
    "other dict": (pickle.dumps({"accuracy": 0.8652}), "holds no W1, b1, W2, b2"),
    "no biases": (_without("b1", "b2"), "Missing: b1, b2."),
    "no second layer": (_without("W2", "b2"), r"gives 2 outputs \(W1 is \(784, 2\)\)"),
    "a weight without biases": (_changed(W3=np.zeros((10, 10))), "Missing: b3."),
    "biases without a weight": (_changed(b3=np.zeros(10)), "Missing: W3."),
    "a gap": (_changed(W4=np.zeros((10, 10)), b4=np.zeros(10)), "Missing: W3, b3."),
    "a wide gap": (_changed(W99=np.zeros((10, 10))), "Missing: W3, b3, W4, b4, W5, b5, …."),
    "counted from 0": (pickle.dumps({"W0": W1, "b0": np.zeros(2)}), "holds no W1, b1, W2, b2"),
    "object array": (_changed(W1=np.array([None])), "type O8"),
    "complex": (_changed(W1=W1.astype(complex)), "type c16"),
    "structured": (_changed(W1=np.zeros(2, "f8,f8")), "type V16"),
    "integers": (_changed(W1=np.zeros((784, 2), np.int64)), "W1 in the file holds int64"),
    "booleans": (_changed(b1=np.zeros(2, bool)), "b1 in the file holds bool"),
    "nested list": (_changed(W1=W1.tolist()), "W1 in the file is not a NumPy array"),
    "flat W1": (_changed(W1=W1.ravel()), r"W1 in the file should have 2 axes, but its shape is \(1568,\)"),
    "column b1": (_changed(b1=np.zeros((2, 1))), r"should have 1 axes, but its shape is \(2, 1\)"),
    "rows b1": (_changed(b1=np.zeros((2, 2))), r"should have 1 axes, but its shape is \(2, 2\)"),
    "scalar b2": (_changed(b2=np.float64(0)), r"b2 in the file should have 1 axes, but its shape is \(\)"),
    "convolution": (_changed(W1=np.zeros((30, 1, 5, 5))), "convolutional network"),
    "convolution in layer 3": (
        _changed(W3=np.zeros((16, 16, 3, 3)), b3=np.zeros(16)),
        r"W3 in the file has four axes \(16, 16, 3, 3\)",
    ),
    "batch normalization": (_changed(gamma1=np.ones(2), beta1=np.zeros(2)), "uses batch normalization"),
    "input": (_changed(W1=W1[:100]), r"takes 100 inputs \(W1 is \(100, 2\)\)"),
    "output": (_changed(W2=np.zeros((2, 2)), b2=np.zeros(2)), r"gives 2 outputs \(W2 is \(2, 2\)\)"),
    "transposed": (
        _changed(W2=np.zeros((10, 2))),
        r"W1 is \(784, 2\), so the length of W2 should be 2, but is 10",
    ),
    "long b1": (_changed(b1=np.zeros(50)), "length of b1 should be 2, but is 50"),
    "long b2": (_changed(b2=np.zeros(11)), "length of b2 should be 10, but is 11"),
    "layer 3": (_changed(W3=np.zeros((9, 10)), b3=np.zeros(10)), "length of W3 should be 10, but is 9"),
    "as in PyTorch": (_changed(W1=W1.T, W2=np.zeros((10, 2))), r"are transposed, .* W1 is \(2, 784\)"),
    "no hidden": (pickle.dumps(params(0)), r"is empty: W1 is \(784, 0\)"),
    "nan": (_changed(W1=NAN), "W1 in the file holds NaN or infinity"),
    "infinity": (_changed(W1=INFINITE), "W1 in the file holds NaN or infinity"),
}


@pytest.mark.parametrize("label", REFUSED)
def test_a_file_that_is_no_network_is_refused_with_its_own_sentence(label: str) -> None:
    data, sentence = REFUSED[label]
    with pytest.raises(NetworkFileError, match=sentence):
        load_network(data)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_number_that_is_not_finite_is_found(name: str, value: float) -> None:
    arrays = {key: array.astype(float) for key, array in params(2).items()}
    arrays[name].flat[-1] = value
    with pytest.raises(NetworkFileError, match=f"{name} in the file holds NaN or infinity"):
        load_network(pickle.dumps(arrays))


# --- instances


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> BookClasses:
    return BookClasses(monkeypatch)


def _refusal(found: Any) -> str:
    with pytest.raises(NetworkFileError) as refusal:
        load_network(pickle.dumps(found))
    return str(refusal.value)


def test_an_instance_without_params_is_refused(book: BookClasses) -> None:
    instance = book.make("two_layer_net")()
    assert "holds an object of TwoLayerNet, but it has no params" in _refusal(instance)
    instance.params = "W1"
    assert "holds an object of TwoLayerNet, but it has no params" in _refusal(instance)
    assert "holds an object of Affine, but it has no params" in _refusal(book.layer("Affine"))


def test_layers_that_kobai_does_not_compute_are_refused(book: BookClasses) -> None:
    network = book.multi_layer_net(params(2), "Relu", "MultiLayerNetExtend")
    network.layers["Dropout1"] = book.layer("Dropout", dropout_ratio=0.5, mask=None)
    assert "uses Dropout layers" in _refusal(network)
    del network.layers["Dropout1"]
    network.layers["BatchNorm1"] = book.layer("BatchNormalization", gamma=np.ones(2), momentum=0.9)
    assert "uses batch normalization" in _refusal(network)
    del network.layers["BatchNorm1"]
    network.layers["Activation_function2"] = book.layer("Sigmoid", out=None)
    assert "both ReLU and sigmoid" in _refusal(network)


@pytest.mark.parametrize("name", ["SimpleConvNet", "DeepConvNet"])
def test_a_convolutional_network_is_called_one(name: str, book: BookClasses) -> None:
    found = book.make("simple_convnet", name)()
    assert f"holds a {name}, a convolutional network (chapter 7)" in _refusal(found)


def test_a_class_of_the_readers_own_is_not_called_an_attack(book: BookClasses) -> None:
    found = book.make("__main__", "MyNet")()
    found.params = params(2)
    assert "holds a MyNet, a class that Kobai does not know" in _refusal(found)


@pytest.mark.parametrize(
    ("module", "qualified", "library"),
    [
        ("torch._utils", "_rebuild_tensor_v2", "PyTorch"),
        ("joblib.numpy_pickle", "NumpyArrayWrapper", "joblib"),
        ("sklearn.neural_network._multilayer_perceptron", "MLPClassifier", "scikit-learn"),
        ("keras.src.models.sequential", "Sequential", "Keras"),
        ("cupy", "ndarray", "CuPy"),
    ],
)
def test_objects_of_other_libraries_are_named(module: str, qualified: str, library: str) -> None:
    attack = call(module, qualified, text("x"))
    for data in (in_network(attack), in_network(name(module, qualified))):
        with pytest.raises(NetworkFileError, match=f"of {library}; Kobai reads plain NumPy arrays"):
            load_network(data)


# --- sizes


def test_a_network_over_8_million_numbers_is_refused_though_its_file_is_small() -> None:
    """One array, named as the weights of 60 layers."""
    square = np.zeros((784, 784), np.float16)
    arrays = {f"W{i}": square for i in range(1, 61)} | {f"b{i}": np.zeros(784) for i in range(1, 61)}
    data = pickle.dumps(arrays)
    assert len(data) < 2_000_000
    with pytest.raises(NetworkFileError, match="8 million"):
        load_network(data)
