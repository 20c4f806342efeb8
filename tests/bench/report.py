"""What the benchmark found, as docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from bench.table import TARGET_HEADER, Target, figure, markdown, ratios, spread
from sitebuild.assemble import size_budget

STEP_ROWS = (  # key, what it is
    ("native", "native CPython, plain NumPy, one BLAS thread"),
    ("as written", "browser: NumPy as written"),
    ("einsum", "browser: NumPy, einsum without zero columns"),
    ("products", "browser: NumPy, the two products with the images in C"),
    ("fused", "browser: whole steps in C, 100 a call"),
    ("fast", "browser: whole steps in C, as the page trains"),
    ("wasm", "browser: TensorFlow.js wasm"),
    ("cpu", "browser: TensorFlow.js cpu"),
)
STAGES = (
    ("interactive", "interactive"),
    ("predict", "ready to predict"),
    ("train", "first iteration trained"),
)
EPOCH = 600  # iterations


def processor() -> str:
    """The processor's name and how many of its cores there are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def weights(site: Path, requested: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Stage -> bytes of the files that visits asked for, as they are and gzipped."""
    by_stage: dict[str, tuple[int, int]] = {}
    wanted = set(requested)
    for size in size_budget.measure(site):
        if size.name in wanted:
            title = size_budget.stage_of(size.name).title
            raw, gzipped = by_stage.get(title, (0, 0))
            by_stage[title] = (raw + size.raw, gzipped + size.gzipped)
    return by_stage


def text(found: dict[str, Any]) -> str:
    """The whole document."""
    quick = "**A quick run: short bursts and runs; its figures are rough.**\n\n" if found["quick"] else ""
    parts = [
        "# Benchmarks",
        quick + _conditions(found),
        "## What must be reached",
        markdown(TARGET_HEADER, [target.cells() for target in targets(found)]),
        "“As written” is the book's NumPy code in the same browser and run.",
        "## Training steps",
        "784-50-10, batches of 100, learning rate 0.1, the loss taken after each update. All train on the "
        "same images; their first 50 losses agree within 0.1 %, else the benchmark stops.",
        _steps(found["steps"]),
        f"## A whole run, {found['iterations']:,} iterations",
        _runs(found),
        "## One gradient, hidden 50, batch 100",
        _gradients(found["gradients"]),
        "The definition is timed on 20 weights and multiplied by 39,760 / 20.",
        "## Accuracy on 60,000 + 10,000 images",
        _accuracies(found["accuracies"]),
        "## Start-up of the page",
        "Seconds from the navigation. Train is pressed as soon as it can be. The server is on the same "
        "machine, so this is the work of the browser, not of a network; warm is a second visit with its "
        "cache.",
        _start(found["start"]),
        "## What is transferred",
        _weights(found["weights"]),
        "## Trace",
        "From the click until the values are on the page and drawn; a step is one line forward.",
        _traces(found["traces"]),
        "## Memory on the page, after a whole run",
        _memory(found["memory"]),
    ]
    return "\n\n".join(parts) + "\n"


def _conditions(found: dict[str, Any]) -> str:
    about = found["about"]
    native, browser = about["native"], about["browser"]
    load = found["load"]
    busy = "" if load is None else f" The load average before it began was {load:.1f}."
    return (
        f"Written by `python3 build.py bench` on {date.today().isoformat()}: {processor()}, "
        f"{platform.system()}. Chromium {about['chromium']} headless; in it Python {browser['python']}, "
        f"NumPy {browser['numpy']}, TensorFlow.js {about['wasm']['tfjs']}; natively Python "
        f"{native['python']}, NumPy {native['numpy']}, {native['blas']}.\n\n"
        f"Everything is measured in one go, in short bursts by turns ({found['rounds']} rounds of training "
        "steps), so that a busy machine hits all alike; everyone computes in one thread. A figure is the "
        "median, in brackets the least and the largest; a ratio is one of the same round. Only ratios can "
        f"be compared between machines.{busy}"
    )


