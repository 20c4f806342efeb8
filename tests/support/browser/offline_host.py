"""A host that can be switched off, and that puts out another version of the site."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sitebuild.assemble import offline_manifest
from sitebuild.assemble.precompress import is_copy
from sitebuild.server import make_server
from support.browser.faulty_server import BASE_PATH, FaultyHandler, Site
from support.reference import ROOT

LARGE = 1_000_000  # bytes; such files are linked, not copied: no version here changes them
EDITION = (
    ":root { --edition: second; }\n"  # what the second version has in its style sheet and the first has not
)


class Host(Site):
    """A Site whose folder may change, on a port that stays."""

    def __init__(self, folder: Path) -> None:
        super().__init__("")
        self.folder = folder
        self._handler = type("Handler", (SwitchedHandler,), {"site": self})
        self._port = 0
        self.switch_on()

    def switch_on(self) -> None:
        self.on = True
        self._server = make_server(self.folder, BASE_PATH, self._port, handler=self._handler)
        self._port = self._server.server_port
        self.address = f"http://127.0.0.1:{self._port}{BASE_PATH}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def switch_off(self) -> None:
        """No connection is answered any more, and none is taken."""
        self.on = False
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class SwitchedHandler(FaultyHandler):
    site: Host

    def answer(self) -> None:
        if self.site.on:
            self.directory = self.site.folder.resolve()
            super().answer()
        else:
            self.close_connection = True  # one that was open when the host was switched off


@contextmanager
def hosting(folder: Path) -> Iterator[Host]:
    host = Host(folder)
    try:
        yield host
    finally:
        host.closing.set()
        host.let_go.set()
        if host.on:
            host.switch_off()


def second_version(first: Path, folder: Path) -> Path:
    """A copy of a built site with another style sheet and title, as the build would have made it."""

    def copy(source: str, target: str) -> None:
        (os.link if Path(source).stat().st_size > LARGE else shutil.copyfile)(source, target)

    shutil.copytree(first, folder, copy_function=copy)
    for path in [path for path in folder.rglob("*.gz") if is_copy(path)]:
        path.unlink()
    (folder / offline_manifest.NAME).unlink()
    version = offline_version(first)
    for name in offline_manifest.STAMPED:
        mark = offline_manifest.VERSION_MARK.decode()
        text = (folder / name).read_text(encoding="utf-8").replace(version, mark)
        (folder / name).write_text(text.replace("<title>Kobai 勾配", "<title>Second Kobai"), encoding="utf-8")
    shutil.copyfile(ROOT / "web" / offline_manifest.WORKER, folder / offline_manifest.WORKER)
    with (folder / "css" / "base.css").open("a", encoding="utf-8") as sheet:
        sheet.write(EDITION)
    offline_manifest.write(folder)
    return folder


def offline_version(site: Path) -> str:
    return json.loads((site / offline_manifest.NAME).read_text(encoding="utf-8"))["version"]
