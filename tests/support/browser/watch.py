"""What must never happen behind a test's back: a request elsewhere, an uncaught error, a console error."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LOCAL = ("data", "blob", "about")


class Watch:
    """Listens to one browser context; `verdict` lists what no test announced."""

    def __init__(self, context, origin: str) -> None:
        self.origin = origin
        self.lines: list[str] = []  # the whole console, kept for a failed test
        self.requests: list[str] = []
        self._wrong: list[str] = []
        self._announced: list[re.Pattern[str]] = []
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error.stack or error.error}"))

    def announce(self, pattern: str) -> None:
        """The test causes errors that match this on purpose."""
        self._announced.append(re.compile(pattern, re.IGNORECASE | re.DOTALL))

    def verdict(self) -> list[str]:
        """The unannounced errors since the last verdict."""
        wrong = [line for line in self._wrong if not any(known.search(line) for known in self._announced)]
        self._wrong, self._announced = [], []
        return wrong

    def _note(self, line: str) -> None:
        self.lines.append(line)
        self._wrong.append(line)

    def _on_request(self, request) -> None:
        parts = urlsplit(request.url)
        self.requests.append(request.url)
        if parts.scheme not in LOCAL and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self._note(f"request elsewhere: {request.url}")

    def _on_console(self, message) -> None:
        line = f"console {message.type}: {message.text} ({message.location.get('url', '')})"
        # an error that nobody expected, which the page shows as such, is printed with its way
        if message.type == "error" or message.text.startswith("Traceback"):
            self._note(line)
        else:
            self.lines.append(line)
