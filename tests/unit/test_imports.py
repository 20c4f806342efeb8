"""Imports go one way, as the folders say: read from the sources, without importing them."""

from __future__ import annotations

from collections import defaultdict

import pytest
from sitebuild.check import draw_imports
from sitebuild.check.read_imports import ALL, IMPORTS, PACKAGES, PY, folder_of

BROWSER = {"js", "pyscript", "pyodide", "pyodide_js"}
MOST_MODULES = 20  # in one folder: more than one takes in at a glance

# The folders of our own that each folder imports from, itself aside.
MAY_IMPORT = {
    "kobai": {"kobai.book", "kobai.training"},  # what `from kobai import …` gives
    "kobai.book": set(),
    "kobai.images": {"kobai.book"},
    "kobai.analysis": {"kobai.book", "kobai.images"},
    "kobai.tracing": {"kobai.book", "kobai.images", "kobai.analysis"},
    "kobai.files": {"kobai.book", "kobai.tracing"},
    "kobai.training": {"kobai.book", "kobai.files"},
    "kobai.diagnosis": {"kobai.book"},
    "kobai.lessons": {"kobai.book", "kobai.images", "kobai.training", "kobai.diagnosis"},
    "page.ui": set(),
    "page.worker_link": {"page.ui"},
}
# Modules beside the folders that every folder of the package may import.
SHARED = {
    "kobai.errors",
    "kobai.settings",
    "page.networks",
    "page.version",
    "protocol",
    "sitebuild.errors",
    "sitebuild.project",
}
# What one panel takes from another: (importer, module). None may be added; what two panels share moves to
# page/ui or page/networks.
BETWEEN_PANELS = {
    ("page.panels.checkup.checkup", "page.panels.keep.interpretation"),
    ("page.panels.checkup.checkup", "page.panels.run.run"),
    ("page.panels.compare.compare", "page.panels.look.answer"),
    ("page.panels.compare.compare", "page.panels.look.gallery"),
    ("page.panels.draw.draw", "page.panels.look.answer"),
    ("page.panels.draw.draw", "page.panels.look.gallery"),
    ("page.panels.ideas.excerpts", "page.panels.trace.source"),
    ("page.panels.ideas.step", "page.panels.trace.address"),
    ("page.panels.keep.backup", "page.panels.run.run"),
    ("page.panels.keep.backup", "page.panels.run.settings"),
    ("page.panels.keep.backup", "page.panels.trace.code"),
    ("page.panels.mistakes.mistaken_images", "page.panels.look.gallery"),
    ("page.panels.mystery.story", "page.panels.run.run"),
    ("page.panels.living_network.living_network", "page.panels.look.answer"),
    ("page.panels.living_network.living_network", "page.panels.look.gallery"),
    ("page.panels.offline.update", "page.panels.run.run"),
    ("page.panels.run.run", "page.panels.look.answer"),
    ("page.panels.trace.ask", "page.panels.look.answer"),
    ("page.panels.trace.trace", "page.panels.look.gallery"),
    ("page.panels.units.units", "page.panels.look.answer"),
    ("page.panels.units.units", "page.panels.look.gallery"),
}


def panel_of(name: str) -> str | None:
    """The panel of a module of the page, None for the others."""
    return name.split(".")[2] if name.startswith("page.panels.") else None


def tops(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def test_the_modules_are_found():
    assert {"kobai.book.functions", "page.ui.dom", "worker.main", "sitebuild.cli"} <= set(ALL)
    assert "page.ui.dom" in IMPORTS["page.networks"]
    assert "kobai.book.functions" in IMPORTS["kobai.training.trainer"]


@pytest.mark.parametrize(
    ("package", "foreign"),
    [
        ("kobai", {"worker", "page", "sitebuild", *BROWSER}),
        ("worker", {"page", "sitebuild"}),
        ("page", {"kobai", "worker", "sitebuild", "pyodide", "pyodide_js"}),
        ("sitebuild", {"worker", "page", *BROWSER}),
    ],
)
def test_a_package_imports_nothing_of(package, foreign):
    wrong = [
        (name, each)
        for name, imported in IMPORTS.items()
        if name.split(".")[0] == package
        for each in imported
        if each.split(".")[0] in foreign
    ]
    assert wrong == []


def test_the_folders_import_as_the_table_says_and_in_no_circle():
    arrows = defaultdict(set)
    for name, imported in IMPORTS.items():
        for each in imported & set(ALL) - SHARED:
            arrows[folder_of(name)].add(folder_of(each))
    for folder, allowed in MAY_IMPORT.items():
        assert arrows[folder] - {folder} <= allowed, folder


def test_modules_that_a_whole_package_shares_import_from_no_folder_above():
    for name in ("kobai.errors", "kobai.settings"):
        assert IMPORTS[name] & set(ALL) <= {"kobai.errors"}
    assert not {panel_of(each) for each in IMPORTS["page.networks"] & set(ALL)} - {None}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_imports_in_a_circle(package):
    """Modules beside the folders count alone: main imports folders, which import networks."""
    arrows: dict[str, set[str]] = defaultdict(set)

    def unit(name: str) -> str:
        folder = folder_of(name)
        return name if folder == package and name != package else folder

    for name, imported in IMPORTS.items():
        if name.split(".")[0] != package or name == package:
            continue
        for each in imported & set(ALL):
            if each != package and each.split(".")[0] == package and (name, each) not in BETWEEN_PANELS:
                arrows[unit(name)].add(unit(each))
    for one in list(arrows):
        arrows[one].discard(one)
    while leaves := {one for many in arrows.values() for one in many} - {
        one for one, many in arrows.items() if many
    }:
        for many in arrows.values():
            many -= leaves
    assert {one: many for one, many in arrows.items() if many} == {}


def test_no_panel_imports_another():
    between = {
        (name, each)
        for name, imported in IMPORTS.items()
        for each in imported & set(ALL)
        if panel_of(name) and panel_of(each) and panel_of(name) != panel_of(each)
    }
    assert between == BETWEEN_PANELS


def test_what_panels_share_knows_no_panel():
    for name, imported in IMPORTS.items():
        if folder_of(name) in ("page.ui", "page.worker_link"):
            assert not [each for each in imported & set(ALL) if panel_of(each)], name


def test_a_folder_is_taken_in_at_a_glance():
    count: dict[str, int] = defaultdict(int)
    for name, path in ALL.items():
        if path.name != "__init__.py":
            count[folder_of(name)] += 1
    assert {folder: many for folder, many in count.items() if many > MOST_MODULES} == {}


def test_the_drawing_of_the_architecture_is_that_of_the_imports():
    text = (PY.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert draw_imports.BEGIN in text
    assert draw_imports.drawing() in text, "run the command in py/sitebuild/check/draw_imports.py"
