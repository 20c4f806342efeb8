"""The real page, as a learner meets it: how soon it can be used, a whole run, and the memory of that."""

from __future__ import annotations

import tempfile
import time
from typing import Any

from bench.heaps import ask_targets
from playwright.sync_api import BrowserType, Page

LONG = 600_000  # ms

# Presses Train as soon as it can be pressed; times in ms since the navigation began.
NOTE_TIMES = """
(() => {
  const times = (window.benchTimes = {});
  const shown = () => parseInt(document.getElementById("now-iteration")?.textContent ?? "");
  const look = () => {
    const train = document.getElementById("train");
    if (!times.enabled && train && !train.disabled && !train.hidden) {
      times.enabled = performance.now();
      train.click();
    }
    if (times.enabled && shown() > 0) times.trained = performance.now();
    else setTimeout(look, 5);
  };
  look();
})();
"""
READ_TIMES = """
() => {
  const at = (mark) => performance.getEntriesByName(mark)[0].startTime;
  return { interactive: at("kobai-interactive"), predict: at("kobai-predict"), train: benchTimes.trained };
}
"""

# Every task of the main thread over 50 ms, the least that the browser reports
NOTE_TASKS = """
(() => {
  const tasks = (window.benchTasks = []);
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration / 1000)))
    .observe({ type: "longtask" });
})();
"""


def start_up(chromium: BrowserType, options: dict[str, Any], address: str) -> dict[str, dict[str, float]]:
    """Seconds to interactive, to ready to predict, to the first training iteration: cold and warm cache."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="kobai-bench-") as profile:
        for cache in ("cold", "warm"):  # the browser is closed in between, and has then written its cache
            context = chromium.launch_persistent_context(profile, **options)
            page = context.new_page()
            page.set_default_timeout(LONG)
            page.add_init_script(NOTE_TIMES)
            page.goto(f"{address}?lang=en", wait_until="commit")
            page.wait_for_function("() => window.benchTimes.trained")
            found[cache] = {name: ms / 1000 for name, ms in page.evaluate(READ_TIMES).items()}
            context.close()
    return found


class TrainingVisit:
    """One visit that trains whole runs, on a site whose loader keeps Pyodide at hand."""

    def __init__(self, page: Page, address: str, iterations: int) -> None:
        self.page = page
        page.set_default_timeout(LONG)
        page.add_init_script(NOTE_TASKS)
        page.goto(f"{address}?lang=en")
        page.locator("#step:enabled").wait_for()
        page.locator("#iterations").fill(str(iterations))

    def full_run(self) -> float:
        """Seconds of a run but its first iteration, which also loads the images where they are not there."""
        page = self.page
        page.locator("#step:enabled").click()
        page.locator("#continue:enabled").wait_for()
        page.evaluate("benchTasks.length = 0")
        start = time.perf_counter()
        page.locator("#continue").click()
        page.locator("#pause").wait_for(state="visible")
        page.locator("#pause").wait_for(state="hidden")
        return time.perf_counter() - start

    def longest_task(self) -> float:
        """Seconds that the page could not answer during that run; 0.05 stands for less."""
        return max(self.page.evaluate("benchTasks"), default=0.05)

    def reset(self) -> None:
        self.page.locator("#reset:enabled").click()
        self.page.locator("#train:enabled").wait_for()

    def memory(self) -> dict[str, float]:
        """Bytes: Python's WebAssembly memory, and the JavaScript heaps of the page and of its worker."""
        wasm = [
            worker.evaluate("self.benchPyodide ? self.benchPyodide._module.HEAPU8.byteLength : 0")
            for worker in self.page.workers
        ]
        page, *workers = [heap["usedSize"] for heap in ask_targets(self.page, "Runtime.getHeapUsage")]
        return {"wasm": max(wasm), "page": page, "worker": max(workers)}
