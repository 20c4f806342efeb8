"""Split a pickle into its instructions, with limits, running none of them.

The codes of the instructions are those of Python's `pickletools`, and so is what their arguments mean; the
arguments are read in `pickle_arguments`.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Iterator
from typing import NoReturn

from ..errors import NetworkFileError
from .limits import ends_early
from .pickle_arguments import READERS, Arguments, EndsEarly

# The book's 10,000 losses as np.float64 take 80,000 by default and 170,000 by protocol 0
MAX_INSTRUCTIONS = 180_000

# What Pickler emits for dicts, arrays and plain instances. Not here: EXT1/2/4 (calls by number), PERSID (asks
# the host), POP/DUP (for recursive objects), sets, LONG4 (numbers of over 255 bytes), NEWOBJ_EX, buffers.
_WITHOUT_ARGUMENT = (
    "STOP MARK NONE NEWTRUE NEWFALSE "
    "EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST LIST APPEND APPENDS EMPTY_DICT DICT SETITEM SETITEMS "
    "MEMOIZE STACK_GLOBAL OBJ NEWOBJ REDUCE BUILD"
)
_ALLOWED = frozenset([*_WITHOUT_ARGUMENT.split(), *READERS])
_NAMES = {ord(info.code): info.name for info in pickletools.opcodes}

Instruction = tuple[
    str, object, int
]  # its name in `pickletools`, its argument or None, the byte it starts at


def instructions(data: bytes, most: int = MAX_INSTRUCTIONS) -> Iterator[Instruction]:
    """Return the instructions of a pickle up to and including STOP, at most `most` of them.

    NetworkFileError if they are invalid, or more.
    """
    arguments = Arguments(data)
    readers = {
        code: (name, getattr(arguments, READERS[name]) if name in READERS else None)
        for code, name in _NAMES.items()
        if name in _ALLOWED
    }
    position, length = 0, len(data)
    for _ in range(most):
        if position >= length:
            ends_early(length)
        known = readers.get(data[position])
        if known is None:
            _refuse(data[position], position)
        name, reader = known
        start = position
        if reader is None:
            argument, position = None, start + 1
        else:
            try:
                argument, position = reader(start + 1)
            except (EndsEarly, IndexError, struct.error):
                ends_early(length)
            except (ValueError, OverflowError) as error:
                if isinstance(error, NetworkFileError):
                    raise
                damaged(start)
        yield name, argument, start
        if name == "STOP":
            return
    raise NetworkFileError(
        "The file has more than {count} pickle instructions; a network needs a few hundred. Nothing was run.",
        count=most,
    )


def _refuse(code: int, position: int) -> NoReturn:
    if code not in _NAMES:
        damaged(position)
    raise NetworkFileError(
        "The file contains the pickle instruction {name}, which no network needs. Nothing was run.",
        name=_NAMES[code],
    )


def damaged(position: int) -> NoReturn:
    """Raise the NetworkFileError for a file that is no valid pickle; position: of the byte in question."""
    raise NetworkFileError(
        "The file is damaged: byte {position} does not fit into a pickle. Please save or copy it again.",
        position=position,
    )
