"""What the build makes from web/panels.json: navigation, order of the markup, style sheet, lists of modules.

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
PLACES = ("first", "below")  # on the first screen, or below it


class Panel(NamedTuple):
    """An entry of web/panels.json; title: its name in the navigation, "" for none."""

    name: str
    title: str
    place: str


def read(root: Path) -> list[Panel]:
    """The panels in the order of the page. Raises BuildError for a wrong entry."""
    try:
        panels = [
            Panel(entry["name"], entry.get("title", ""), entry["place"])
            for entry in json.loads((root / LIST).read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BuildError(f"{LIST.as_posix()} cannot be read ({error!r}): restore it from git.") from error
    for panel in panels:
        if not re.fullmatch(r"[a-z_]+", panel.name) or panel.place not in PLACES:
            raise BuildError(
                f"{LIST.as_posix()}: {panel.name!r} needs a name of small letters, and a place of {PLACES}."
            )
        for needed in (f"web/panels/{panel.name}/panel.html", *_page_module(panel)):
            if not (root / needed).is_file():
                raise BuildError(f"{needed} is missing, and {LIST.as_posix()} names the panel {panel.name}.")
    there = {folder.name for folder in (root / "web" / "panels").iterdir() if folder.is_dir()}
    if lost := there - {panel.name for panel in panels}:
        raise BuildError(f"web/panels/{min(lost)} has no entry in {LIST.as_posix()}: add one.")
    return panels


def _page_module(panel: Panel) -> list[str]:
    """Of a panel below the first screen; main.py starts those of the first screen itself."""
    return [f"py/page/panels/{panel.name}/{panel.name}.py"] if panel.place == "below" else []


def navigation(panels: list[Panel]) -> str:
    """A link to each panel that has a title, a line each."""
    titled = (panel for panel in panels if panel.title)
    return "".join(f'    <a href="#{panel.name}" data-t>{html.escape(panel.title)}</a>\n' for panel in titled)


def places(panels: list[Panel], place: str) -> str:
    """The comments that page.markup replaces by the markup of each panel of this place."""
    return "\n".join(f"<!-- panel: {panel.name} -->\n" for panel in panels if panel.place == place)


def style_sheet(web: Path, panels: list[Panel]) -> str:
    """The style sheets of all panels as one: panel.css of each, then its others by name."""
    sheets: list[Path] = []
    for panel in panels:
        found = sorted((web / "panels" / panel.name).glob("*.css"))
        sheets += sorted(found, key=lambda path: path.name != "panel.css")
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def page_list(panels: list[Panel]) -> str:
    """The module panel_list of the page: PANELS, the modules of the panels below the first screen."""
    below = [panel.name for panel in panels if panel.place == "below"]
    return _list_of([(f"panels.{name}", name) for name in below])


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
