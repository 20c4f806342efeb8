"""Read the arguments of a pickle's instructions: numbers, texts and bytes, each from its place in the file.

As `pickletools` reads them, but with limits, and without a copy of more than the argument itself.
"""

from __future__ import annotations

import codecs
import re
import struct

from .limits import too_large

MAX_TEXT_BYTES = 16 * 1024 * 1024  # of one text
MAX_WIDE_BYTES = 4 * 1024 * 1024  # of all texts beyond latin-1, which take four bytes of memory a character
MAX_LINE_BYTES = 16 * 1024  # of a name, or of a number that is written as text
MAX_BITS = 64  # of a whole number
_WIDE = re.compile(rb"[\xc4-\xff]")  # in UTF-8; arrays that were saved as text are latin-1
_WIDE_ESCAPE = re.compile(rb"\\u(?!00)|\\U")
_UNKNOWN_ESCAPE = re.compile(
    rb"\\(?!x[0-9a-fA-F]{2}|['\"nrt])"
)  # all of repr() in Python 2, but the doubled backslash
_TRUTH = {b"00": False, b"01": True}  # how INT writes them
_FLOAT = struct.Struct(">d")
_INT = struct.Struct("<i")

# Instruction -> the method of Arguments that reads its argument
READERS = {
    "PROTO": "protocol",
    "FRAME": "frame",
    "INT": "number_as_text",
    "BININT": "int4",
    "BININT1": "uint1",
    "BININT2": "uint2",
    "LONG": "long_as_text",
    "LONG1": "long1",
    "FLOAT": "float_as_text",
    "BINFLOAT": "float8",
    "STRING": "python2_string",
    "BINSTRING": "string4",
    "SHORT_BINSTRING": "string1",
    "UNICODE": "text_as_line",
    "BINUNICODE": "text4",
    "SHORT_BINUNICODE": "text1",
    "BINUNICODE8": "text8",
    "BINBYTES": "bytes4",
    "SHORT_BINBYTES": "bytes1",
    "BINBYTES8": "bytes8",
    "BYTEARRAY8": "bytearray8",
    "PUT": "number_as_text",
    "BINPUT": "uint1",
    "LONG_BINPUT": "uint4",
    "GET": "number_as_text",
    "BINGET": "uint1",
    "LONG_BINGET": "uint4",
    "GLOBAL": "pair_of_names",
    "INST": "pair_of_names",
}


class EndsEarly(Exception):
    """The file ends within an argument."""


