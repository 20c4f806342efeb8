"""One version in the page, its modules and the worker's library: a mixture of two builds is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

PLACE = b"not built"  # in the sources: where the version is put
SOURCES = ("web", "py/page", "py/worker", "py/kobai", "py/protocol.py")


def of(root: Path) -> bytes:
    """Twelve hexadecimal digits of a hash over what the page and the worker are made from."""
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in files_of(root / source):
            name = path.relative_to(root).as_posix()
            digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12].encode()


def files_of(source: Path) -> list[Path]:
    """A file itself, or all files below a folder, but for compiled Python."""
    found = [source] if source.is_file() else sorted(source.rglob("*"))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
