"""The lock of a kept training: whatever goes wrong when it is brought back, it is free again."""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import MagicMock

import pytest
from kobai.errors import KobaiError
from kobai.files.checkpoint import dump_state, load_state
from support.files.hostile_backups import IMAGES, STATE, odd_arrays
from support.worker_doubles import finished

KEPT = {"owner": "another tab", "saved": "2026-11-24T18:00:00+00:00", "iteration": 2, "settings": None}
SLOT = "training:a"


class Held:
    """worker.storage.web_locks, with one tab."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    async def hold(self, name: str, _take_over: bool = False) -> Any:
        if name in self.names:
            return None
        self.names.add(name)
        return lambda: self.names.discard(name)


class Store:
    """The part of worker.storage.store.Store that a training is brought back from."""

    def __init__(self, data: bytes, about: dict[str, Any]) -> None:
        self.records = {SLOT: (data, about)}
        self.aside: dict[str, bytes] = {}  # slot -> bytes of what could not be read

    async def get(self, slot: str) -> Any:
        return self.records.get(slot)

    async def put(self, _slot: str, _data: None) -> None:
        raise OSError("the database is gone")

    def set_aside(self, slot: str) -> None:
        self.aside[slot] = self.records.pop(slot)[0]

    def about(self, slot: str) -> dict[str, Any]:
        return self.records[slot][1]


@pytest.fixture
def session_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """(session, locks) in which `data` and `about` are kept; the browser's modules are stand-ins."""
    for name in ("js", "pyodide", "pyodide.ffi", "pyodide_js", "pyscript"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    for name in [name for name in sys.modules if name.startswith("worker.")]:
        monkeypatch.delitem(sys.modules, name)
    from worker.panels.run import Run
    from worker.session import Session
    from worker.storage import training_slots, web_locks

    def made(data: bytes, about: dict[str, Any]) -> tuple[Any, Held]:
        held = Held()
        monkeypatch.setattr(web_locks, "hold", held.hold)
        session: Any = Session.__new__(Session)
        session.store = Store(data, about)
        session.runs = training_slots.TrainingSlots(session.store)
        session.run = session.engine = None
        session.x_train, session.t_train = session.x_test, session.t_test = IMAGES
        session.restore = Run(session).restore
        return session, held

    yield made
    for name in [name for name in sys.modules if name.startswith("worker.")]:
        monkeypatch.delitem(sys.modules, name)


def with_keys(count: int) -> bytes:
    settings, arrays = load_state(STATE)
    rest = {name: array for name, array in arrays.items() if name not in ("version", "settings")}
    return dump_state(settings, rest | dict(odd_arrays())[f"{count} random keys"])


def test_a_training_with_623_random_keys_is_refused_and_its_lock_is_free(session_of: Any) -> None:
    session, held = session_of(with_keys(623), KEPT)
    with pytest.raises(KobaiError, match="damaged and cannot be continued"):
        finished(session.restore("a"))
    assert held.names == set()


@pytest.mark.parametrize("about", [{}, {"owner": None}, {"saved": "x"}, "x", None], ids=str)
def test_a_training_with_a_damaged_record_leaves_its_lock_free(session_of: Any, about: Any) -> None:
    session, held = session_of(STATE, about)
    with pytest.raises((KobaiError, KeyError, TypeError)):
        finished(session.restore("a"))
    assert held.names == set()


def test_a_training_that_cannot_be_deleted_leaves_its_lock_free(session_of: Any) -> None:
    session, held = session_of(STATE, KEPT)
    with pytest.raises(OSError, match="gone"):
        finished(session.runs.delete("a"))
    assert held.names == set()


def test_a_training_that_is_gone_leaves_its_lock_free(session_of: Any) -> None:
    session, held = session_of(STATE, KEPT)
    session.store.records.clear()
    with pytest.raises(KobaiError, match="no longer kept"):
        finished(session.restore("a"))
    assert held.names == set()


@pytest.mark.parametrize(
    "message",
    [
        "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.",
        "iterator is too large",
        "Maximum allowed dimension exceeded",
        "Maximum allowed size exceeded",
    ],
)
def test_what_numpy_refuses_on_32_bits_is_too_little_memory(session_of: Any, message: str) -> None:
    from worker import rpc

    rpc.to_js = list  # type: ignore[assignment]

    def compute() -> None:
        raise ValueError(message)

    (reply,) = finished(rpc.exported(compute)())
    assert "There is not enough memory for this" in reply


def test_any_other_value_error_stays_one(session_of: Any) -> None:
    from worker import rpc

    def compute() -> None:
        raise ValueError("shapes do not fit")

    with pytest.raises(ValueError, match="shapes"):
        finished(rpc.exported(compute)())
