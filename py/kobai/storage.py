"""Open and save networks as the pickles that a reader of the book makes; say in a sentence what a file is."""

from __future__ import annotations

import codecs
import pickle
import pickletools
import re

import numpy as np
from numpy.typing import NDArray

from .errors import NetworkFileError
from .network import TwoLayerNet
from .pickle_names import Array, Instance
from .safe_pickle import read_pickle

INPUT_SIZE = 784
OUTPUT_SIZE = 10
PARAM_NAMES = ("W1", "b1", "W2", "b2")

# How the Picklers of protocol 0 and 1, which have no header, begin a dict, list, tuple or object
_OLD_PICKLE = re.compile(rb"\([dltic]|[]})]|c[\w.]+\r?\n[\w.]+\r?\n")


def load_network(data: bytes) -> TwoLayerNet:
    """The network in a pickle: a dict of `W1`, `b1`, `W2`, `b2`, or an instance of the book's `TwoLayerNet`.

    data: the file's bytes, pickle protocol 0 to 5, Python 2.7 or 3, NumPy 1 or 2. Arrays of float16, 32, 64,
    returned as float64: W1 (784, H), b1 (H,), W2 (H, 10), b2 (10,).
    Raises NetworkFileError with a sentence that says what is wrong. Runs nothing of what the file asks for.
    """
    _check_kind(data)
    return _network(_params(read_pickle(data)))


def dump_network(network: TwoLayerNet, format: str) -> bytes:
    """The network as a pickle of protocol 3 for Python 3 with NumPy 1.x or 2.x.

    format: "dict" for a dict of the four float64 arrays, "instance" as the reader pickles it: it
    needs the reader's own two_layer_net.py to load. Raises NetworkFileError for another format.
    """
    params = {name: np.ascontiguousarray(network.params[name], dtype=np.float64) for name in PARAM_NAMES}
    if format == "dict":
        return _with_names_of_the_reader(pickle.dumps(params, protocol=3))
    if format == "instance":
        return _with_names_of_the_reader(pickle.dumps(_BookNetwork(params), protocol=3))
    raise NetworkFileError(
        "A network can be saved as dict or as instance, not as {format}.", format=str(format)[:60]
    )


class _BookNetwork:
    """What an instance of the book's class consists of; its name is replaced by the book's on writing."""

    def __init__(self, params: dict[str, NDArray[np.float64]]) -> None:
        self.params = params


_NAMES_OF_THE_READER = {
    f"{__name__} _BookNetwork": "two_layer_net TwoLayerNet",
    # NumPy 1 knows only the old name, NumPy 2 reads both
    "numpy._core.multiarray _reconstruct": "numpy.core.multiarray _reconstruct",
}


def _with_names_of_the_reader(data: bytes) -> bytes:
    """The same pickle with other names in its GLOBAL instructions (protocol 3 has no frames to adjust)."""
    pieces = []
    copied = 0
    for info, argument, position in pickletools.genops(data):
        if info.name == "GLOBAL" and position is not None and argument in _NAMES_OF_THE_READER:
            module, name = _NAMES_OF_THE_READER[argument].split(" ")
            pieces += [data[copied:position], f"c{module}\n{name}\n".encode()]
            copied = position + len(f"c{argument}\n")
    return b"".join([*pieces, data[copied:]])


def _check_kind(data: bytes) -> None:
    """Raises NetworkFileError, saying what the file looks like, unless it begins like a pickle."""
    if not data:
        raise NetworkFileError("The file is empty. Please save the network again.")
    if data[:1] == b"\x80" or _OLD_PICKLE.match(data):
        return
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise NetworkFileError("The file is an image, not a network. A network is saved with pickle (.pkl).")
    if data.startswith(b"PK"):
        raise NetworkFileError(
            "The file is a zip archive (.npz, .zip, .pt), not a pickle. Save a dict of the arrays by pickle."
        )
    if data.startswith(b"\x1f\x8b"):
        raise NetworkFileError("The file is compressed with gzip. Unpack it, then open the .pkl file in it.")
    if data.startswith(b"\x93NUMPY"):
        raise NetworkFileError(
            "The file is a single NumPy array (.npy). A network has four: save a dict of them with pickle."
        )
    if data.startswith(b"\x89HDF"):
        raise NetworkFileError(
            "The file is an HDF5 file, as Keras writes; Kobai opens networks saved with pickle."
        )
    if data.startswith(b"\x00\x00\x08"):
        raise NetworkFileError("The file holds images or labels of MNIST, not a network.")
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data[:1000])
    except UnicodeDecodeError:
        text = "\0"
    if re.match(r"\s*<(!doctype|html|\?xml|svg)", text, re.IGNORECASE):
        raise NetworkFileError("The file is a web page, not a network. Perhaps a download failed.")
    if all(character.isprintable() or character.isspace() for character in text):
        raise NetworkFileError("The file is text, not a network. A network is saved with pickle (.pkl).")
    raise NetworkFileError("The file is not a pickle. A network is saved with pickle.dump (.pkl).")


