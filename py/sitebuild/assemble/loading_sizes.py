"""sizes.json: the bytes of each file that a stage of the start loads, for the page's load log."""

from __future__ import annotations

import json
from pathlib import Path

GOALS = {
    "python": (
        "pyodide/pyodide-lock.json",
        "pyodide/python_stdlib.zip",
        "pyodide/pyodide.asm.wasm",
        "pyodide/numpy-*.whl",
        "py/library.zip",
        "data/t10k-*",
        "networks/shipped.json",
        "networks/two_layer_net.pkl",
        "engine/*",
    ),
    "train": ("data/train-*",),
    "matplotlib": ("pyodide/*.whl",),
}


def write(site: Path) -> None:
    """Write sizes.json into the assembled site; raw bytes, as a reader of the stream counts them."""
    sizes = {}
    for goal, patterns in GOALS.items():
        files = sorted(path for pattern in patterns for path in site.glob(pattern))
        if goal == "matplotlib":
            files = [path for path in files if not path.name.startswith("numpy-")]
        sizes[goal] = {path.relative_to(site).as_posix(): path.stat().st_size for path in files}
    (site / "sizes.json").write_text(json.dumps(sizes), encoding="utf-8")
