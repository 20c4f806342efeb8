"""Every message that the page can show, found in the sources: the ids of the translation catalogues.

Use, to see what a catalogue lacks:  PYTHONPATH=py python3 -m sitebuild.check.extract_messages
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from ..assemble import panels

ROOT = Path(__file__).parents[3]
MARKS = ("data-t", "data-t-label", "data-t-region", "data-t-button")
IN_JAVASCRIPT = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"')


class _Page(HTMLParser):
    """The texts of elements marked data-t, and the values of the other marks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = dict(attrs)
        self.found += [value for mark in MARKS if (value := marks.get(mark))]
        self._open = "data-t" in marks and not marks["data-t"]
        if self._open:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data.strip()


def _in_python(path: Path) -> Iterator[str]:
    """First literal text of each call of `_`, `N_` and of the errors that the learner reads."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if name in ("_", "N_"):
            yield from texts[:1]
        elif name == "SettingsError":
            yield texts[-1]
        elif name in (
            "KobaiError",
            "TraceLimit",
            "DatasetError",
            "NetworkFileError",
            "TrainingDivergedError",
            "EngineError",
        ):
            yield from texts[:1]


def messages(root: Path = ROOT) -> dict[str, str]:
    """Message id -> the file where it was first found, in order."""
    found: dict[str, str] = {}
    for path in (root / "web" / "index.html", *sorted((root / "web" / "panels").rglob("*.html"))):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        for text in page.found:
            found.setdefault(text, path.relative_to(root).as_posix())
    for panel in panels.read(root):
        if panel.title:
            found.setdefault(panel.title, panels.LIST.as_posix())
    for path in sorted((root / "web" / "js").glob("*.js")):
        for text in IN_JAVASCRIPT.findall(path.read_text(encoding="utf-8")):
            found.setdefault(text, path.relative_to(root).as_posix())
    for package in ("page", "worker", "kobai"):
        for path in sorted((root / "py" / package).rglob("*.py")):
            for text in _in_python(path):
                found.setdefault(text, path.relative_to(root).as_posix())
    return found


if __name__ == "__main__":
    import polib

    for catalogue in sorted((ROOT / "static" / "locale").glob("*.po")):
        known = {entry.msgid for entry in polib.pofile(str(catalogue)) if entry.msgstr}
        print(catalogue.name)
        for text, place in messages().items():
            if text not in known:
                print(f"  lacks {place}: {text!r}")
        for text in known - set(messages()):
            print(f"  unused: {text!r}")
