"""JSON from outside, checked for size and depth before it is read: `json.loads` has no limits of its own.

It goes a call deeper for each level, and in Pyodide, whose stack is the browser's, 8,000 brackets end Python.
"""

from __future__ import annotations

import json
from typing import Any

from .limits import MAX_NESTING

MOST_BYTES = 8 * 1024 * 1024
MOST_VALUES = 500_000  # counted by the marks before and between them; each may take 100 bytes
_OPENED, _CLOSED = b"[", b"]"
_AS_LISTS = bytes.maketrans(b"{}", b"[]")
_BRACKETS = b"[]{}"
_OTHERS = bytes(code for code in range(256) if code not in _BRACKETS)


class TooLarge(ValueError):
    """The text is larger or deeper than the limits."""


def read_json(data: bytes, most_bytes: int = MOST_BYTES, most_values: int = MOST_VALUES) -> Any:
    """The value in UTF-8 text. TooLarge, or another ValueError where it is no JSON."""
    if not fits(data, most_bytes, most_values):
        raise TooLarge("more bytes, values or levels than are read")
    return json.loads(data.decode())  # not by itself: it takes UTF-16 as well, where brackets are other bytes


def fits(data: bytes, most_bytes: int = MOST_BYTES, most_values: int = MOST_VALUES) -> bool:
    """Whether text has no more bytes and values than these, and no more than MAX_NESTING levels."""
    if len(data) > most_bytes or sum(map(data.count, (b",", b"[", b"{", b'"'))) > most_values:
        return False
    return _is_shallow(data)


def _is_shallow(data: bytes) -> bool:
    """Whether all brackets outside of texts pair off within MAX_NESTING levels."""
    without_escapes = data.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(without_escapes.split(b'"')[::2])
    brackets = outside.translate(_AS_LISTS, _OTHERS)
    for _ in range(MAX_NESTING):
        brackets = brackets.replace(_OPENED + _CLOSED, b"")  # the innermost level
    return not brackets
