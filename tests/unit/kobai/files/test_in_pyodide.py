"""The hostile files in the site's own Python: Pyodide, run by Node.

What CPython takes without a word can end Pyodide, whose stack is the browser's and whose memory is small.
Each file is opened in one and the same Python, which has to be there to the end.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.files import hostile_backups, hostile_pickles, hostile_zips

PROJECT = Path(__file__).resolve().parents[4]
HERE = PROJECT / "tests" / "support" / "files"
PYODIDE = PROJECT / "dist" / "pyodide"
SMALL_STACK = 492  # kB, half of what Node and desktop browsers give: phones give less

CASES = [
    *(("network", f"pickles: {label}", data) for label, data in hostile_pickles.corpus()),
    *(("network", f"zips: {label}", data) for label, data in hostile_zips.corpus()),
    *hostile_backups.corpus(),
]


def in_pyodide(
    cases: list[tuple[str, str, bytes]], folder: Path, *options: str
) -> tuple[dict[str, dict[str, Any]], str]:
    """What files/cost_in_pyodide.py tells of each (reader, label, file), and the label that Python ended
    at.
    """
    if not (PYODIDE / "pyodide.mjs").is_file():
        pytest.fail("There is no built site in dist: say `python3 build.py build` first.")
    listed = []
    for number, (reader, label, data) in enumerate(cases):
        (folder / str(number)).write_bytes(data)
        listed.append({"label": label, "reader": reader, "file": str(number)})
    (folder / "cases.json").write_text(json.dumps(listed), encoding="utf-8")
    command = ["node", *options, HERE / "in_pyodide.mjs", PYODIDE, PROJECT / "py", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    told = {begun["label"]: cost for begun, cost in zip(lines[::2], lines[1::2], strict=False)}
    if done.returncode == 0:
        return told, ""
    return told, lines[-1]["label"] if lines else f"the start: {done.stderr[-2000:]}"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Of each case. The last one ends Python: without that, nobody would know whether the others could."""
    assert len({label for _reader, label, _data in CASES}) == len(CASES)
    good = ("network", "good", hostile_pickles.in_network(b"N"))
    deep = ("json", "deep", b"[" * 100_000)
    told, ended_at = in_pyodide(
        [*CASES, good, deep], tmp_path_factory.mktemp("cases"), f"--stack-size={SMALL_STACK}"
    )
    assert told.pop("good", {}).get("ended") == "opened", ended_at
    assert ended_at == "deep"
    return told


@pytest.mark.slow
def test_every_hostile_file_is_refused_with_a_sentence(told: dict[str, dict[str, Any]]) -> None:
    assert len(told) == len(CASES) > 1000
    assert {label: cost["ended"] for label, cost in told.items() if cost["ended"] != "refused"} == {}


def test_each_takes_a_second_and_100_megabytes_at_most(told: dict[str, dict[str, Any]]) -> None:
    slow = {label: cost["seconds"] for label, cost in told.items() if cost["seconds"] > 1}
    large = {label: cost["peak"] for label, cost in told.items() if cost["peak"] > 100_000_000}
    assert (slow, large) == ({}, {})
