"""JSON from outside: looked over before it is read, for `json.loads` has no limits of its own.

It goes a call deeper for each level, and in Pyodide, whose stack is the browser's, 8,000 brackets end Python.
"""

from __future__ import annotations

import json
from typing import Any

from .errors import KobaiError
from .file_refusals import MAX_NESTING

MOST_BYTES = 8 * 1024 * 1024
MOST_VALUES = 500_000  # some more than there are: marks that begin or part a value; each may take 100 bytes
_OPENED, _CLOSED = b"[", b"]"
_AS_LISTS = bytes.maketrans(b"{}", b"[]")
_BRACKETS = b"[]{}"
_OTHERS = bytes(code for code in range(256) if code not in _BRACKETS)


def read_json(data: bytes, most_bytes: int = MOST_BYTES) -> Any:
    """The value in UTF-8 text. Raises KobaiError when it is too large or too deep, ValueError for other text."""
    marks = sum(map(data.count, (b",", b"[", b"{", b'"')))
    if len(data) > most_bytes or marks > MOST_VALUES or not _is_shallow(data):
        raise KobaiError(
            "The file says more about what is in it than Kobai reads: at most {megabytes} MB and {levels} "
            "levels.",
            megabytes=most_bytes // 1024 // 1024,
            levels=MAX_NESTING,
        )
    return json.loads(data.decode())  # not by itself: it takes UTF-16 as well, where brackets are other bytes


def _is_shallow(data: bytes) -> bool:
    """Whether all brackets outside of texts pair off within MAX_NESTING levels."""
    without_escapes = data.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(without_escapes.split(b'"')[::2])
    brackets = outside.translate(_AS_LISTS, _OTHERS)
    for _ in range(MAX_NESTING):
        brackets = brackets.replace(_OPENED + _CLOSED, b"")  # the innermost level
    return not brackets