class Arguments:
    """Readers of arguments: each method returns the argument that starts at a byte, and the byte behind it.

    The methods are named after the descriptors of `pickletools`. ValueError or OverflowError where an
    argument is not valid, NetworkFileError where it is too large; EndsEarly, IndexError or struct.error where
    the file ends.
    """

    def __init__(self, data: bytes) -> None:
        """Keep the bytes of the whole pickle."""
        self._data = data
        self._wide = 0  # bytes of texts beyond latin-1 until now

    def uint1(self, start: int) -> tuple[int, int]:
        """An unsigned integer of 1 byte."""
        return self._data[start], start + 1

    def uint2(self, start: int) -> tuple[int, int]:
        """An unsigned integer of 2 bytes, little-endian."""
        return self._uint(start, 2), start + 2

    def uint4(self, start: int) -> tuple[int, int]:
        """An unsigned integer of 4 bytes, little-endian."""
        return self._uint(start, 4), start + 4

    def int4(self, start: int) -> tuple[int, int]:
        """A signed integer of 4 bytes, little-endian."""
        return _INT.unpack_from(self._data, start)[0], start + 4

    def float8(self, start: int) -> tuple[float, int]:
        """A float64, big-endian."""
        return _FLOAT.unpack_from(self._data, start)[0], start + 8

    def protocol(self, start: int) -> tuple[int, int]:
        """The number of the pickle protocol, 0 to 5."""
        if self._data[start] > 5:
            raise ValueError("unknown protocol")
        return self._data[start], start + 1

    def frame(self, start: int) -> tuple[int, int]:
        """The length of a frame, 8 bytes; EndsEarly when the file is shorter."""
        length = self._uint(start, 8)
        if start + 8 + length > len(self._data):
            raise EndsEarly
        return length, start + 8

    def long1(self, start: int) -> tuple[int, int]:
        """A signed integer of up to 255 bytes."""
        raw, end = self._counted(start, 1)
        return _checked(int.from_bytes(raw, "little", signed=True)), end

    def bytes1(self, start: int) -> tuple[bytes, int]:
        """Bytes, their length in 1 byte before them."""
        return self._counted(start, 1)

    def bytes4(self, start: int) -> tuple[bytes, int]:
        """Bytes, their length in 4 bytes before them."""
        return self._counted(start, 4)

    def bytes8(self, start: int) -> tuple[bytes, int]:
        """Bytes, their length in 8 bytes before them."""
        return self._counted(start, 8)

    def bytearray8(self, start: int) -> tuple[bytearray, int]:
        """A bytearray, its length in 8 bytes before it."""
        first, end = self._place(start, 8)
        return bytearray(memoryview(self._data)[first:end]), end

    def string1(self, start: int) -> tuple[str, int]:
        """A byte string of Python 2 as text by latin-1, its length in 1 byte before it."""
        raw, end = self._counted(start, 1)
        return raw.decode("latin-1"), end

    def string4(self, start: int) -> tuple[str, int]:
        """A byte string of Python 2 as text by latin-1, its length in 4 bytes before it."""
        if _INT.unpack_from(self._data, start)[0] < 0:
            raise ValueError("negative length")
        first, end = self._place(start, 4)
        return str(memoryview(self._data)[first:end], "latin-1"), end

    def text1(self, start: int) -> tuple[str, int]:
        """A UTF-8 text, its length in 1 byte before it."""
        return self._text(start, 1)

    def text4(self, start: int) -> tuple[str, int]:
        """A UTF-8 text, its length in 4 bytes before it."""
        return self._text(start, 4)

    def text8(self, start: int) -> tuple[str, int]:
        """A UTF-8 text, its length in 8 bytes before it."""
        return self._text(start, 8)

    def text_as_line(self, start: int) -> tuple[str, int]:
        """A text up to the end of the line, with raw Unicode escapes."""
        end = self._end_of_line(start, MAX_TEXT_BYTES)
        if _WIDE_ESCAPE.search(self._data, start, end):
            self._count_wide(end - start)
        return str(memoryview(self._data)[start:end], "raw-unicode-escape"), end + 1

    def python2_string(self, start: int) -> tuple[str, int]:
        """A byte string in quotes, with escapes, as text by latin-1."""
        end = self._end_of_line(start, MAX_TEXT_BYTES)
        quoted = self._data[start:end].strip()
        if len(quoted) < 2 or quoted[:1] not in (b"'", b'"') or quoted[-1:] != quoted[:1]:
            raise ValueError("no quotes")
        body = quoted[1:-1]
        if b"\\" in body:
            if _UNKNOWN_ESCAPE.search(body.replace(rb"\\", b"")):
                raise ValueError("unknown escape")
            body = codecs.escape_decode(body)[0]
        return body.decode("latin-1"), end + 1

    def number_as_text(self, start: int) -> tuple[int, int]:
        """A decimal integer up to the end of the line; 00 and 01 are False and True."""
        line, end = self._line(start)
        return _TRUTH[line] if line in _TRUTH else _checked(int(line)), end

    def long_as_text(self, start: int) -> tuple[int, int]:
        """A decimal integer with an L behind it, up to the end of the line."""
        line, end = self._line(start)
        return _checked(int(line.removesuffix(b"L"))), end

    def float_as_text(self, start: int) -> tuple[float, int]:
        """A decimal float up to the end of the line."""
        line, end = self._line(start)
        return float(line), end

    def pair_of_names(self, start: int) -> tuple[tuple[str, str], int]:
        """A module and a name, two lines of UTF-8 (a module may be called 二層)."""
        module, middle = self._line(start)
        name, end = self._line(middle)
        return (module.decode(), name.decode()), end

    def _uint(self, start: int, width: int) -> int:
        if start + width > len(self._data):
            raise EndsEarly
        return int.from_bytes(self._data[start : start + width], "little")

    def _place(self, start: int, width: int) -> tuple[int, int]:
        """From where to where a value goes that begins with its length in `width` bytes."""
        first = start + width
        end = first + self._uint(start, width)
        if end > len(self._data):
            raise EndsEarly
        return first, end

    def _counted(self, start: int, width: int) -> tuple[bytes, int]:
        first, end = self._place(start, width)
        return self._data[first:end], end

    def _text(self, start: int, width: int) -> tuple[str, int]:
        first, end = self._place(start, width)
        if end - first > MAX_TEXT_BYTES:
            too_large()
        if _WIDE.search(self._data, first, end):
            self._count_wide(end - first)
        return str(memoryview(self._data)[first:end], "utf-8", "surrogatepass"), end

    def _count_wide(self, count: int) -> None:
        self._wide += count
        if self._wide > MAX_WIDE_BYTES:
            too_large()

    def _end_of_line(self, start: int, most: int) -> int:
        end = self._data.find(b"\n", start, start + most + 1)
        if end < 0:
            if len(self._data) - start > most:
                too_large()
            raise EndsEarly
        return end

    def _line(self, start: int) -> tuple[bytes, int]:
        end = self._end_of_line(start, MAX_LINE_BYTES)
        return self._data[start:end], end + 1


def _checked(number: int) -> int:
    if number.bit_length() > MAX_BITS:
        raise ValueError("number too large")
    return number
