"""The build as a whole: parts, assembly, sizes; and whether a former build still stands for the sources."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from .assemble import assemble, size_budget
from .assemble.versions import files_of
from .fetch.cache import Cache, replacing
from .fetch.parts import collect, load_parts
from .project import Project, user_cache_folder

STAMP = "built.json"  # in .cache: what dist/ was made from
SOURCES = ("web", "static", "py/page", "py/worker", "py/kobai", "py/sitebuild", "py/protocol.py")


def build(project: Project, out: Path, base_path: str, pyodide_from: str | None = None) -> None:
    """Fetch what is lacking, write the site to `out`, print its sizes.

    Raises BuildError when something is lacking, wrong or too large; `out` is then what it was before.
    """
    parts = load_parts()
    cache = Cache(user_cache_folder())
    sources = fingerprint_of(project, base_path)  # before reading them: a later edit must not count as built
    collect(project, cache, parts, pyodide_from)
    with assemble.aside(project, out) as new:
        assemble.fill(project, cache, parts, new, base_path)
        weights = size_budget.measure(new)
        print(size_budget.table(weights))
        size_budget.check(weights)
    assemble.copy_mnist_for_tests(project, out)
    if out == project.dist:
        with replacing(project.work / STAMP) as file:
            file.write(state(sources, out))
    print(f"Built {out}", flush=True)


def build_when_needed(project: Project, base_path: str) -> None:
    """Build dist/, unless it is whole and was made from the sources as they are."""
    stamp = project.work / STAMP
    if not stamp.is_file() or stamp.read_bytes() != state(fingerprint_of(project, base_path), project.dist):
        build(project, project.dist, base_path)


def state(sources: str, out: Path) -> bytes:
    """What a build was made from and what it consists of, to be compared with a later state."""
    return json.dumps({"sources": sources, "files": listing(out)}, sort_keys=True).encode()


def fingerprint_of(project: Project, base_path: str) -> str:
    """A hash over everything of this clone that goes into the site."""
    digest = hashlib.sha256(base_path.encode())
    for source in SOURCES:
        for path in files_of(project.root / source):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(project.root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def listing(folder: Path) -> dict[str, list[int]]:
    """Size and time of every file, to notice a folder that was changed by hand."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns] for path in files
    }
