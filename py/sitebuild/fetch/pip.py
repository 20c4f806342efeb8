"""Fetch pinned wheels by `pip download`, with the hashes of a requirements file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import BuildError
from ..project import Project
from . import watched
from .part import Part


@contextmanager
def downloaded(project: Project, requirements: str, *, what: str, total: int) -> Iterator[Path]:
    """A folder with the wheels that `requirements` (a file in the root) pins; it goes afterwards."""
    wanted = [
        "--ignore-requires-python",
        "--require-hashes",
        "--requirement",
        str(project.root / requirements),
    ]
    with _downloaded(project, [wanted], what=what, total=total) as wheels:
        yield wheels


@contextmanager
def version_downloaded(project: Project, name: str, version: str, platforms: Sequence[str]) -> Iterator[Path]:
    """A folder with one version's wheels for these platforms (none: for any), whatever their hashes."""
    chosen = [["--platform", platform] for platform in platforms] or [["--ignore-requires-python"]]
    wanted = [[*options, f"{name}=={version}"] for options in chosen]
    with _downloaded(project, wanted, what=f"{name} {version}, if PyPI has that version,", total=0) as wheels:
        yield wheels


@contextmanager
def _downloaded(project: Project, wanted: list[list[str]], *, what: str, total: int) -> Iterator[Path]:
    """A folder with what `pip download` brings for each list of arguments; it goes afterwards."""
    if subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
    ).returncode:
        raise BuildError(
            f"{sys.executable} has no pip: install it (Debian: apt install python3-pip) and try again."
        )
    project.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="pip-", dir=project.work))
    try:
        wheels, unfinished = folder / "wheels", folder / "unfinished"
        unfinished.mkdir()
        for arguments in wanted:
            watched.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
                 "--no-cache-dir", "--disable-pip-version-check", "--dest", str(wheels), *arguments],
                what=what, cwd=project.root, watch=folder, total=total,
                env=dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(unfinished)),
            )  # fmt: skip
        yield wheels
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetch(project: Project, parts: list[Part], keep: Callable[[Part, Path], None]) -> None:
    """Hand the wheels that the build itself needs to `keep`."""
    total = sum(part.size for part in parts)
    with downloaded(
        project, "requirements-build.txt", what="the build's Python packages", total=total
    ) as wheels:
        for part in parts:
            keep(part, wheels / part.member)
