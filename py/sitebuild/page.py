"""The page from its rooms (web/rooms/*.html), and its Python modules as one file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import tarfile
from pathlib import Path

from . import versions
from .errors import BuildError

ROOM = re.compile(r"^ *<!-- room: (\w+) -->\n", re.M)  # the line whose place the room takes
FIRST = "main.py"  # PyScript loads this one itself
FIRST_SCRIPT = "old.js"
SCRIPT_HASH = "{{first script}}"  # its place in the page's policy


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


def with_first_script(page: str, script: str) -> str:
    """The page with its first script inside, and in its policy the hash that lets this one run and no other.

    As a file it would be lost together with all others when the host is away just then, and it is what
    notices that. Raises BuildError where it cannot be put in.
    """
    tag = f'<script src="{FIRST_SCRIPT}"></script>'
    if page.count(tag) != 1 or page.count(SCRIPT_HASH) != 1 or re.search("</script|<!--", script):
        raise BuildError(f"web/{FIRST_SCRIPT} cannot be put into the page: restore web/index.html from git.")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return page.replace(tag, f"<script>{script}</script>").replace(SCRIPT_HASH, f"sha256-{digest}")


def modules(folder: Path, version: bytes = versions.PLACE) -> bytes:
    """The modules of py/page but the first, as .tar.gz with fixed times: one request instead of seventy.

    Its file is named .bin, for some hosts send .gz files so that they arrive unpacked, and PyScript does not
    expect that; the ending by which it knows an archive stands behind a # in <mpy-config>.
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
