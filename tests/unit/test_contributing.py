"""What the documents for contributors name is there: files, commands, tools."""

import re
from pathlib import Path

import pytest
from sitebuild.cli import parser

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
SAMPLE = ROOT / "tests/support/sample_panel"  # of which CONTRIBUTING.md tells
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")  # to a file, not to a web address
PLACE = re.compile(r"`((?:py|web|static|tests|docs)/[\w./-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_place_that_contributing_names_is_there():
    named = set(PLACE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(named) > 10
    roots = (ROOT, SAMPLE)
    assert [place for place in sorted(named) if not any((root / place).exists() for root in roots)] == []


def test_the_example_of_a_panel_is_the_one_that_is_tested():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    files = [path for path in SAMPLE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert len(files) == 6
    assert [path.name for path in files if path.read_text(encoding="utf-8").strip() not in text] == []


def test_every_command_of_build_py_that_is_named_exists():
    texts = [path.read_text(encoding="utf-8") for path in [*DOCUMENTS, *(ROOT / ".github").rglob("*.yml")]]
    commands = {word for text in texts for word in re.findall(r"build\.py (\w+)", text)}
    (subparsers,) = (action for action in parser()._actions if action.choices)
    assert commands >= {"build", "serve", "test", "bench", "pin"}
    assert commands - set(subparsers.choices) == set()


def test_pull_requests_are_checked_on_every_python_that_is_supported():
    workflow = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    least = re.search(r'requires-python = ">=(3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))[1]
    assert f'python: ["{least}", "3.12", "3.13", "3.14"]' in workflow
