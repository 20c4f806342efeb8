"""offline.json: the files of this version of the site, with their hashes; and its name where it is asked for.

The service worker (web/service-worker.js) keeps and checks the files by it. docs/offline.md tells how.
"""

from __future__ import annotations

import hashlib
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..errors import BuildError
from ..fetch.cache import sha256_inside_gzip, sha256_of

NAME = "offline.json"
WORKER = "service-worker.js"
READING = "js/offline_copy.js"  # a part of the worker, and a script of its own for Python's worker
VERSION_MARK, READING_MARK = b"{{version}}", b"// {{offline_copy.js}}"
STAMPED = ("index.html",)  # the page knows which version it is of, and names it to Python's worker
DIGITS = 32  # hexadecimal, of a version: enough that nobody finds another list of files with the same

# A file belongs to the first group with a matching pattern: "core" is kept at the first visit, the others
# when they are first needed or asked for.
GROUPS = (
    ("training", ("data/train-*",)),
    ("core", ("pyodide/numpy-*.whl",)),
    ("figure", ("pyodide/*.whl",)),
    ("core", ("*",)),
)


def group_of(name: str) -> str:
    """The group of a file, named by its path below the site with forward slashes."""
    return next(group for group, patterns in GROUPS if any(fnmatchcase(name, each) for each in patterns))


def write(site: Path) -> None:
    """Write offline.json, whose hash is the version, and the version into the page and the service worker.

    Nothing may be written afterwards but copies that no browser asks for by name. Raises BuildError when a
    part of the service worker is missing.
    """
    worker = site / WORKER
    if not worker.is_file():
        raise BuildError(f"web/{WORKER} is missing: restore it from git.")
    paths = sorted(path for path in site.rglob("*") if path.is_file() and path != worker)
    files = {}
    for path in paths:
        name = path.relative_to(site).as_posix()
        files[name] = _entry(name, path)
    text = _json(files)
    version = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
    manifest = f'{{"files":{text},"version":{_json(version)}}}'
    (site / NAME).write_text(manifest, encoding="utf-8", newline="\n")
    for path in [site / name for name in STAMPED if name in files] + [worker]:
        path.write_bytes(path.read_bytes().replace(VERSION_MARK, version.encode()))
    _put_in_reading(worker)


def _json(value: object) -> str:
    """As JSON.stringify writes it: the service worker makes the hash anew from what it has read."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _entry(name: str, path: Path) -> dict[str, object]:
    """What is known of a file; one that will name the version is hashed before it does."""
    entry: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": sha256_of(path), "group": group_of(name)}
    if name in STAMPED:
        entry["bytes"] += path.read_bytes().count(VERSION_MARK) * (DIGITS - len(VERSION_MARK))
        entry["stamped"] = True
    if path.suffix == ".gz":
        entry["unpacked"] = sha256_inside_gzip(path)  # some hosts unpack .gz files on the way
    return entry


def _put_in_reading(worker: Path) -> None:
    lines = worker.read_bytes().splitlines(keepends=True)
    for index, line in enumerate(lines):
        if line.startswith(READING_MARK):
            part = worker.parent / READING
            if not part.is_file():
                raise BuildError(f"web/{READING} is missing: restore it from git.")
            lines[index] = part.read_bytes()
    worker.write_bytes(b"".join(lines))
