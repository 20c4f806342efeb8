"""The linter of the JavaScript in web/ and beside it: Biome, as tests/lint/package-lock.json pins it."""

from __future__ import annotations

import subprocess

from ..errors import BuildError
from ..fetch import npm
from ..project import Project

UNPACKED = 97_000_000  # bytes, for the progress display only
FOLDERS = ("web", "py/sitebuild", "tests/bench/harness")  # tests/lint/biome.json names the files within


def run(project: Project) -> tuple[bool, str]:
    """Whether the linter finds nothing, and why it was not run where it cannot be had."""
    try:
        node = npm.check_node()
        folder = npm.install_tools(
            project, "tests/lint", "lint", what="the JavaScript linter", total=UNPACKED
        )
    except BuildError as error:
        return False, str(error)
    biome = folder / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"
    command = [node, str(biome), "lint", "--config-path=tests/lint", "--error-on-warnings", *FOLDERS]
    return subprocess.run(command, cwd=project.root, check=False).returncode == 0, ""
