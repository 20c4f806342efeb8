"""Medians, spreads, ratios and tables: the part of the benchmark that measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


def figure(value: float) -> str:
    """Three significant digits, as people write them: 0.0871, 1.83, 12.5, 204, 1,040."""
    if value == 0:
        return "0"
    if abs(value) >= 99.95:
        return f"{float(f'{value:.3g}'):,.0f}"
    text = f"{value:#.3g}"
    return f"{value:.1e}" if "e" in text else text


def spread(values: Sequence[float]) -> str:
    """`median (minimum–maximum)`; a single value stands alone."""
    middle = figure(median(values))
    return middle if len(values) == 1 else f"{middle} ({figure(min(values))}–{figure(max(values))})"


def ratios(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """The ratio of each round: both were measured within seconds of each other, under the same load.

    Raises ValueError when the rounds are not the same number.
    """
    return [a / b for a, b in zip(these, those, strict=True)]


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns are also aligned as plain text, the first to the left."""
    widths = [max(3, *(len(row[i]) for row in (header, *rows))) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        first, *rest = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join([first, *rest])} |"

    rule = [("-" * width if i == 0 else "-" * (width - 1) + ":") for i, width in enumerate(widths)]
    return "\n".join([line(header), f"| {' | '.join(rule)} |", *(line(row) for row in rows)])


@dataclass(frozen=True)
class Target:
    """A figure and the bound it must reach; the median decides."""

    what: str
    as_written: str  # the book's NumPy code in the same run
    values: Sequence[float]
    bound: float
    at_least: bool

    @property
    def reached(self) -> bool:
        middle = median(self.values)
        return middle >= self.bound if self.at_least else middle <= self.bound

    def cells(self) -> list[str]:
        bound = f"{'≥' if self.at_least else '≤'} {self.bound:g}"
        verdict = "reached" if self.reached else "NOT reached"
        return [self.what, self.as_written, spread(self.values), bound, verdict]


TARGET_HEADER = ("", "as written", "measured", "must reach", "verdict")
