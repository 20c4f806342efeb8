"""Read the arrays of an .npz file: a zip archive of .npy files, as np.savez and np.savez_compressed write it.

Format: NEP 1, and the docstring of `numpy.lib.format`. NumPy evaluates the header of an .npy file as a Python
literal; here it has to match a pattern, and an array of objects, which is a pickle, is refused.
By hand: `np.load` allocates what a header asks for before anything can be refused.
"""

from __future__ import annotations

import re
from typing import Any

from numpy.typing import NDArray

from ..errors import NetworkFileError
from .array_bytes import DTYPE_CODES, array_of_bytes
from .limits import printable
from .zip_reader import foreign_member, unzip

MAX_HEADER = 10_000  # bytes, NumPy's own limit
MAX_AXES = 8

# No part of it can be matched in two ways, so that no header takes long
_HEADER = re.compile(
    r"\{'descr': (?:'([<>|=]?)([A-Za-z][0-9A-Za-z\[\]]{0,20})'|(\[.*\]|'.*'|\(.*\))), "
    r"'fortran_order': (True|False), 'shape': \(([0-9L, ]*)\),? ?\} *\n"
)
_LENGTH = re.compile(" ?([0-9]{1,12})L?")  # Python 2 wrote 784L


def read_npz(data: bytes, most_unpacked: int | None = None) -> tuple[dict[str, NDArray[Any]], str]:
    """Read the arrays of an .npz file by name ("W1" for the member W1.npy), and the zip's comment.

    The arrays are views that are not writeable. most_unpacked: how many bytes all of them may have, if not as
    many as a file. NetworkFileError (a sentence) for anything malformed, too large, or pickled. Nothing is
    run.
    """
    members, comment = unzip(data, most_unpacked=most_unpacked)
    arrays = {}
    for name, content in members.items():
        if not name.endswith(".npy"):
            foreign_member(name)
        arrays[name[:-4]] = _read_npy(name, content)
    return arrays, comment.decode("latin-1")


def _read_npy(name: str, content: memoryview) -> NDArray[Any]:
    magic, version = bytes(content[:6]), tuple(content[6:8])
    if magic != b"\x93NUMPY" or version not in ((1, 0), (2, 0), (3, 0)):
        foreign_member(name)
    width = 2 if version == (1, 0) else 4
    start = 8 + width
    length = int.from_bytes(content[8:start], "little")
    if len(content) < start or length > min(MAX_HEADER, len(content) - start):
        foreign_member(name)
    try:
        header = str(content[start : start + length], "utf-8" if version == (3, 0) else "latin-1")
    except UnicodeDecodeError:
        foreign_member(name)
    match = _HEADER.fullmatch(header)
    if match is None:
        foreign_member(name)
    order, code, odd_type, fortran, shape = match.groups()
    if code and code[0] == "O":
        raise NetworkFileError(
            "{name} in the .npz file is a pickle of Python objects (dtype=object), not an array of numbers. "
            "Nothing was run. Save each array under its own name with np.savez.",
            name=printable(name),
        )
    if code not in DTYPE_CODES:
        raise NetworkFileError(
            "{name} in the .npz file is an array of type {dtype}; the arrays of a network hold floats "
            "(float64). Save the network without it.",
            name=printable(name),
            dtype=printable(code or odd_type),
        )
    dtype = (order if order in ("<", ">") else "<") + code
    return array_of_bytes(content[start + length :], dtype, _shape(name, shape), fortran == "True")


def _shape(name: str, text: str) -> tuple[int, ...]:
    """Of "784, 50", "50," or "": the text between the brackets of a tuple."""
    parts = text.removesuffix(",").split(",") if text else []
    lengths = [match[1] for part in parts if (match := _LENGTH.fullmatch(part))]
    if len(lengths) != len(parts) or len(parts) > MAX_AXES:
        foreign_member(name)
    return tuple(int(length) for length in lengths)
