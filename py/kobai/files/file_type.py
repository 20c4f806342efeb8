"""The kind of a file by its first bytes: a pickle, an .npz, or something else, which a sentence names."""

from __future__ import annotations

import codecs
import re
from typing import Literal, NoReturn

from ..errors import NetworkFileError

# How the Picklers of protocol 0 and 1, which have no header, begin a dict, list, tuple or object
_OLD_PICKLE = re.compile(rb"\([dltic]|[]})]|c[\w.]+\r?\n[\w.]+\r?\n")

_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"x\x01": "zlib",
    b"x\x5e": "zlib",
    b"x\x9c": "zlib",
    b"x\xda": "zlib",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
}
_LOCAL_HEADER = 30  # bytes before the first name in a zip archive
_PYTORCH_BEFORE_1_6 = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # a pickle of its magic number
_ONNX = re.compile(rb"\x08[\x01-\x20][\x12\x1a\x22\x2a\x32\x3a\x42]")  # ir_version, then the next field


def kind_of(data: bytes) -> Literal["pickle", "npz"]:
    """Return how to read the file.

    NetworkFileError with a sentence about what it looks like, if it is neither.
    """
    if not data:
        raise NetworkFileError("The file is empty. Please save the network again.")
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if data.startswith(_PYTORCH_BEFORE_1_6):
        _pytorch()
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") < len(data):
        _other_library("safetensors")
    if data[:1] == b"\x80" or _OLD_PICKLE.match(data):
        return "pickle"
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise NetworkFileError("The file is an image, not a network. A network is saved with pickle (.pkl).")
    for start, name in _COMPRESSED.items():
        if data.startswith(start):
            raise NetworkFileError(
                "The file is compressed with {name}. Unpack it first, or save the network with pickle.dump "
                "or np.savez.",
                name=name,
            )
    if data.startswith(b"\x93NUMPY"):
        raise NetworkFileError(
            "The file is a single NumPy array (.npy). A network has several: save W1, b1, W2, b2, … "
            "together with np.savez."
        )
    if data.startswith(b"\x89HDF"):
        _keras()
    if data.startswith(b"\x00\x00\x08"):
        raise NetworkFileError("The file holds images or labels of MNIST, not a network.")
    if _ONNX.match(data):
        _other_library("ONNX")
    _check_text(data)
    raise NetworkFileError("The file is neither a pickle (.pkl) nor an .npz, so Kobai cannot open it.")


def _kind_of_zip(data: bytes) -> Literal["npz"]:
    length = int.from_bytes(data[26:28], "little")
    first = data[_LOCAL_HEADER : _LOCAL_HEADER + length]  # name of the first member
    if first.endswith(b"/data.pkl"):
        _pytorch()
    if first in (b"metadata.json", b"config.json", b"model.weights.h5"):
        _keras()
    if first.endswith(b".npy") or len(data) < _LOCAL_HEADER + length:
        return "npz"
    raise NetworkFileError(
        "The file is a zip archive, but no .npz of NumPy arrays. Unpack it, then open the network in it."
    )


def _pytorch() -> NoReturn:
    raise NetworkFileError(
        "The file is a model of PyTorch (.pt, .pth). Kobai reads NumPy arrays: save weight.T and bias of "
        "each Linear layer as W1, b1, W2, b2, … with np.savez."
    )


def _keras() -> NoReturn:
    raise NetworkFileError(
        "The file is a model of Keras (.h5, .keras). Kobai reads NumPy arrays: save the arrays of "
        "get_weights() as W1, b1, W2, b2, … with np.savez."
    )


def _other_library(name: str) -> NoReturn:
    raise NetworkFileError(
        "The file is a model in the format {name}. Kobai reads NumPy arrays: save them as W1, b1, W2, b2, … "
        "with np.savez.",
        name=name,
    )


def _check_text(data: bytes) -> None:
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data[:1000])
    except UnicodeDecodeError:
        return
    if re.match(r"\s*<(!doctype|html|\?xml|svg)", text, re.IGNORECASE):
        raise NetworkFileError("The file is a web page, not a network. Perhaps a download failed.")
    if all(character.isprintable() or character.isspace() for character in text):
        raise NetworkFileError("The file is text, not a network. A network is saved with pickle (.pkl).")