def _params(found: object) -> dict[str, object]:
    """The dict of arrays in what the pickle holds. Raises NetworkFileError, saying what it holds instead."""
    if isinstance(found, Instance):
        layers = found.state.get("layers")
        if isinstance(layers, dict) and any(
            isinstance(x, Instance) and x.name == "Relu" for x in layers.values()
        ):
            raise NetworkFileError(
                "The file holds the TwoLayerNet of chapter 5, whose hidden layer is ReLU. "
                "Kobai uses the sigmoid of chapter 4 and would answer wrongly."
            )
        params = found.state.get("params")
        if found.name != "TwoLayerNet" or not isinstance(params, dict):
            raise NetworkFileError("The file holds a {name} without params W1, b1, W2, b2.", name=found.name)
        return params
    if isinstance(found, Array):
        raise NetworkFileError(
            "The file holds a single array. A network has four: save a dict of W1, b1, W2, b2 with pickle."
        )
    if isinstance(found, list | tuple):
        raise NetworkFileError(
            "The file holds a list of {count} entries, not a network: W1, b1, W2, b2 or a TwoLayerNet.",
            count=len(found),
        )
    if not isinstance(found, dict):
        raise NetworkFileError(
            "The file holds no network: a network is a dict of W1, b1, W2, b2, or a TwoLayerNet."
        )
    return found


def _network(params: dict[str, object]) -> TwoLayerNet:
    """The network of four arrays. Raises NetworkFileError unless they fit together and fit MNIST."""
    layers = max((int(name[1:]) for name in params if re.fullmatch("W[1-9][0-9]?", name)), default=0)
    if layers > 2:
        raise NetworkFileError(
            "The file holds a network of {layers} layers (W1 to W{layers}), like the one of chapter 3. "
            "Kobai can use networks of two layers.",
            layers=layers,
        )
    missing = [name for name in PARAM_NAMES if name not in params]
    if len(missing) == len(PARAM_NAMES):
        raise NetworkFileError("The file holds a dict without W1, b1, W2, b2, so it is not a network.")
    if missing:
        raise NetworkFileError(
            "The network in the file is incomplete. Missing: {names}.", names=", ".join(missing)
        )
    W1, b1, W2, b2 = (_floats(name, params[name]) for name in PARAM_NAMES)

    hidden_size = W1.shape[1]
    if W1.shape[0] != INPUT_SIZE:
        raise NetworkFileError(
            "The network in the file takes {size} inputs (W1 is {shape}); an image of MNIST has 784 pixels.",
            size=W1.shape[0],
            shape=str(W1.shape),
        )
    if hidden_size == 0:
        raise NetworkFileError(
            "The network in the file has no hidden units: W1 is {shape}.", shape=str(W1.shape)
        )
    for name, array, size in (("b1", b1, hidden_size), ("W2", W2, hidden_size), ("b2", b2, W2.shape[1])):
        if array.shape[0] != size:
            raise NetworkFileError(
                "The layers in the file do not fit together: W1 is {first}, W2 is {second}, so the length of "
                "{name} should be {size}, but is {rows}.",
                first=str(W1.shape),
                second=str(W2.shape),
                name=name,
                size=size,
                rows=array.shape[0],
            )
    if W2.shape[1] != OUTPUT_SIZE:
        raise NetworkFileError(
            "The network in the file gives {size} outputs (W2 is {shape}); the digits need 10.",
            size=W2.shape[1],
            shape=str(W2.shape),
        )
    network = TwoLayerNet(INPUT_SIZE, 0, OUTPUT_SIZE)  # with 0 hidden units: draws no random numbers
    network.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return network


def _floats(name: str, array: object) -> NDArray[np.float64]:
    """A copy as float64. Raises NetworkFileError unless it is an array of finite floats of the right rank."""
    if not isinstance(array, Array) or array.values is None:
        raise NetworkFileError("{name} in the file is not a NumPy array.", name=name)
    values = array.values
    if values.ndim == 4:
        raise NetworkFileError(
            "{name} in the file has four axes {shape}: this is a convolutional network (chapter 7). "
            "Kobai can use the TwoLayerNet of chapter 4.",
            name=name,
            shape=str(values.shape),
        )
    rank = 2 if name.startswith("W") else 1
    if values.ndim != rank:
        raise NetworkFileError(
            "{name} in the file should have {rank} axes, but its shape is {shape}.",
            name=name,
            rank=rank,
            shape=str(values.shape),
        )
    if values.dtype.kind != "f":
        raise NetworkFileError(
            "{name} in the file holds {dtype}, but a network needs floats (float64).",
            name=name,
            dtype=str(values.dtype),
        )
    if not np.isfinite(values).all():
        raise NetworkFileError(
            "{name} in the file holds NaN or infinity: the training diverged. Try a smaller learning rate.",
            name=name,
        )
    return np.array(values, dtype=np.float64, order="C")
