"""Files of the site, fetched by the worker."""

import base64
from pathlib import Path

import js
from js import DecompressionStream, Response, fetch
from kobai.errors import KobaiError

GZIP = b"\x1f\x8b"


async def save(base, file):
    """The file as one of the worker's own file system: its path. Raises KobaiError like `read`."""
    path = Path(file).name
    Path(path).write_bytes(await read(base, file))
    return Path(path).absolute()


async def read(base, file, sha256=None):
    """The bytes of a file below the site's address `base`, unpacked when it is gzip.

    Some hosts unpack .gz files on the way; both forms are understood. sha256: of the file, hexadecimal, where
    wrong bytes could pass for right ones. Raises KobaiError on failure.
    """
    check = {"integrity": f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"} if sha256 else {}
    try:
        response = await fetch(base + file, **check)
        if not response.ok:
            raise OSError(f"{response.status} {response.statusText}")
        buffer = await response.arrayBuffer()
        if buffer.slice(0, 2).to_bytes() == GZIP:
            stream = Response.new(buffer).body.pipeThrough(DecompressionStream.new("gzip"))
            buffer = await Response.new(stream).arrayBuffer()
        return buffer.to_bytes()
    except Exception as error:
        raise lacking(file) from error


def lacking(file):
    """The KobaiError for a file that is not there: why, as web/js/retrying_fetch.js has found it."""
    kind = getattr(js.kobaiFaults, file, "lost")
    if kind == "portal":
        return KobaiError(
            "Instead of the file {file} a web page came, probably the login page of this network. Log in to "
            "the network, then try again.",
            file=file,
        )
    if kind == "damaged":
        return KobaiError(
            "The copy of the file {file} in this browser is damaged, so it is not used, and it could not be "
            "fetched anew. Check the connection, then try again.",
            file=file,
        )
    return KobaiError("The file {file} could not be loaded. Check the connection, then try again.", file=file)
