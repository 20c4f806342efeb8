"""`build.py bench`: prepares what the benchmark of tests/bench needs, and runs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .. import site
from ..errors import BuildError
from ..fetch import npm
from ..project import Project
from . import browser, testing

UNPACKED = 285_000_000  # bytes of TensorFlow.js, for the progress display only


def fetch_tensorflow(project: Project) -> None:
    """TensorFlow.js into .cache/bench, unless it is there already; it is never shipped."""
    npm.install_tools(project, "tests/bench", "bench", what="TensorFlow.js", total=UNPACKED)


def run(project: Project, quick: bool, before: str | None) -> int:
    """Measure, print the tables, write docs/benchmarks.md unless quick; returns the exit code."""
    if before and not (Path(before) / "index.html").is_file():
        raise BuildError(f"{before} holds no built site: make one with build.py build --out {before}.")
    arguments = ["--quick"] if quick else []
    arguments += ["--before", str(Path(before).absolute())] if before else []
    testing.prepare_environment(project)
    fetch_tensorflow(project)
    return _module(project, "bench.run", arguments)


def use_for_long(project: Project, minutes: float) -> int:
    """Use the page for so long, print what it holds in memory; returns the exit code."""
    testing.prepare_environment(project)
    return _module(project, "bench.long_use", [str(minutes)])


def _module(project: Project, name: str, arguments: list[str]) -> int:
    python = testing.tool(project, "python")
    folders = ("py", "tests")
    environment = os.environ | {
        "KOBAI_CHROMIUM": browser.find(python),
        "PYTHONPATH": os.pathsep.join(str(project.root / folder) for folder in folders),
        "PYTHONPYCACHEPREFIX": str(project.work / "pycache"),
    }
    site.build_when_needed(project, "/")
    command = [python, "-m", name, *arguments]
    return subprocess.run(command, cwd=project.root, env=environment, check=False).returncode
