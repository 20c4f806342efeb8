"""Split a pickle into its instructions, with limits, running none of them.

The table of instructions and the readers of their arguments are those of Python's `pickletools`.
"""

from __future__ import annotations

import codecs
import io
import pickletools
import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from .errors import NetworkFileError
from .file_refusals import ends_early, too_large

MAX_TEXT_BYTES = 16 * 1024 * 1024  # of one text
MAX_WIDE_BYTES = 4 * 1024 * 1024  # of all texts beyond latin-1, which take four bytes of memory a character
MAX_INSTRUCTIONS = 50_000

# What Pickler emits for dicts, arrays and plain instances. Not here: EXT1/2/4 (calls by number), PERSID (asks
# the host), POP/DUP (for recursive objects), sets, LONG4 (numbers of over 255 bytes), NEWOBJ_EX, buffers.
_NEEDED = (
    "PROTO FRAME STOP MARK NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 FLOAT BINFLOAT "
    "STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 "
    "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8 "
    "EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST LIST APPEND APPENDS EMPTY_DICT DICT SETITEM SETITEMS "
    "PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET "
    "GLOBAL STACK_GLOBAL INST OBJ NEWOBJ REDUCE BUILD"
)
_ALLOWED = frozenset(_NEEDED.split())
_BY_CODE = {info.code: info for info in pickletools.opcodes}
_WIDE = re.compile(rb"[\xc4-\xff]")  # in UTF-8; arrays that were saved as text are latin-1
_WIDE_ESCAPE = re.compile(rb"\\u(?!00)|\\U")
_UNKNOWN_ESCAPE = re.compile(
    rb"\\(?!x[0-9a-fA-F]{2}|['\"nrt])"
)  # all of repr() in Python 2, but the doubled backslash


class Instruction(NamedTuple):
    """One instruction: its name in `pickletools`, its argument if it has one, the byte it starts at."""

    name: str
    argument: object
    position: int


def instructions(data: bytes) -> Iterator[Instruction]:
    """The instructions of a pickle up to and including STOP. Raises NetworkFileError if they are invalid."""
    stream = io.BytesIO(data)
    wide = 0
    for _ in range(MAX_INSTRUCTIONS):
        position = stream.tell()
        code = stream.read(1)
        if not code:
            ends_early(len(data))
        info = _BY_CODE.get(code.decode("latin-1"))
        if info is None:
            damaged(position)
        if info.name not in _ALLOWED:
            raise NetworkFileError(
                "The file contains the pickle instruction {name}, which no network needs. Nothing was run.",
                name=info.name,
            )
        wide += _wide_bytes(info.name, data, position + 1)
        if wide > MAX_WIDE_BYTES:
            too_large()
        try:
            argument = _argument(info, stream, data)
        except (ValueError, OverflowError) as error:
            if isinstance(error, NetworkFileError):
                raise
            if stream.tell() >= len(data) and not isinstance(error, UnicodeError):
                ends_early(len(data))
            damaged(position)
        yield Instruction(info.name, argument, position)
        if info.name == "STOP":
            return
    raise NetworkFileError(
        "The file has more than {count} pickle instructions; a network needs a few hundred. Nothing was run.",
        count=MAX_INSTRUCTIONS,
    )


def _argument(info: pickletools.OpcodeInfo, stream: io.BytesIO, data: bytes) -> object:
    """The argument of the instruction whose code was just read. Raises ValueError if it is not valid."""
    if info.arg is None:
        return None
    start = stream.tell()
    if info.name in ("STRING", "UNICODE") and data.find(b"\n", start) - start > MAX_TEXT_BYTES:
        too_large()
    match info.name:
        case "GLOBAL" | "INST":  # pickletools reads names as ASCII, a module may be called 二層
            return _line(stream).decode("utf-8"), _line(stream).decode("utf-8")
        case "STRING":  # pickletools reads it as ASCII, Python 2 wrote bytes
            return _python2_string(_line(stream))
        case "BINUNICODE" | "BINUNICODE8":
            width = 4 if info.name == "BINUNICODE" else 8
            if MAX_TEXT_BYTES < int.from_bytes(data[start : start + width], "little") < len(data):
                too_large()
    argument: object = info.arg.reader(stream)
    if info.name == "FRAME" and isinstance(argument, int) and argument > len(data) - stream.tell():
        ends_early(len(data))
    if info.name == "PROTO" and isinstance(argument, int) and argument > 5:
        raise ValueError("unknown protocol")
    if type(argument) is int and argument.bit_length() > 64:
        raise ValueError("number too large")
    return argument


def _wide_bytes(name: str, data: bytes, start: int) -> int:
    """How long the text at `start` is if it has characters beyond latin-1, else 0; nothing is copied."""
    width = {"SHORT_BINUNICODE": 1, "BINUNICODE": 4, "BINUNICODE8": 8}.get(name)
    if width is not None:
        pattern, first = _WIDE, start + width
        end = min(first + int.from_bytes(data[start:first], "little"), len(data))
    elif name == "UNICODE":
        pattern, first = _WIDE_ESCAPE, start
        end = max(data.find(b"\n", start), start)
    else:
        return 0
    return end - first if pattern.search(data, first, end) else 0


def _line(stream: io.BytesIO) -> bytes:
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ValueError("no newline")
    return line[:-1]


def _python2_string(line: bytes) -> str:
    quoted = line.strip()
    if len(quoted) < 2 or quoted[:1] not in (b"'", b'"') or quoted[-1:] != quoted[:1]:
        raise ValueError("no quotes")
    body = quoted[1:-1]
    if _UNKNOWN_ESCAPE.search(body.replace(rb"\\", b"")):
        raise ValueError("unknown escape")
    return codecs.escape_decode(body)[0].decode("latin-1")


def damaged(position: int) -> NoReturn:
    raise NetworkFileError(
        "The file is damaged: byte {position} does not fit into a pickle. Please save or copy it again.",
        position=position,
    )
