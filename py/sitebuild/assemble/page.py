"""The page from its panels (web/panels/), and its Python modules as one file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import tarfile
from pathlib import Path

from ..errors import BuildError
from . import panels, versions

PANEL = re.compile(r"^ *<!-- panel: (\w+)(?:/(\w+))? -->\n", re.M)  # the line whose place the markup takes
PROTOCOL = "protocol.py"  # of page and worker, in py/
FIRST = "main.py"  # PyScript loads this one itself
FIRST_SCRIPT = "js/old.js"
SCRIPT_HASH = "{{first script}}"  # its place in the page's policy


def markup(web: Path, listed: list[panels.Panel]) -> str:
    """web/index.html with every panel of web/panels.json in its view, and the navigation of each view.

    `<!-- panels: train -->` stands for the panels of a view, `<!-- links: examine -->` for the links to its
    pages, `<!-- panel: look -->` for panels/look/panel.html, `<!-- panel: ideas/loss -->` for
    panels/ideas/loss.html. Raises BuildError for a file that is named and not there, or there and nowhere
    named.
    """
    named: set[str] = set()

    def put_in(match: re.Match[str]) -> str:
        name = f"panels/{match[1]}/{match[2] or 'panel'}.html"
        named.add(name)
        path = web / name
        if not path.is_file():
            raise BuildError(f"web/{name} is missing, and a page names it: restore it from git.")
        return PANEL.sub(put_in, path.read_text(encoding="utf-8"))

    page = (web / "index.html").read_text(encoding="utf-8")
    for view in panels.VIEWS:
        page = _replaced(page, f"<!-- panels: {view} -->\n", panels.markup_of(view, listed))
        if links := panels.links_of(view, listed):
            page = _replaced(page, f"<!-- links: {view} -->\n", links)
    page = PANEL.sub(put_in, page)
    lost = {path.relative_to(web).as_posix() for path in (web / "panels").rglob("*.html")} - named
    if lost:
        place = min(lost).removeprefix("panels/").removesuffix(".html").removesuffix("/panel")
        raise BuildError(f"web/{min(lost)} has no place in the page: add <!-- panel: {place} -->.")
    return page


def _replaced(page: str, mark: str, text: str) -> str:
    if page.count(mark) != 1:
        raise BuildError(f"web/index.html needs the line {mark.strip()} once: restore it from git.")
    return page.replace(mark, text)


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


def modules(root: Path, listed: list[panels.Panel], version: bytes = versions.PLACE) -> bytes:
    """All modules of the page but the first, as .tar.gz with fixed times: one request instead of seventy.

    They are those of py/page, the protocol, and the list of panels. PyScript unpacks it with a plain `mkdir`:
    each folder has an entry, before those of what is in it. Its file is named .bin, for some hosts send .gz
    files so that they arrive unpacked, and PyScript does not expect that; the ending by which it knows an
    archive stands behind a # in the page's configuration.
    """
    folder = root / "py" / "page"
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.py")}
    del files[Path(FIRST)]
    files[Path(PROTOCOL)] = (root / "py" / PROTOCOL).read_bytes()
    files[Path("panel_list.py")] = panels.page_list(listed).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        folders: set[Path] = set()
        for name, content in sorted(files.items()):
            for parent in reversed(name.parents[:-1]):
                if parent not in folders:
                    folders.add(parent)
                    entry = tarfile.TarInfo(parent.as_posix())
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                    archive.addfile(entry)
            entry = tarfile.TarInfo(name.as_posix())
            content = content.replace(versions.PLACE, version)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 9, mtime=0)
