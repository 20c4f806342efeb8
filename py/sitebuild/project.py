"""Where things lie: the project's folders and the user's cache folder."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """The folders of one clone; the build writes to `work`, `dist`, `venv` and `node_modules` only."""

    root: Path

    @property
    def work(self) -> Path:
        """What the build and the tests leave for themselves."""
        return self.root / ".cache"

    @property
    def dist(self) -> Path:
        """The built site."""
        return self.root / "dist"

    @property
    def venv(self) -> Path:
        """The virtual environment of the tests."""
        return self.root / ".venv"

    @property
    def node_modules(self) -> Path:
        """The packages of npm."""
        return self.root / "node_modules"


def user_cache_folder() -> Path:
    """The folder that all clones on this machine share; KOBAI_CACHE overrides the system's habit."""
    override = os.environ.get("KOBAI_CACHE")
    if override:
        return Path(override).expanduser().absolute()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "kobai"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kobai"
    base = os.environ.get("XDG_CACHE_HOME")
    # the XDG specification says that a relative path is to be ignored
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache") / "kobai"
