"""JSON in the page's Python, MicroPython run by Node: nesting does not end it, so no levels are counted.

The page reads answers of the worker in which a reader's code has run (py/page/worker_link/user_worker.py).
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MICROPYTHON = ROOT / "dist" / "mpy" / "micropython.mjs"
RUN = ROOT / "tests" / "support" / "in_micropython.mjs"
SMALL_STACK = 492  # kB, half of what Node and desktop browsers give: phones give less
PROGRAM = """
import gc, json
for opening, closing in (("[", "]"), ('{"a":', "}")):
    value = json.loads(opening * LEVELS + "1" + closing * LEVELS)
    depth = 0
    while value != 1:
        value = value[0] if opening == "[" else value["a"]
        depth += 1
    gc.collect()
    print(depth)
for damaged in ("[" * LEVELS, '{"a":' * LEVELS):
    try:
        print(type(json.loads(damaged)))
    except ValueError:
        print("refused")
gc.collect()
"""


@pytest.mark.parametrize("levels", [50_000])
def test_deep_json_does_not_end_micropython(tmp_path: Path, levels: int) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.replace("LEVELS", str(levels)), encoding="utf-8")
    command = ["node", f"--stack-size={SMALL_STACK}", RUN, MICROPYTHON, program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, [str(levels)] * 2 + ["refused"] * 2), done.stderr
