"""Checks of values that were stored and are read again; each function returns the value ready for use.

All raise TypeError or ValueError for anything that the page does not write.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import asdict
from typing import Any

from ..settings import Settings
from .json_reader import read_json

MOST_BYTES = 16_000_000  # of a JSON text; 100,000 accuracies are 5 million
MOST_VALUES = 1_000_000  # in such a text
MOST_ITERATIONS = 1_000_000
MOST_HISTORY = 2000  # points of the loss curve that is kept with a network


def from_json(text: Any, most_bytes: int = MOST_BYTES) -> Any:
    """The value in a JSON text."""
    if not isinstance(text, str):
        raise TypeError
    return read_json(text.encode(), most_bytes, MOST_VALUES)


def mapping(found: Any) -> dict[str, Any]:
    """Check for a JSON object: a dict."""
    if not isinstance(found, dict):
        raise TypeError
    return found


def sequence(found: Any, most: int = MOST_ITERATIONS) -> list[Any]:
    """Check for a JSON array: a list of at most `most` values."""
    if not isinstance(found, list):
        raise TypeError
    if len(found) > most:
        raise ValueError
    return found


def text(found: Any, longest: int) -> str:
    """Check for a str that can be written to a file as UTF-8."""
    if not isinstance(found, str):
        raise TypeError
    if len(found) > longest:
        raise ValueError
    found.encode()  # half a pair of UTF-16 is none
    return found


def moment(found: Any) -> str:
    """Check for a moment in ISO 8601 with its time zone."""
    read = datetime.datetime.fromisoformat(text(found, 40))
    if read.tzinfo is None:
        raise ValueError
    return read.isoformat()


def count(found: Any, most: int = MOST_ITERATIONS) -> int:
    """Check for a whole number from 0 to `most`."""
    if type(found) is not int:
        raise TypeError
    if not 0 <= found <= most:
        raise ValueError
    return found


def yes_or_no(found: Any) -> bool:
    """Check for a bool."""
    if type(found) is not bool:
        raise TypeError
    return found


def number(found: Any, least: float = -math.inf, most: float = math.inf) -> float:
    """Check for a finite number from `least` to `most`; returns a float."""
    if type(found) not in (int, float):
        raise TypeError
    if not math.isfinite(found) or not least <= found <= most:
        raise ValueError
    return float(found)


def settings(found: Any) -> dict[str, Any]:
    """Check for the settings of a training, every one of them. SettingsError when one is out of range."""
    read = asdict(Settings(**mapping(found)))
    if set(read) != set(found):
        raise ValueError
    return read


def history(found: Any) -> dict[str, Any]:
    """Check for a history as TrainingRun.history in the worker makes it.

    It holds means of the loss over stretches of iterations, and accuracies [i, train, test].
    """
    mapping(found)
    ends = [count(each) for each in sequence(found["iterations"], MOST_HISTORY)]
    losses = [number(each) for each in sequence(found["losses"], MOST_HISTORY)]
    accuracies = [[count(i), number(a), number(b)] for i, a, b in sequence(found["accuracies"])]
    grows = all(end > before for before, end in zip([0, *ends], ends, strict=False))
    if not grows or len(ends) != len(losses):
        raise ValueError
    return {"iterations": ends, "losses": losses, "accuracies": accuracies}
