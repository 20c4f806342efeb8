"""Runs the benchmark; started by `python3 build.py bench`, which prepares what it needs."""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench import report
from bench.contestants import Harness, Native
from bench.kobai_visit import TrainingVisit, start_up
from bench.served import BenchHandler, serving
from bench.trace_visit import trace
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
]  # fmt: skip
ENGINES = ("as written", "einsum", "products", "fused", "fast")
TFJS = ("wasm", "cpu")
COMPARED = 50  # first losses that must be the same for all
TOLERANCE = 1e-3  # relative; TensorFlow.js computes in float32

Measured = dict[str, list[float]]


def browser_options() -> dict[str, Any]:
    path = os.environ.get("KOBAI_CHROMIUM")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"args": root + FLAGS} | ({"executable_path": path} if path else {})


def say(text: str) -> None:
    print(text, flush=True)


def check_same_training(name: str, losses: list[float], expected: list[float]) -> None:
    """All must train the same network on the same batches: the first losses tell."""
    for i, (loss, wanted) in enumerate(zip(losses, expected, strict=True)):
        if not abs(loss - wanted) <= TOLERANCE * wanted:
            sys.exit(f"error: {name} trains something else: loss {loss} after step {i + 1}, not {wanted}.")


def warm_up(harness: Harness, native: Native) -> dict[str, Any]:
    """Start everybody, and see that their trainings are the same; returns their versions."""
    start = native("start", COMPARED)
    expected = native("first_losses", COMPARED)
    about = {"native": native("about"), "browser": harness.start_python()}
    for name in ENGINES:
        check_same_training(name, harness.python("first_losses", name, COMPARED), expected)
    for backend in TFJS:
        about[backend] = harness.start_tfjs(backend, start)
        check_same_training(f"TensorFlow.js {backend}", about[backend].pop("losses"), expected)
    harness.python("burst", "numerical", 0.1)
    return about


def steps(harness: Harness, native: Native, rounds: int, seconds: float) -> Measured:
    """Training steps a second, everybody in turn."""
    found: Measured = defaultdict(list)
    for _ in range(rounds):
        found["native"].append(native("burst", seconds))
        for name in (*ENGINES, "numerical"):
            found[name].append(harness.python("burst", name, seconds))
        for backend in TFJS:
            found[backend].append(harness.tfjs(backend, "burst", seconds))
    return found


def gradients_and_accuracies(harness: Harness, native: Native, rounds: int) -> tuple[Measured, Measured]:
    """Seconds of one gradient of each kind, and of the accuracies on 70,000 images."""
    gradients: Measured = defaultdict(list)
    accuracies: Measured = defaultdict(list)
    for _ in range(rounds):
        for place, ask in (("browser", harness.python), ("native", native)):
            for name, value in ask("gradients").items():
                gradients[f"{place} {name}"].append(value)
        for name in ("as written", "einsum", "fast"):
            accuracies[name].append(harness.python("accuracy", name))
        accuracies["native"].append(native("accuracy"))
    return gradients, accuracies


def full_runs(
    harness: Harness, native: Native, visit: TrainingVisit, rounds: int, iterations: int
) -> dict[str, Any]:
    """Seconds of whole runs and of the page's longest task in each, what they reached, and its memory."""
    found: Measured = defaultdict(list)
    tasks: list[float] = []
    reached: dict[str, float] = {}
    memory: dict[str, float] = {}
    for _ in range(rounds):
        for place, ask in (("native", native), ("library", harness.python)):
            run = ask("full_run", iterations)
            found[place].append(run["seconds"])
            reached[place] = run["accuracy"]
        found["page"].append(visit.full_run())
        tasks.append(visit.longest_task())
        memory = memory or visit.memory()
        visit.reset()
    return {"runs": found, "reached": reached, "memory": memory, "tasks": tasks}


def start_ups(chromium: Any, address: str, rooms: list[str], rounds: int) -> dict[str, Measured]:
    """Seconds of every stage, by `room cache`, such as "site cold"."""
    found: dict[str, Measured] = defaultdict(lambda: defaultdict(list))
    for _ in range(rounds):
        for room in rooms:
            for cache, times in start_up(chromium, browser_options(), f"{address}{room}/").items():
                for stage, value in times.items():
                    found[f"{room} {cache}"][stage].append(value)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--before", type=Path)
    options = parser.parse_args()
    quick = options.quick
    rounds, seconds = (5, 0.25) if quick else (15, 0.4)
    iterations = 1000 if quick else 10_000
    dist = ROOT / "dist"

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    found: dict[str, Any] = {"quick": quick, "iterations": iterations, "rounds": rounds, "load": load}
    tfjs = ROOT / ".cache" / "bench" / "node_modules" / "@tensorflow"
    with serving(dist, tfjs, options.before) as address, sync_playwright() as playwright:
        chromium = playwright.chromium
        say("Start-up of the page, cold and warm")
        BenchHandler.requested.clear()
        rooms = ["before", "site"] if options.before else ["site"]
        found["start"] = start_ups(chromium, address, rooms, 2 if quick else 5)
        found["weights"] = report.weights(dist, BenchHandler.requested)

        browser = chromium.launch(**browser_options())
        native = Native(dist / "data")
        harness = Harness(browser.new_page(), address)
        say("Warming up")
        found["about"] = warm_up(harness, native) | {"chromium": browser.version}
        say("Training steps")
        found["steps"] = steps(harness, native, rounds, seconds)
        say("Gradients and accuracies")
        found["gradients"], found["accuracies"] = gradients_and_accuracies(harness, native, 5)
        say(f"Whole runs of {iterations:,} iterations")
        visit = TrainingVisit(browser.new_page(locale="en-US"), f"{address}watched/", iterations)
        found |= full_runs(harness, native, visit, 1 if quick else 3, iterations)
        say("Traces")
        found["traces"] = trace(browser.new_page(locale="en-US"), f"{address}site/", 2 if quick else 5, 8)
        native.close()
        browser.close()

    text = report.text(found)
    say("\n" + text)
    if quick:
        say("This was a quick run: docs/benchmarks.md stays as it is.")
    else:
        (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
        say("Written to docs/benchmarks.md")


if __name__ == "__main__":
    main()
