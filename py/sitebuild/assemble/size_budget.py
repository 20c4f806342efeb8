"""What the site weighs: a table of every file, and a budget for each stage of loading."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import BuildError
from .precompress import is_copy

PACKED = (".gz", ".whl", ".zip", ".png", ".webp", ".woff2")  # a server gains nothing by compressing these


@dataclass(frozen=True)
class Stage:
    """What must have arrived before the reader can do something; budget in bytes, with the stages before."""

    title: str
    patterns: tuple[str, ...]
    budget: int | None


@dataclass(frozen=True)
class Size:
    """One file's size in bytes, as it is and as it travels."""

    name: str
    raw: int
    gzipped: int


# A file belongs to the first stage with a matching pattern; what no pattern names counts for the page.
ON_DEMAND = Stage(
    "on demand",
    (
        "licenses/*",
        "sbom.cdx.json",
        "404.html",
        "pyodide/*.whl",
        "networks/*.pkl",
        "reference/*",
        "signature_pad/*",
        "service-worker.js",
        "offline.json",
        "manifest.webmanifest",
        "icons/*.png",
    ),
    None,
)
TRAIN = Stage("ready to train", ("data/train-*",), 24_000_000)
PREDICT = Stage(
    "ready to predict",
    ("pyodide/numpy-*.whl", "pyodide/*.mjs", "pyodide/*.wasm", "pyodide/python_stdlib.zip", "pyodide/*.json",
     "py/library.zip", "py/worker/*", "networks/two_layer_net.pkl", "networks/shipped.json",
     "data/t10k-*", "engine/*", "idb-keyval/*"),
    12_300_000,
)  # fmt: skip
PAGE = Stage("page interactive", ("*",), 700_000)
MATCH_ORDER = (PREDICT, TRAIN, ON_DEMAND, PAGE)
STAGES = (PAGE, PREDICT, TRAIN, ON_DEMAND)


def stage_of(name: str) -> Stage:
    """The stage of a file, named by its path below the site with forward slashes."""
    return next(
        stage for stage in MATCH_ORDER if any(fnmatchcase(name, pattern) for pattern in stage.patterns)
    )


def measure(site: Path) -> list[Size]:
    """The sizes of every file of the site, sorted by name, without the compressed copies."""

    def one(path: Path) -> Size:
        content = path.read_bytes()
        name = path.relative_to(site).as_posix()
        gzipped = len(content) if name.endswith(PACKED) else len(gzip.compress(content, 6))
        return Size(name, len(content), min(gzipped, len(content)))

    files = sorted(path for path in site.rglob("*") if path.is_file() and not is_copy(path))
    with ThreadPoolExecutor() as pool:  # zlib runs without the interpreter lock
        return list(pool.map(one, files))


def table(sizes: Iterable[Size]) -> str:
    """Every file under its stage, with the running total that the budgets speak of."""
    sizes = list(sizes)
    width = max(len(size.name) for size in sizes) + 4
    lines = [f"{'file':{width}}{'bytes':>12}{'gzipped':>12}"]
    total = 0
    for stage in STAGES:
        members = [size for size in sizes if stage_of(size.name) is stage]
        lines.append(stage.title)
        lines += [f"  {size.name:{width - 2}}{size.raw:>12,}{size.gzipped:>12,}" for size in members]
        weight = sum(size.gzipped for size in members)
        lines.append(f"  {'sum':{width - 2}}{sum(size.raw for size in members):>12,}{weight:>12,}")
        total += weight
        if stage.budget is not None:
            lines.append(
                f"  {stage.title}: {total / 1e6:.2f} of {stage.budget / 1e6:.1f} MB gzipped, with the above"
            )
    return "\n".join(lines)


def check(sizes: Iterable[Size]) -> None:
    """Raise BuildError for the first stage that exceeds its budget."""
    sizes = list(sizes)
    total = 0
    for stage in STAGES:
        total += sum(size.gzipped for size in sizes if stage_of(size.name) is stage)
        if stage.budget is not None and total > stage.budget:
            raise BuildError(
                f"'{stage.title}' takes {total / 1e6:.2f} MB gzipped, and {stage.budget / 1e6:.1f} MB are "
                "allowed: ship less (the table above shows what weighs most)."
            )
