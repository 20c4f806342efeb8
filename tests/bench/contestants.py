"""Those who are asked: the harness in the browser, and NumPy in a native process. Both answer by JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # NumPy picks its own kernel
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1"}
LONG = 600_000  # ms


class Native:
    """native.py in a process of its own."""

    def __init__(self, data: Path) -> None:
        environment = {key: value for key, value in os.environ.items() if key not in UNSET} | ONE_THREAD
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.native", str(data)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, method: str, *arguments: object) -> Any:
        self.process.stdin.write(json.dumps({"method": method, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The native process ended while it was asked for {method}.")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Harness:
    """The harness page and its workers: "python" (Pyodide), "wasm" and "cpu" (TensorFlow.js)."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(LONG)
        page.goto(f"{address}bench/harness/index.html")

    def start_python(self) -> dict[str, Any]:
        return self._evaluate("bench.start", "python", "python_worker.mjs", {"type": "module"})

    def start_tfjs(self, backend: str, start: dict[str, Any]) -> dict[str, Any]:
        return self._evaluate("bench.start", backend, "tfjs_worker.js", {}, backend, start)

    def python(self, method: str, *arguments: object) -> Any:
        return self._evaluate("bench.ask", "python", "call", method, *arguments)

    def tfjs(self, backend: str, method: str, *arguments: object) -> Any:
        return self._evaluate("bench.ask", backend, method, *arguments)

    def _evaluate(self, function: str, *arguments: object) -> Any:
        return self.page.evaluate(f"(args) => {function}(...args)", list(arguments))
