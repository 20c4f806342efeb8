"""The site, the harness and TensorFlow.js on one server, side by side below a sub-path."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sitebuild.server import SiteHandler, make_server

BASE_PATH = "/bench-of-kobai/"
LOADER = "pyodide/loader.mjs"
HARNESS = Path(__file__).resolve().parent


class BenchHandler(SiteHandler):
    """The first folder of a path names what is served: site, before, watched, bench or tfjs.

    `watched` is the site with a loader that keeps Pyodide at hand, for measuring its memory.
    """

    folders: dict[str, Path] = {}
    requested: set[str] = set()  # files of `site`, since it was last emptied

    def find(self, below: str) -> Path | None:
        room, _, path = below.partition("/")
        if room not in self.folders:
            return None
        self.directory = self.folders[room]
        if room == "watched" and path == LOADER:
            self.directory, path = HARNESS, "harness/watched_loader.mjs"
        elif room == "watched" and path == "pyodide/loader-as-built.mjs":
            path = LOADER
        file = super().find(path)
        if file is not None and room == "site":
            self.requested.add(file.relative_to(self.directory).as_posix())
        return file


@contextmanager
def serving(dist: Path, tfjs: Path, before: Path | None) -> Iterator[str]:
    """The address of a running server, ending in a slash."""
    BenchHandler.folders = {"site": dist, "watched": dist, "bench": HARNESS, "tfjs": tfjs}
    if before:
        BenchHandler.folders["before"] = before
    BenchHandler.folders = {room: folder.resolve() for room, folder in BenchHandler.folders.items()}
    with make_server(dist, BASE_PATH, handler=BenchHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
        server.shutdown()
