"""NumPy arrays from the bytes in a file: the one place where such bytes become numbers."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import NetworkFileError
from .limits import MAX_BYTES, MAX_ELEMENTS, printable, too_large

# The book's networks hold floats; the others are read so that the error message can name them.
DTYPE_CODES = frozenset(["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"])


def check_dtype(code: str) -> None:
    """Raise NetworkFileError unless a dtype code of NumPy, without byte order ("f8"), is one of numbers."""
    if code not in DTYPE_CODES:
        raise NetworkFileError(
            "The file holds an array of type {dtype}; the arrays of a network hold floats (float64).",
            dtype=printable(code),
        )


def array_of_bytes(
    raw: bytes | bytearray | memoryview, dtype: str, shape: tuple[int, ...], fortran: bool
) -> NDArray[Any]:
    """A view of `raw` as an array, not a copy; `dtype` is a checked code with its byte order ("<f8").

    Raises NetworkFileError unless raw is exactly as long as shape and dtype say.
    """
    if any(length > MAX_BYTES for length in shape):
        too_large()
    if math.prod(max(length, 1) for length in shape) > MAX_ELEMENTS:
        too_large()
    numpy_dtype = np.dtype(dtype)
    if math.prod(shape) * numpy_dtype.itemsize != len(raw):
        wrong_length()
    return np.frombuffer(raw, numpy_dtype).reshape(shape, order="F" if fortran else "C")


def wrong_length() -> NoReturn:
    """Raise the NetworkFileError for an array whose bytes do not fit its shape."""
    raise NetworkFileError("An array in the file is not as long as its shape says: the file is damaged.")
