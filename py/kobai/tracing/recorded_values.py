"""The values that a recording keeps: copies of arrays, each stored once while it stays the same.

Nothing of the traced program runs here: no method, property or `repr` of an object that is not Python's or
NumPy's own, so that looking at a value changes nothing.
"""

from __future__ import annotations

import types
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

MOST_ENTRIES = 12  # of a dict, a list or an object that are shown as variables of their own
MOST_LETTERS = 200
MOST_BITS = 1024  # of an integer that is kept
LOOK_BACK = 60  # values among which an array that is not known is looked for
_PLAIN = (type(None), bool, int, float, str)
_UNSHOWN = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


class Named(str):
    """The name of a value's type, kept instead of the value."""


class Full(Exception):
    """The copies of arrays would take more bytes than allowed."""


class Keeper:
    """A store of values in a list, with up to `most_bytes` of copied arrays."""

    def __init__(self, values: list[Any], most_bytes: int) -> None:
        """Append the values to this list."""
        self._values, self._most_bytes, self._bytes = values, most_bytes, 0
        self._plain: dict[tuple[type, str], int] = {}  # numbers, text, ... -> number
        # id of an array -> the array (which is not kept alive) and the number of its last copy
        self._copies: dict[int, tuple[weakref.ref[Any], int]] = {}

    def number(self, value: Any) -> int:
        """Store a value as it is now, unless it is stored already; return its number in the list.

        Full when the copies would take more than `most_bytes`.
        """
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return self._number_of_array(value)
        plain = value if _is_plain(value) else _named(value)
        key = (type(plain), repr(plain))
        if key not in self._plain:
            self._plain[key] = self._append(plain)
        return self._plain[key]

    def _number_of_array(self, value: np.ndarray[Any, Any]) -> int:
        values = self._values
        array = np.ndarray.view(value, np.ndarray)  # of a subclass, the numbers
        known, number = self._copies.get(id(value), (None, -1))
        if known is not None and known() is value and _same(values[number], array):
            return number
        for number in range(len(values) - 1, max(-1, len(values) - LOOK_BACK), -1):  # a view, or a copy of it
            if isinstance(values[number], np.ndarray) and _same(values[number], array):
                break
        else:
            self._bytes += array.nbytes
            if self._bytes > self._most_bytes:
                raise Full
            number = self._append(array.copy())
        self._copies[id(value)] = (weakref.ref(value), number)
        return number

    def _append(self, value: Any) -> int:
        self._values.append(value)
        return len(self._values) - 1


def flattened(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables; entries of dicts and lists, and attributes of objects, are variables of their own."""
    return {
        name: each
        for variable, value in variables.items()
        if not isinstance(value, _UNSHOWN)
        for name, each in _entries(variable, value, 2)
    }


def _entries(name: str, value: Any, deeper: int) -> Iterator[tuple[str, Any]]:
    inside = list(_inside(name, value)) if deeper else []
    if not inside:
        yield name, value
    for title, each in inside:
        yield from _entries(title, each, deeper - 1)


def _inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The entries of a dict, the items of a short list, the attributes of an object."""
    if isinstance(value, dict):
        keys = [key for key in dict.keys(value) if type(key) in (str, int)][:MOST_ENTRIES]
        for key in keys:
            yield entry(name, key), dict.__getitem__(value, key)
    elif isinstance(value, list):
        if list.__len__(value) <= MOST_ENTRIES:
            yield from ((entry(name, i), each) for i, each in enumerate(list.__iter__(value)))
    elif not isinstance(value, (*_PLAIN, tuple, np.ndarray, np.generic)):
        attributes = [
            (key, each)
            for key, each in _attributes(value).items()
            if type(key) is str and not isinstance(each, _UNSHOWN)
        ]
        yield from ((f"{name}.{key}", each) for key, each in attributes[:MOST_ENTRIES])


def entry(name: str, key: str | int) -> str:
    """The name of an entry of a dict or list: grads["W1"], scores[0]."""
    return f'{name}["{key}"]' if isinstance(key, str) else f"{name}[{key}]"


def _attributes(value: Any) -> dict[Any, Any]:
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is tuple:
        return len(value) <= MOST_ENTRIES and all(_is_plain(item) for item in value)
    if kind is str:
        return len(value) <= MOST_LETTERS
    if kind is int:  # Python refuses to write a very large one
        return int.bit_length(value) <= MOST_BITS
    return kind in _PLAIN or (isinstance(value, np.generic) and value.dtype.kind in "fiub")


def _named(value: Any) -> Named:
    name = type.__getattribute__(type(value), "__name__")
    if isinstance(value, list | dict) and type(value) in (list, dict):
        return Named(f"{name} ({len(value)})")
    return Named(name)


def _same(copy: Any, array: Any) -> bool:
    """Equal in every bit, and of the same shape and type."""
    return (
        copy.shape == array.shape
        and copy.dtype == array.dtype
        and (copy is array or copy.tobytes() == array.tobytes())
    )
