"""Limits of the files that Kobai opens, and the error messages that several readers of files share."""

from __future__ import annotations

from typing import NoReturn

from ..errors import NetworkFileError

MAX_BYTES = 64 * 1024 * 1024  # of the file, and of what it unpacks to
MAX_ELEMENTS = 8 * 1024 * 1024  # of one array, and of a network
MAX_NESTING = 32  # containers within one another, of a pickle or of JSON


def too_large() -> NoReturn:
    """Raise the NetworkFileError for a file beyond one of the limits."""
    raise NetworkFileError(
        "The file holds more than Kobai opens: at most {megabytes} MB, {millions} million numbers and "
        "{levels} levels. The network of chapter 4 has 39,760 numbers, about 0.3 MB.",
        megabytes=MAX_BYTES // 1024 // 1024,
        millions=MAX_ELEMENTS // 1024 // 1024,
        levels=MAX_NESTING,
    )


def ends_early(position: int) -> NoReturn:
    """Raise the NetworkFileError for a file that was cut short; position: its length in bytes."""
    raise NetworkFileError(
        "The file ends too early, after {position} bytes: it was cut short. Please save or copy it again.",
        position=position,
    )


def printable(name: str) -> str:
    """A name from a file made safe to show: one line of at most 60 visible characters."""
    shown = "".join(character if character.isprintable() else "?" for character in name[:61])
    return shown if len(shown) <= 60 else shown[:59] + "…"
