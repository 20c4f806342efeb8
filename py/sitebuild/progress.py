"""Progress of a download: a live line on a terminal, a sparse line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

MEGABYTE = 1_000_000
TERMINAL_INTERVAL = 0.1  # seconds between two updates of the live line
LOG_INTERVAL = 5.0  # seconds between two lines in a log file


class Progress:
    """Reports `what: done of total MB`; sizes in bytes, MB = 10^6 bytes."""

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self.what = what
        self.total = total
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self.last = time.monotonic()
        self._write(0)

    def update(self, done: int) -> None:
        """Show `done` bytes, unless something was shown a moment ago."""
        now = time.monotonic()
        if now - self.last >= (TERMINAL_INTERVAL if self.live else LOG_INTERVAL):
            self.last = now
            self._write(min(done, self.total))

    def finish(self) -> None:
        self._write(self.total)
        if self.live:
            self.stream.write("\n")
            self.stream.flush()

    def _write(self, done: int) -> None:
        digits = 1 if self.total >= MEGABYTE else 3
        text = f"{self.what}: {done / MEGABYTE:.{digits}f} of {self.total / MEGABYTE:.{digits}f} MB"
        self.stream.write(f"\r{text}" if self.live else f"{text}\n")
        self.stream.flush()
