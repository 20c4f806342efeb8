"""The site's own server, with faults that a test declares for single files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from sitebuild.server import SiteHandler, make_server

MISSING = "missing"  # 404
CORRUPT = "corrupt"  # all bytes there, those in the middle changed
TRUNCATED = "truncated"  # a complete answer with the first half of the file
CUT = "cut"  # the connection ends in the middle of the file
CUT_LATER = "cut later"  # half of the file; the connection ends when the test lets it go
CUT_ONCE = "cut once"  # cut, the first time that it is asked for
RESUMED = "resumed"  # cut the first time; then the host sends the rest that is asked for
SLOW = "slow"  # a piece at a time, for about three seconds
HELD = "held"  # answered as it should be, once the test lets it go
SILENT = "silent"  # accepted, never answered

PIECES, PAUSE = 20, 0.15  # of a slow file; seconds before each

BASE_PATH = "/kobai/"  # below a sub-path, as on GitHub Pages


class Site:
    """A running server: its address and the faults it has now."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.faults: dict[str, str] = {}  # a part of a file's path -> one of the faults above
        self.changed: dict[str, Callable[[bytes], bytes]] = {}  # a part of a path -> what is sent
        self.asked: list[str] = []  # of the files that were cut: the Range of each request
        self.closing = threading.Event()
        self.let_go = threading.Event()  # of what is to be cut later, or held

    def mend(self) -> None:
        self.faults.clear()
        self.changed.clear()

    def fault_of(self, path: str) -> str | None:
        return next((fault for part, fault in self.faults.items() if part in path), None)


class FaultyHandler(SiteHandler):
    site: Site

    def find(self, below: str) -> Path | None:
        if self.site.fault_of(below) == MISSING:
            return None
        return super().find(below)

    def send_file(self, file: Path) -> None:
        for part, change in self.site.changed.items():
            if part in file.as_posix():
                self.send_bytes(change(file.read_bytes()), self.type_of(file))
                return
        fault = self.site.fault_of(file.as_posix())
        if fault is None:
            super().send_file(file)
            return
        if fault in (CUT_ONCE, RESUMED):
            self.site.asked.append(self.headers.get("Range", ""))
            if len(self.site.asked) > 1:
                (self.send_rest if fault == RESUMED else super().send_file)(file)
                return
            fault = CUT
        if fault == SILENT:
            self.site.closing.wait()
            self.close_connection = True
            return
        if fault == HELD:
            self.site.let_go.wait()
            super().send_file(file)
            return
        content = file.read_bytes()
        if fault == SLOW:
            self.send_slowly(file, content)
            return
        half = len(content) // 2
        if fault == CORRUPT:
            content = (
                content[: half // 2]
                + bytes(byte ^ 0x55 for byte in content[half // 2 : half])
                + content[half:]
            )
        is_cut = fault in (CUT, CUT_LATER)
        sent = content[:half] if is_cut or fault == TRUNCATED else content
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.type_of(file))
        self.send_header("Content-Length", str(len(content) if is_cut else len(sent)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)
        if fault == CUT_LATER:
            self.wfile.flush()
            self.site.let_go.wait()
        if is_cut:
            self.close_connection = True

    def send_slowly(self, file: Path, content: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.type_of(file))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        size = max(1, len(content) // PIECES)
        for start in range(0, len(content) if self.command != "HEAD" else 0, size):
            if self.site.closing.wait(PAUSE):
                return
            self.wfile.write(content[start : start + size])

    def send_rest(self, file: Path) -> None:
        start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        content = file.read_bytes()
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.type_of(file))
        self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])

    def send_bytes(self, content: bytes, content_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@contextmanager
def serving(directory: Path):
    """A Site for the folder while the block runs."""
    site = Site("")
    handler = type("Handler", (FaultyHandler,), {"site": site})
    server = make_server(directory, base_path=BASE_PATH, port=0, handler=handler)
    site.address = f"http://127.0.0.1:{server.server_address[1]}{BASE_PATH}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        site.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
