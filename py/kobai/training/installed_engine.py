"""The compiled engine.c of an installed kobai (`pip install .` takes it along where it has been built)."""

from __future__ import annotations

from pathlib import Path

from .c_engine import Engine, load

FILE = Path(__file__).with_name("kobai_engine.so")  # put there by setup.py


def installed_engine() -> Engine | None:
    """The engine for `Trainer(..., engine=...)`; None when this installation has none.

    Raises EngineError when the file is there but cannot be loaded on this machine.
    """
    return load(FILE) if FILE.is_file() else None
