"""A gzipped copy beside each large file, for hosts that can send it in the file's stead.

Our own server does, as do nginx (gzip_static) and Caddy (precompressed); other hosts never look at them.
"""

from __future__ import annotations

import gzip
from pathlib import Path

COMPRESSIBLE = (".wasm", ".mjs", ".js", ".json", ".css", ".html")
LEAST = 20_000  # bytes; below, a second file is not worth its name


def write(site: Path) -> None:
    """Write X.gz beside every large X of the site; the same files give the same bytes."""
    for path in sorted(site.rglob("*")):
        if path.suffix in COMPRESSIBLE and path.is_file() and path.stat().st_size >= LEAST:
            compressed_copy(path).write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def compressed_copy(path: Path) -> Path:
    """The place of the gzipped copy of a file."""
    return path.with_name(path.name + ".gz")


def is_copy(path: Path) -> bool:
    """Whether this is such a copy, and not a file of its own."""
    return path.suffix == ".gz" and path.with_suffix("").is_file()
