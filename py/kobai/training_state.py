"""A training as bytes: an .npz file of plain numbers, so that a state from a stranger opens as safely as
a network.

Version 2 holds the settings as the bytes of JSON text; version 1 held them as an array of text, which
`npz` refuses.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from .errors import KobaiError, NetworkFileError
from .functions import Array
from .json_reader import read_json
from .npz import read_npz
from .settings import Settings

VERSION = 2
MAX_SETTINGS = 10_000  # bytes of JSON text; they take about 300


def dump_state(settings: Settings, arrays: dict[str, Array]) -> bytes:
    """The settings and named arrays of numbers as one file; the same bytes each time."""
    buffer = io.BytesIO()
    written = np.frombuffer(json.dumps(asdict(settings)).encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, version=np.array(VERSION), settings=written, **arrays)
    return buffer.getvalue()


def load_state(data: bytes) -> tuple[Settings, dict[str, Array]]:
    """What `dump_state` was given. Raises KobaiError when `data` is damaged, or of another version."""
    try:
        arrays, _comment = read_npz(data)
        version = int(arrays["version"])
    except (NetworkFileError, KeyError, TypeError, ValueError):
        raise damaged_state() from None
    if version != VERSION:
        raise KobaiError("The saved training is of version {version}; this page reads version {known}.",
                         version=version, known=VERSION)  # fmt: skip
    try:
        found: Any = read_json(arrays["settings"].tobytes(), MAX_SETTINGS)
        return Settings(**found), arrays
    except (KeyError, TypeError, ValueError, RecursionError):
        raise damaged_state() from None


def upgraded(data: bytes) -> bytes:
    """A state of an older version in the present one; other bytes as they are.

    For what the page has kept itself, not for a file from elsewhere: NumPy reads it.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if int(arrays.pop("version")) != 1:
            return data
        return dump_state(Settings(**read_json(str(arrays.pop("settings")), MAX_SETTINGS)), arrays)
    except Exception:  # zip, zlib and NumPy each have errors of their own for damaged bytes
        return data


def damaged_state() -> KobaiError:
    """The refusal of bytes that are no training, or only a part of one."""
    return KobaiError("The saved training is damaged and cannot be continued.")
