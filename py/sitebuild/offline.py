"""offline.json: the files of this version of the site, with their hashes; and its name where it is asked for.

The service worker (web/service-worker.js) keeps and checks the files by it. docs/offline.md tells how.
"""

from __future__ import annotations

import hashlib
import json
from fnmatch import fnmatchcase
from pathlib import Path

from .cache import sha256_inside_gzip, sha256_of
from .errors import BuildError

NAME = "offline.json"
WORKER = "service-worker.js"
VERSION_MARK, MANIFEST_MARK = "{{version}}", "{{manifest}}"
STAMPED = ("index.html", "python.json")  # the page and its worker know which version they are of

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


def version_of(hashes: dict[str, str]) -> str:
    """A name for the content: the same for the same files, another one when any file is another."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def write(site: Path) -> None:
    """Stamp the version into the assembled site, write offline.json, and tell the worker of both.

    Nothing may be written afterwards but copies that no browser asks for by name.
    """
    worker = site / WORKER
    if not worker.is_file():
        raise BuildError(f"web/{WORKER} is missing: restore it from git.")
    paths = sorted(path for path in site.rglob("*") if path.is_file() and path != worker)
    names = {path.relative_to(site).as_posix(): path for path in paths}
    # the version is made before it is written into two of the files that it is made of
    version = version_of({name: sha256_of(path) for name, path in names.items()})
    for name in STAMPED:
        if name in names:
            _replace(names[name], {VERSION_MARK: version})
    files = {name: _entry(name, path) for name, path in names.items()}
    manifest = json.dumps({"version": version, "files": files}, sort_keys=True, separators=(",", ":"))
    (site / NAME).write_text(manifest, encoding="utf-8", newline="\n")
    _replace(worker, {VERSION_MARK: version, MANIFEST_MARK: sha256_of(site / NAME)})


def _entry(name: str, path: Path) -> dict[str, object]:
    entry = {"bytes": path.stat().st_size, "sha256": sha256_of(path), "group": group_of(name)}
    if path.suffix == ".gz":
        entry["unpacked"] = sha256_inside_gzip(path)  # some hosts unpack .gz files on the way
    return entry


def _replace(path: Path, values: dict[str, str]) -> None:
    text = path.read_bytes()
    for mark, value in values.items():
        text = text.replace(mark.encode(), value.encode())
    path.write_bytes(text)
