"""One version in the page, its modules and the worker's library: a mixture of two builds is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

PLACE = b"not built"  # in the sources: where the version is put
FOLDERS = ("web", "py/page", "py/worker", "py/kobai")


def of(root: Path) -> bytes:
    """Twelve hexadecimal digits of a hash over what the page and the worker are made from."""
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(root).as_posix()
                digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12].encode()
