"""A training as bytes: an .npz file of plain numbers, which is as safe to open as a network from anywhere.

Version 2 holds the settings as the bytes of JSON text; version 1 held them as an array of text, which `npz`
refuses.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from ..book.functions import Array
from ..errors import KobaiError
from ..settings import Settings
from .json_reader import read_json
from .npz_reader import read_npz

VERSION = 2


def dump_state(settings: Settings, arrays: dict[str, Array]) -> bytes:
    """Write the settings and named arrays of numbers as one file; the same bytes each time."""
    buffer = io.BytesIO()
    written = np.frombuffer(json.dumps(asdict(settings)).encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, version=np.array(VERSION), settings=written, **arrays)
    return buffer.getvalue()


def load_state(data: bytes) -> tuple[Settings, dict[str, Array]]:
    """Read what `dump_state` wrote: the settings and the arrays by name.

    KobaiError when `data` is damaged, or of another version.
    """
    try:
        arrays, _comment = read_npz(data, len(data))  # nothing in it is compressed
        version = whole_number(arrays["version"])
    except (KeyError, ValueError):
        raise damaged_state() from None
    if version != VERSION:
        raise KobaiError("The saved training is of version {version}; this page reads version {known}.",
                         version=version, known=VERSION)  # fmt: skip
    try:
        found: Any = read_json(arrays["settings"].tobytes())
        return Settings(**found), arrays
    except (KeyError, TypeError, ValueError, OverflowError):
        raise damaged_state() from None


def whole_number(array: Array) -> int:
    """The number in an array of one whole number without axes; ValueError for other arrays."""
    if array.shape or array.dtype.kind not in "iu":
        raise ValueError
    return int(array)


def upgraded(data: bytes) -> bytes:
    """Convert a state of an older version to the present one; other bytes stay as they are.

    For what the page has kept itself, not for a file from elsewhere: NumPy reads it.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if int(arrays.pop("version")) != 1:
            return data
        return dump_state(Settings(**read_json(str(arrays.pop("settings")).encode())), arrays)
    except Exception:  # zip, zlib and NumPy each have errors of their own for damaged bytes
        return data


def damaged_state() -> KobaiError:
    """The error for bytes that are no training, or only a part of one."""
    return KobaiError("The saved training is damaged and cannot be continued.")
