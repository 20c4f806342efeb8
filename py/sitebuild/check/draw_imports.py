"""The drawing of docs/architecture.md: which folder imports from which, as a Mermaid flowchart.

Use, after the imports have changed:  PYTHONPATH=py python3 -m sitebuild.check.draw_imports
It puts the drawing between its two marks. An arrow leads from who imports to what is imported; what goes
without saying (kobai.errors, kobai.settings, page.version) has none.
"""

from __future__ import annotations

from collections import defaultdict

from .read_imports import ALL, IMPORTS, PY, folder_of

BEGIN = "<!-- made from the imports by sitebuild.check.draw_imports -->"
END = "<!-- end of the drawing -->"
PLAIN = {"kobai.errors", "kobai.settings", "page.version", "worker.version"}
GROUPS = {"page": "page (MicroPython)", "worker": "worker (Pyodide)", "kobai": "kobai (plain NumPy)"}


def arrows() -> set[tuple[str, str]]:
    """(importing, imported): folders, those of one panel of the page as one."""
    return {
        (_unit(name), _unit(each))
        for name, imported in IMPORTS.items()
        for each in imported & set(ALL) - PLAIN
        if name not in PLAIN and _unit(name) != _unit(each) and "sitebuild" not in _unit(name) + _unit(each)
    }


def _unit(name: str) -> str:
    folder = "protocol" if name == "protocol" else folder_of(name)
    return "page.panels" if folder.startswith("page.panels") else folder


def drawing() -> str:
    """The flowchart, without its marks."""
    found = sorted(arrows())
    members: dict[str, list[str]] = defaultdict(list)
    for unit in sorted({unit for arrow in found for unit in arrow}):
        members[unit.split(".")[0]].append(unit)
    lines = ["```mermaid", "flowchart TB"]
    for group, title in GROUPS.items():
        lines += [f'  subgraph {group}_all["{title}"]']
        lines += [f'    {_id(unit)}["{unit}"]' for unit in members[group]] + ["  end"]
    lines += ['  protocol["protocol"]']
    lines += [f"  {_id(one)} --> {_id(other)}" for one, other in found]
    return "\n".join([*lines, "```"])


def _id(unit: str) -> str:
    return unit.replace(".", "_")


if __name__ == "__main__":
    path = PY.parent / "docs" / "architecture.md"
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{drawing()}\n{END}{rest.split(END)[1]}", encoding="utf-8")
