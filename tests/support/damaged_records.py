"""Records of the browser's storage as the page writes them, and damaged in every way that one value can be.

Used by the unit tests (under CPython, all of them) and by the end-to-end tests (in one visit).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

SETTINGS: dict[str, Any] = {
    "hidden_size": 20, "batch_size": 100, "learning_rate": 0.1, "weight_init_std": 0.01, "iterations": 30,
    "seed": 3, "gradient": "backpropagation", "engine": "fast", "normalize": True, "train_size": 60_000,
}  # fmt: skip
NETWORK: dict[str, Any] = {
    "id": "", "origin": "kept", "name": "mine.pkl", "layers": [784, 20, 10], "parameters": 15910,
    "activation": "sigmoid", "says_activation": True, "normalize": True, "iterations": 30,
    "settings": SETTINGS, "accuracy": 0.5, "bytes": 127_000, "stored": True,
    "date": "2026-11-24T18:00:00+00:00",
    "history": {"iterations": [15, 30], "losses": [2.3, 2.2], "accuracies": [[1, 0.1, 0.2]]},
}  # fmt: skip
TRAINING: dict[str, Any] = {
    "owner": None, "saved": "2026-11-24T18:00:00.123+00:00", "iteration": 30, "settings": SETTINGS,
}  # fmt: skip
CHOICES: dict[str, Any] = {"settings": SETTINGS, "current": "shipped", "beside": None, "code": "print(1)\n"}
DIGIT: dict[str, Any] = {
    "image": None, "centred": True,
    "changes": [["shift", 0, 1], ["thicken"], ["erase", [3, 4], [3, 5]], ["noise", 0], ["rotate", -5]],
}  # fmt: skip
STROKES = b'[{"points": [{"x": 100, "y": 80}, {"x": 120, "y": 200}]}]'

DEEP = "[" * 8000 + "]" * 8000
JUNK = (  # instead of all that is written about a record, as JSON text
    "", "x", '"x"', "{}", "[]", "null", "7", "NaN", "{", '{"id": NaN}', DEEP,
    '{"a": ' * 8000 + "1" + "}" * 8000,
    "[" * 2000, '{"\\ud800": 1}', "\x00",
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, -1, 10**30, 0.5, float("nan"), float("inf"), "", "x", "\ud800", "NaN", [], [[]], {},
    {"a": 1}, "y" * 200,
)  # fmt: skip


def same_json(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def damaged(about: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(what was done, JSON text) for each value at any depth: removed, and in turn replaced by all others."""
    for path in _paths(about):
        said = ".".join(map(str, path))
        yield f"{said} removed", json.dumps(_changed(about, path, None, remove=True))
        for other in OTHERS:
            changed = _changed(about, path, other)
            if not same_json(changed, about):
                yield f"{said} = {other!r:.20}", json.dumps(changed)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, each in inside:
        yield (*before, key)
        yield from _paths(each, (*before, key))


def _changed(about: dict[str, Any], path: tuple[Any, ...], other: Any, remove: bool = False) -> Any:
    new = copy.deepcopy(about)
    place: Any = new
    for key in path[:-1]:
        place = place[key]
    if remove:
        del place[path[-1]]
    else:
        place[path[-1]] = other
    return new
