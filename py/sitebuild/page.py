"""The page from its rooms (web/rooms/*.html), and its Python modules as one file."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from pathlib import Path

from . import versions
from .errors import BuildError

ROOM = re.compile(r"^ *<!-- room: (\w+) -->\n", re.M)  # the line whose place the room takes
FIRST = "main.py"  # PyScript loads this one itself


def markup(web: Path) -> str:
    """web/index.html with every room in its place.

    Raises BuildError for a room that is named and not there, or there and nowhere named.
    """
    folder = web / "rooms"
    named: list[str] = []

    def put_in(match: re.Match[str]) -> str:
        named.append(match[1])
        path = folder / f"{match[1]}.html"
        if not path.is_file():
            raise BuildError(
                f"web/rooms/{match[1]}.html is missing, and a page names it: restore it from git."
            )
        return ROOM.sub(put_in, path.read_text(encoding="utf-8"))

    page = ROOM.sub(put_in, (web / "index.html").read_text(encoding="utf-8"))
    lost = {path.stem for path in folder.glob("*.html")} - set(named)
    if lost:
        raise BuildError(
            f"web/rooms/{min(lost)}.html has no place in the page: add <!-- room: {min(lost)} -->."
        )
    return page


def modules(folder: Path, version: bytes = versions.PLACE) -> bytes:
    """The modules of py/page but the first, as .tar.gz with fixed times: one request instead of seventy.

    Its file is named .bin, for some hosts send .gz files so that they arrive unpacked, and PyScript does not
    expect that; the ending by which it knows an archive stands behind a # in page.json.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.glob("*.py")):
            if path.name != FIRST:
                entry = tarfile.TarInfo(path.name)
                content = path.read_bytes().replace(versions.PLACE, version)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 9, mtime=0)
