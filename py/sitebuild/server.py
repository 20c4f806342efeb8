"""A small static server, like the hosts the site is meant for: one sub-path, no special headers."""

from __future__ import annotations

import errno
import mimetypes
import shutil
import sys
import urllib.parse
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .assemble.precompress import compressed_copy
from .errors import BuildError

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".pkl": "application/octet-stream",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/octet-stream",
    ".zip": "application/zip",
}


class SiteHandler(BaseHTTPRequestHandler):
    """GET and HEAD for the files below `directory`, seen below `base_path`.

    Tests subclass it: `find(path)` maps a path below the base to a file, `send_file(file)` answers with it.
    """

    protocol_version = "HTTP/1.1"
    server_version = "kobai"
    sys_version = ""

    def __init__(self, *args: Any, directory: Path, base_path: str, **kwargs: Any) -> None:
        self.directory = directory
        self.base_path = base_path
        super().__init__(*args, **kwargs)  # answers the request before it returns

    def do_GET(self) -> None:
        """Answer a request with the file."""
        self.answer()

    def do_HEAD(self) -> None:
        """Answer a request with what a file's answer begins with."""
        self.answer()

    def answer(self) -> None:
        """Send the file that the address names, lead to the base path, or say that there is none."""
        path, _, query = self.path.partition("?")
        path = urllib.parse.unquote(path)
        if path + "/" == self.base_path:
            self.redirect(self.base_path + (f"?{query}" if query else ""))
            return
        if not path.startswith(self.base_path):
            self.send_missing()
            return
        below = path[len(self.base_path) :]
        file = self.find(below)
        if file is None:
            self.send_missing()
        elif file.is_dir():
            self.redirect(urllib.parse.quote(f"{self.base_path}{below}/") + (f"?{query}" if query else ""))
        else:
            self.send_file(file)

    def find(self, below: str) -> Path | None:
        """The file (or a folder that lacks its slash) for a decoded path below the base, or None."""
        *folders, name = below.split("/")
        if "\\" in below or "\0" in below or name in (".", "..") or {"", ".", ".."}.intersection(folders):
            return None
        file = self.directory.joinpath(*folders, name or "index.html")
        try:
            # a symbolic link or a drive letter must not lead out of the site either
            inside = file.resolve().is_relative_to(self.directory)
            return file if inside and file.exists() else None
        except OSError:  # a name longer than the file system allows
            return None

    def send_file(self, file: Path) -> None:
        """Send a file, or its gzipped copy where the browser takes that."""
        content_type = self.type_of(file)
        copy = compressed_copy(file)
        compressed = copy.is_file() and "gzip" in self.headers.get("Accept-Encoding", "")
        if compressed:
            file = copy
        info = file.stat()
        tag = f'"{info.st_mtime_ns:x}-{info.st_size:x}"'
        if tag in [
            known.strip().removeprefix("W/") for known in self.headers.get("If-None-Match", "").split(",")
        ]:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        if copy.is_file():
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(info.st_size))
        self.send_header("Last-Modified", formatdate(info.st_mtime, usegmt=True))
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        if self.command != "HEAD":
            with file.open("rb") as source:
                shutil.copyfileobj(source, self.wfile, 1 << 18)

    def send_missing(self) -> None:
        """The site's own 404.html with status 404, as GitHub Pages answers."""
        page = self.directory / "404.html"
        content = page.read_bytes() if page.is_file() else b"Not found\n"
        self.send_response(HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", TYPES[".html"] if page.is_file() else TYPES[".txt"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def redirect(self, target: str) -> None:
        """Lead the browser to another address for good."""
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @staticmethod
    def type_of(file: Path) -> str:
        """The MIME type of a file."""
        return TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the page itself says what is missing."""


class SiteServer(ThreadingHTTPServer):
    """A thread a connection; a browser that goes away in the middle of a file is no event."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"  # where it would share a port with another program

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print an error, unless the browser has only gone away."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def make_server(
    directory: Path | str,
    base_path: str = "/",
    port: int = 0,
    host: str = "127.0.0.1",
    handler: type[SiteHandler] = SiteHandler,
) -> SiteServer:
    """A server for a built site, bound but not yet serving; port 0 takes any free one.

    Raises BuildError when the port cannot be had.
    """
    bound = partial(handler, directory=Path(directory).resolve(), base_path=base_path)
    try:
        return SiteServer((host, port), bound)
    except OverflowError as error:
        raise BuildError(f"Port {port} does not exist: choose one from 1024 to 65535 with --port.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BuildError(
                f"Port {port} is in use by another program: stop it or take another with --port {port + 1}."
            ) from error
        if error.errno == errno.EACCES:
            raise BuildError(
                f"Port {port} is reserved by the system: choose another with --port 8000."
            ) from error
        raise
