"""Files kept by their SHA-256 in the user's cache folder."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_inside_gzip(path: Path) -> str:
    """The SHA-256 of what a gzip file holds, "" when it is broken.

    A gzip file's own hash depends on the zlib at hand, its content's does not.
    """
    digest = hashlib.sha256()
    try:
        with gzip.open(path) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return ""
    return digest.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write a file that appears under its name complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o644)  # mkstemp gives 0600
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Cache:
    """A folder of files named by the SHA-256 of their content (`<hash>.gz`: of what is inside)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._verified: set[Path] = set()

    def path(self, sha256: str, *, gzipped: bool = False) -> Path:
        """Where the file with this hash is, or would be."""
        return self.folder / (f"{sha256}.gz" if gzipped else sha256)

    def find(self, sha256: str, *, gzipped: bool = False) -> Path | None:
        """The file with this hash, or None; a file whose content is not what its name says is deleted."""
        path = self.path(sha256, gzipped=gzipped)
        if path in self._verified:
            return path
        if not path.is_file():
            return None
        if (sha256_inside_gzip(path) if gzipped else sha256_of(path)) != sha256:
            path.unlink()
            return None
        self._verified.add(path)
        return path
