"""The site's own server, with faults that a test declares for single files."""

from __future__ import annotations

import re
import sys
import threading
import time
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
CUT_OFTEN = "cut often"  # like that again and again: each answer ends after a quarter of the file
LATE = "late"  # 503 for some seconds from the first request for it on
PORTAL = "portal"  # the login page of a network, in place of the file
SLOW = "slow"  # a piece at a time, for about three seconds
HELD = "held"  # answered as it should be, once the test lets it go
SILENT = "silent"  # accepted, never answered

PIECES, PAUSE = 20, 0.15  # of a slow file; seconds before each
DROPPED, BUSY = "dropped", "busy"  # how a host is away: connections end without an answer; 503
HOLD = 0.5  # seconds before a connection is cut: browsers drop what arrived and was not read yet
AWAY = 2.5  # seconds for which it is, or a file is late
TAG = '"as-built"'
LOGIN = b"<!doctype html><title>Guest network</title><form>Room number <input></form>"

BASE_PATH = "/kobai/"  # below a sub-path, as on GitHub Pages


class Site:
    """A running server: its address and the faults it has now."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.faults: dict[str, str] = {}  # a part of a file's path -> one of the faults above
        self.changed: dict[str, Callable[[bytes], bytes]] = {}  # a part of a path -> what is sent
        self.asked: list[tuple[str, str]] = []  # of the files that were cut: name and Range of each request
        self.types: dict[str, str] = {}  # a part of a path -> its Content-Type; "" for none
        self.outages: list[tuple[str, str]] = []  # (part of a path, how): away once that is asked for
        self._away = ("", 0.0)  # how, until when
        self._there: dict[str, float] = {}  # a file that is late -> when it is there
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self.let_go = threading.Event()  # of what is to be cut later, or held

    def mend(self) -> None:
        self.faults.clear()
        self.changed.clear()
        self.types.clear()

    def away(self, path: str) -> str:
        """How the host is away for this request; "" when it is there."""
        with self._lock:
            how, until = self._away
            if time.monotonic() < until:
                return how
            for part, how in self.outages:
                if part in path:
                    self.outages.remove((part, how))
                    self._away = (how, time.monotonic() + AWAY)
                    return how
            return ""

    def is_late(self, name: str) -> bool:
        with self._lock:
            return time.monotonic() < self._there.setdefault(name, time.monotonic() + AWAY)

    def fault_of(self, path: str) -> str | None:
        return next((fault for part, fault in self.faults.items() if part in path), None)


class FaultyHandler(SiteHandler):
    site: Site

    def answer(self) -> None:
        how = self.site.away(self.path)
        if how == DROPPED:
            self.close_connection = True
        elif how == BUSY:
            self.send_busy()
        else:
            super().answer()

    def send_busy(self) -> None:
        self.send_response(HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def type_of(self, file: Path) -> str:
        given = (kind for part, kind in self.site.types.items() if part in file.as_posix())
        return next(given, super().type_of(file))

    def send_header(self, keyword: str, value: str) -> None:
        if value or keyword != "Content-Type":
            super().send_header(keyword, value)

    def find(self, below: str) -> Path | None:
        if self.site.fault_of(below) == MISSING:
            return None
        return super().find(below)

    def send_file(self, file: Path) -> None:
        if self.site.types:
            del self.headers["If-None-Match"]  # a copy in the browser would keep the type that it came with
        for part, change in self.site.changed.items():
            if part in file.as_posix():
                self.send_bytes(change(file.read_bytes()), self.type_of(file))
                return
        fault = self.site.fault_of(file.as_posix())
        if fault == LATE:
            if self.site.is_late(file.name):
                self.send_busy()
                return
            fault = None
        if fault is None:
            super().send_file(file)
            return
        if fault == PORTAL:
            self.send_bytes(LOGIN, "text/html; charset=utf-8")
            return
        if fault in (CUT_ONCE, RESUMED, CUT_OFTEN):
            self.site.asked.append((file.name, self.headers.get("Range", "")))
        if fault == CUT_OFTEN:
            self.send_rest(file, at_most=file.stat().st_size // 4)
            return
        if fault in (CUT_ONCE, RESUMED):
            if [name for name, _ in self.site.asked].count(file.name) > 1:
                if fault == CUT_ONCE:
                    del self.headers["Range"]  # a host that knows none
                self.send_rest(file)
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
        self.send_header("ETag", TAG)
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

    def send_rest(self, file: Path, at_most: int = sys.maxsize) -> None:
        """From where the request says; the connection ends when so many bytes are sent."""
        asked = self.headers.get("Range")
        content = file.read_bytes()
        start, last = 0, len(content) - 1
        if asked:
            first, end = re.fullmatch(r"bytes=(\d+)-(\d*)", asked).groups()
            start, last = int(first), int(end or last)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
        self.send_header("Content-Type", self.type_of(file))
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last + 1 - start))
        self.send_header("ETag", TAG)
        self.end_headers()
        self.wfile.write(content[start : min(start + at_most, last + 1)])
        if start + at_most <= last:
            self.site.closing.wait(HOLD)
            self.close_connection = True

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