def targets(found: dict[str, Any]) -> list[Target]:
    """What the page must reach, as ratios of one run or as times in the browser."""
    steps, gradients, accuracies, runs = (found[key] for key in ("steps", "gradients", "accuracies", "runs"))
    iterations, native, wasm = found["iterations"], steps["native"], steps["wasm"]

    def middle(values: list[float]) -> str:
        return figure(median(values))

    written, definition = steps["as written"], gradients["browser definition"]
    epochs = -(-iterations // EPOCH)
    slow_run = iterations / median(written) + epochs * median(accuracies["as written"])
    by_native, by_wasm = middle(ratios(written, native)), middle(ratios(written, wasm))
    return [
        Target("training steps, as the page trains ÷ native NumPy",
               by_native, ratios(steps["fast"], native), 1.8, True),
        Target("training steps, products alone ÷ native NumPy",
               by_native, ratios(steps["products"], native), 0.9, True),
        Target("training steps, as the page trains ÷ TensorFlow.js wasm",
               by_wasm, ratios(steps["fast"], wasm), 10, True),
        Target(f"time of {iterations:,} iterations with accuracies, the page ÷ native NumPy",
               f"{figure(slow_run / median(runs['native']))} (extrapolated)",
               ratios(runs["page"], runs["native"]), 0.6, False),
        Target("one numerical gradient, hidden 50, s",
               middle(definition), gradients["browser numerical_gradient"], 0.12, False),
        Target("training by numerical gradient, iterations/s",
               figure(1 / median(definition)), steps["numerical"], 8, True),
        Target("accuracies on 70,000 images, s",
               middle(accuracies["as written"]), accuracies["fast"], 0.3, False),
        Target("WebAssembly memory while training on all of MNIST, MB",
               "–", [found["memory"]["wasm"] / 1e6], 160, False),
        Target("longest task of the page while it trains, s",
               "–", found["tasks"], 0.1, False),
        Target("trace of any function, first line, s (the slowest kind)",
               "–", _slowest(found["traces"], "first"), 1, False),
        Target("trace, one step, s (the slowest kind)",
               "–", _slowest(found["traces"], "step"), 0.05, False),
    ]  # fmt: skip


def _slowest(traces: dict[str, list[float]], kind: str) -> list[float]:
    """The times of the function whose median is the largest."""
    return max((values for key, values in traces.items() if key.startswith(kind)), key=median)


def _steps(steps: dict[str, list[float]]) -> str:
    rows = [
        [what, spread(steps[key]), spread(ratios(steps[key], steps["native"])),
         spread(ratios(steps[key], steps["wasm"]))]
        for key, what in STEP_ROWS
    ]  # fmt: skip
    return markdown(("", "steps/s", "÷ native NumPy", "÷ TensorFlow.js wasm"), rows)


def _runs(found: dict[str, Any]) -> str:
    runs, reached = found["runs"], found["reached"]
    rows = [
        [what, spread(runs[key]), spread(ratios(runs[key], runs["native"])), accuracy]
        for key, what, accuracy in (
            ("native", "native plain NumPy", f"{reached['native']:.4f}"),
            ("library", "browser: the training loop alone", f"{reached['library']:.4f}"),
            ("page", "browser: the page, with curve and messages", "as above"),
        )
    ]
    return markdown(("with accuracies of each epoch", "s", "÷ native NumPy", "test accuracy"), rows)


def _gradients(gradients: dict[str, list[float]]) -> str:
    rows = [
        [what, *(spread(values) if (values := gradients.get(f"{place} {key}")) else "–"
                 for place in ("browser", "native"))]
        for key, what in (
            ("definition", "numerical, by its definition (extrapolated)"),
            ("numerical_gradient", "numerical, as the page computes it"),
            ("gradient", "backpropagation"),
        )
    ]  # fmt: skip
    return markdown(("", "browser, s", "native plain NumPy, s"), rows)


def _accuracies(accuracies: dict[str, list[float]]) -> str:
    rows = [
        [what, spread(accuracies[key]), spread(ratios(accuracies[key], accuracies["native"]))]
        for key, what in (
            ("native", "native plain NumPy"),
            ("as written", "browser: NumPy as written"),
            ("einsum", "browser: NumPy, einsum"),
            ("fast", "browser: in C, as the page does it"),
        )
    ]
    return markdown(("", "s", "÷ native NumPy"), rows)


def _start(start: dict[str, dict[str, list[float]]]) -> str:
    names = {"site": "", "before": "before: "}
    rows = []
    for visit, times in start.items():
        room, cache = visit.split()
        rows.append([f"{names[room]}{cache} cache", *(spread(times[stage]) for stage, _ in STAGES)])
    for cache in ("cold", "warm") if "before cold" in start else ():
        now, before = start[f"site {cache}"], start[f"before {cache}"]
        rows.append([f"{cache}: now ÷ before", *(spread(ratios(now[s], before[s])) for s, _ in STAGES)])
    return markdown(("", *(title for _, title in STAGES)), rows)


def _weights(by_stage: dict[str, tuple[int, int]]) -> str:
    rows = [
        [stage.title, *(f"{size / 1e6:.2f}" for size in by_stage[stage.title])]
        for stage in size_budget.STAGES
        if stage.title in by_stage
    ]
    sums = (sum(pair[i] for pair in by_stage.values()) for i in (0, 1))
    rows.append(["all", *(f"{size / 1e6:.2f}" for size in sums)])
    return markdown(("a first visit that trains", "MB as they are", "MB from a host that compresses"), rows)


def _traces(traces: dict[str, list[float]]) -> str:
    names = [key.partition(" ")[2] for key in traces if key.startswith("first ")]
    rows = [[name, spread(traces[f"first {name}"]), spread(traces[f"step {name}"])] for name in names]
    return markdown(("traced", "first line, s", "one step, s"), rows)


def _memory(memory: dict[str, float]) -> str:
    rows = [
        ["WebAssembly memory of Python, in the worker", f"{memory['wasm'] / 1e6:.0f}"],
        ["JavaScript heap of the page", f"{memory['page'] / 1e6:.1f}"],
        ["JavaScript heap of the worker", f"{memory['worker'] / 1e6:.1f}"],
    ]
    return markdown(("", "MB"), rows)
