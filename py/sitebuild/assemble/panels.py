"""What the build makes from web/panels.json: the markup of each view, style sheet, lists of modules.

A panel of the name `x` has its markup and style in web/panels/x/, its module of the page in
py/page/panels/x/x.py (start(), and worker_is_ready() where it needs Python) and, where it computes, its
module of the worker in py/worker/panels/x.py, or x/x.py (start(session): the objects whose functions the
page may call).
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import NamedTuple

from ..errors import BuildError

LIST = Path("web", "panels.json")
FIRST_VIEW = "train"  # py/page/main.py itself starts what is in it
AT_ONCE = (
    FIRST_VIEW,
    "keep",
)  # in the page from the start: a file may be dropped, a notice shown in any view
VIEWS = (*AT_ONCE, "examine", "ideas", "code")


class Panel(NamedTuple):
    """An entry of web/panels.json: the view it is in, and within it the page, "" where it is on all pages.

    title: the name of the page in the navigation of its view, "" for none.
    """

    name: str
    view: str
    page: str
    title: str


def read(root: Path) -> list[Panel]:
    """The panels in the order of the page. Raises BuildError for a wrong entry."""
    try:
        panels = [
            Panel(entry["name"], entry["view"], entry.get("page", ""), entry.get("title", ""))
            for entry in json.loads((root / LIST).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BuildError(f"{LIST.as_posix()} cannot be read ({error!r}): restore it from git.") from error
    for panel in panels:
        if not re.fullmatch(r"[a-z_]+", panel.name) or panel.view not in VIEWS:
            raise BuildError(
                f"{LIST.as_posix()}: {panel.name!r} needs a name of small letters, and a view of {VIEWS}."
            )
        if not re.fullmatch(r"[a-z0-9._]*", panel.page) or (panel.title and not panel.page):
            raise BuildError(
                f"{LIST.as_posix()}: the page of {panel.name} is a word for the address; a title needs one."
            )
        for needed in (f"web/panels/{panel.name}/panel.html", *_page_module(panel)):
            if not (root / needed).is_file():
                raise BuildError(f"{needed} is missing, and {LIST.as_posix()} names the panel {panel.name}.")
    there = {folder.name for folder in (root / "web" / "panels").iterdir() if folder.is_dir()}
    if lost := there - {panel.name for panel in panels}:
        raise BuildError(f"web/panels/{min(lost)} has no entry in {LIST.as_posix()}: add one.")
    return panels


def _page_module(panel: Panel) -> list[str]:
    """Of a panel outside the first view; main.py starts those in it itself."""
    return [f"py/page/panels/{panel.name}/{panel.name}.py"] if panel.view != FIRST_VIEW else []


def links_of(view: str, panels: list[Panel]) -> str:
    """A link to each page of this view that has a title, a line each."""
    titled = (panel for panel in panels if panel.view == view and panel.title)
    return "".join(
        f'    <a href="#{view}/{panel.page}" data-t>{html.escape(panel.title)}</a>\n' for panel in titled
    )


def markup_of(view: str, panels: list[Panel]) -> str:
    """The comments that page.markup replaces by the markup of the panels of this view.

    A panel that is not there at once stands in a <template>, of which web/js/views.js makes the panel when
    its page is first shown: until then its elements cost nothing.
    """
    parts = []
    for panel in panels:
        if panel.view != view:
            continue
        place = f"<!-- panel: {panel.name} -->\n"
        if view not in AT_ONCE:
            page = f' data-page="{panel.page}"' if panel.page else ""
            place = f'<div data-panel="{panel.name}"{page}><template>\n{place}</template></div>\n'
        parts.append(place)
    return "".join(parts)


def style_sheet(web: Path, panels: list[Panel]) -> str:
    """The style sheets of all panels as one: panel.css of each, then its others by name."""
    sheets: list[Path] = []
    for panel in panels:
        found = sorted((web / "panels" / panel.name).glob("*.css"))
        sheets += sorted(found, key=lambda path: path.name != "panel.css")
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def page_list(panels: list[Panel]) -> str:
    """The module panel_list of the page: PANELS, name -> module of the panels outside the first view."""
    others = [panel.name for panel in panels if panel.view != FIRST_VIEW]
    imports = "".join(f"from panels.{name} import {name}\n" for name in others)
    named = "".join(f'    "{name}": {name},\n' for name in others)
    return f'"""Made by the build from web/panels.json."""\n\n{imports}\nPANELS = {{\n{named}}}\n'


def worker_list(root: Path, panels: list[Panel]) -> str:
    """The module worker.panel_list: PANELS, the modules of the panels that compute."""
    folder = root / "py" / "worker" / "panels"
    lines = []
    for panel in panels:
        if (folder / f"{panel.name}.py").is_file():
            lines.append(("worker.panels", panel.name))
        elif (folder / panel.name / f"{panel.name}.py").is_file():
            lines.append((f"worker.panels.{panel.name}", panel.name))
    return _list_of(lines)


def _list_of(modules: list[tuple[str, str]]) -> str:
    """modules: (package, name) of each."""
    imports = "".join(f"from {package} import {name}\n" for package, name in modules)
    listed = ", ".join(name for _, name in modules)
    return f'"""Made by the build from web/panels.json."""\n\n{imports}\nPANELS = [{listed}]\n'
