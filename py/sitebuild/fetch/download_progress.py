"""Progress of a download: a live line on a terminal, a sparse line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

MEGABYTE = 1_000_000
TERMINAL_INTERVAL = 0.1  # seconds between two updates of the live line
LOG_INTERVAL = 5.0  # seconds between two lines in a log file


class Progress:
    """Reports `what: done of total MB`; sizes in bytes, MB = 10^6 bytes. total: 0 when it is not known."""

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self.what = what
        self.total = total
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self.last = time.monotonic()
        self.done = 0  # bytes
        self._write(0)

    def update(self, done: int) -> None:
        """Show `done` bytes, unless something was shown a moment ago."""
        self.done = done
        now = time.monotonic()
        if now - self.last >= (TERMINAL_INTERVAL if self.live else LOG_INTERVAL):
            self.last = now
            self._write(min(done, self.total) if self.total else done)

    def finish(self) -> None:
        """Show that all is done, and end the line."""
        self._write(self.total or self.done)
        if self.live:
            self.stream.write("\n")
            self.stream.flush()

    def _write(self, done: int) -> None:
        digits = 3 if 0 < self.total < MEGABYTE else 1
        of = f" of {self.total / MEGABYTE:.{digits}f}" if self.total else ""
        text = f"{self.what}: {done / MEGABYTE:.{digits}f}{of} MB"
        self.stream.write(f"\r{text}" if self.live else f"{text}\n")
        self.stream.flush()
