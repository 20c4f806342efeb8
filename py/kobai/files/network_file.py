"""Open and save networks as the files that a reader of the book makes: pickles and .npz."""

from __future__ import annotations

import io
import pickle
import pickletools
import re
import zipfile
from typing import Literal, NamedTuple

import numpy as np

from ..book.functions import Array
from ..book.multi_layer_net import Network, activation_of, network_of
from ..book.two_layer_net import TwoLayerNet
from ..errors import NetworkFileError
from .file_type import kind_of
from .network_params import batch_normalization, check_arrays
from .npz_reader import read_npz
from .pickle_globals import NETWORKS, Budget, Instance
from .pickle_globals import Array as ArrayInFile
from .pickle_reader import read_pickle

# The activation, which the arrays do not show: behind a pickle's end, or as the comment of an .npz archive
_NOTE = "# activation: {}"
_NOTE_BEHIND_PICKLE = re.compile(rb"\.\n# activation: (sigmoid|relu)\n\Z")


class OpenedNetwork(NamedTuple):
    """A network from a file.

    says_activation: whether the file records that the hidden layers are sigmoid or ReLU (or there are none);
    otherwise sigmoid was assumed. form: the name that `dump_network` has for this kind of file.
    """

    network: Network
    says_activation: bool
    form: Literal["dict", "instance", "npz"]


def open_network(data: bytes, budget: Budget | None = None) -> OpenedNetwork:
    """Read a network from a file, with what the file records about it.

    data: the bytes of a pickle (protocol 0 to 5, Python 2.7 or 3, NumPy 1 or 2) that holds a dict of W1, b1,
    ..., Wn, bn or an instance of the book's TwoLayerNet (chapter 4 or 5) or MultiLayerNet, or of an .npz of
    such arrays. The arrays are returned as float64, W1 (784, H1), b1 (H1,), ..., bn (10,). budget: what is
    left for several pickles together. NetworkFileError with a sentence about what is wrong. Runs nothing of
    what the file asks for.
    """
    if kind_of(data) == "npz":
        arrays, comment = read_npz(data)
        activation = next((name for name in ("sigmoid", "relu") if comment == _NOTE.format(name)), None)
        return _opened(dict(arrays), activation, "npz")
    found = read_pickle(data, budget)
    note = _NOTE_BEHIND_PICKLE.search(data, max(0, len(data) - 40))
    activation = note[1].decode() if note else None
    if isinstance(found, Instance):
        return _opened(_params(found), _activation(found) or activation, "instance")
    return _opened(_checked_dict(found), activation, "dict")


def load_network(data: bytes, budget: Budget | None = None) -> Network:
    """The network of `open_network` alone."""
    return open_network(data, budget).network


def _opened(
    found: dict[str, object], activation: str | None, form: Literal["dict", "instance", "npz"]
) -> OpenedNetwork:
    values = {name: value.values if type(value) is ArrayInFile else value for name, value in found.items()}
    params = check_arrays(values)
    network = network_of(params, activation or "sigmoid")
    return OpenedNetwork(network, activation is not None or len(params) == 2, form)


def _params(found: Instance) -> dict[str, object]:
    params = found.state.get("params")
    if found.name not in NETWORKS or not isinstance(params, dict):
        raise NetworkFileError(
            "The file holds an object of {name}, but it has no params (W1, b1, W2, b2, …).", name=found.name
        )
    return params


def _activation(found: Instance) -> str | None:
    """The activation by the names of the layers (book chapters 5 and 6); NetworkFileError for others."""
    layers = found.state.get("layers")
    entries = layers.values() if isinstance(layers, dict) else ()
    names = {layer.name for layer in entries if isinstance(layer, Instance)}
    if "BatchNormalization" in names:
        batch_normalization()
    if "Dropout" in names:
        raise NetworkFileError(
            "The network in the file uses Dropout layers, which Kobai does not compute. Train one with "
            "use_dropout=False."
        )
    if {"Relu", "Sigmoid"} <= names:
        raise NetworkFileError(
            "The network in the file uses both ReLU and sigmoid; Kobai can use networks with one of them."
        )
    return "relu" if "Relu" in names else "sigmoid" if "Sigmoid" in names else None


def _checked_dict(found: object) -> dict[str, object]:
    """The dict in a pickle; NetworkFileError, naming what the pickle holds instead, where it is none."""
    if isinstance(found, ArrayInFile):
        raise NetworkFileError(
            "The file holds a single array. A network has several: save a dict of W1, b1, W2, b2, … with "
            "pickle."
        )
    if isinstance(found, list | tuple):
        raise NetworkFileError(
            "The file holds a list of {count} entries, not a network: a dict of W1, b1, W2, b2, … or a "
            "TwoLayerNet.",
            count=len(found),
        )
    if not isinstance(found, dict):
        raise NetworkFileError(
            "The file holds no network: a network is a dict of W1, b1, W2, b2, … or a TwoLayerNet."
        )
    return found


def dump_network(network: Network, format: str) -> bytes:
    """Write the network as a file for Python 3 with NumPy 1.x or 2.x; the same bytes each time.

    format: "dict" for a pickled dict of the float64 arrays W1, b1, ...; "npz" for np.load; "instance" for the
    book's TwoLayerNet as the reader pickles it: it needs the reader's own two_layer_net.py to load.
    NetworkFileError for another format, and for an instance of what is no TwoLayerNet of chapter 4.
    """
    params = {name: np.ascontiguousarray(array, dtype=np.float64) for name, array in network.params.items()}
    activation = activation_of(network)
    note = "" if activation == "sigmoid" else _NOTE.format(activation)
    if format == "dict":
        return _pickled(params) + (f"\n{note}\n" if note else "").encode()
    if format == "npz":
        return _zipped(params, note)
    if format != "instance":
        raise NetworkFileError(
            "A network can be saved as dict, instance or npz, not as {format}.", format=str(format)[:60]
        )
    if not isinstance(network, TwoLayerNet):
        raise NetworkFileError(
            "Only the book’s TwoLayerNet, two layers with sigmoid, can be saved as an instance: no class of "
            "chapter 4 would load another network. Save it as a dict or as .npz."
        )
    return _pickled(_BookNetwork(params))


def _zipped(params: dict[str, Array], note: str) -> bytes:
    file = io.BytesIO()
    np.savez(file, **params)  # type: ignore[arg-type]  # no array is called allow_pickle
    if note:
        with zipfile.ZipFile(file, "a") as archive:
            archive.comment = note.encode()
    return file.getvalue()


class _BookNetwork:
    """What an instance of the book's class consists of; its name is replaced by the book's on writing."""

    def __init__(self, params: dict[str, Array]) -> None:
        self.params = params


_NAMES_OF_THE_READER = {
    f"{__name__} _BookNetwork": "two_layer_net TwoLayerNet",
    # NumPy 1 knows only the old name, NumPy 2 reads both
    "numpy._core.multiarray _reconstruct": "numpy.core.multiarray _reconstruct",
}


def _pickled(found: object) -> bytes:
    """A pickle with the reader's names in its GLOBAL instructions (protocol 3 has no frames to adjust)."""
    data = pickle.dumps(found, protocol=3)
    pieces = []
    copied = 0
    for info, argument, position in pickletools.genops(data):
        if info.name == "GLOBAL" and position is not None and argument in _NAMES_OF_THE_READER:
            module, name = _NAMES_OF_THE_READER[argument].split(" ")
            pieces += [data[copied:position], f"c{module}\n{name}\n".encode()]
            copied = position + len(f"c{argument}\n")
    return b"".join([*pieces, data[copied:]])
