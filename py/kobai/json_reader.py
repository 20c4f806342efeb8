"""Read JSON from outside: its length and its depth are counted before Python's `json` sees it.

In Pyodide `json.loads` has no effective limit of recursion: 8,000 nested lists overflow the stack, and
Python ends. `json` has no option for a depth, so the depth is counted here.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_DEPTH = 32  # levels of lists and objects; what Kobai writes has at most 6
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.S)  # brackets within texts are no levels
_BRACKETS = re.compile(rb"[\[\]{}]")


def read_json(text: bytes | str, most_bytes: int) -> Any:
    """The value of this JSON text. Raises ValueError when it is no JSON, too long, or too deep."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    if len(data) > most_bytes:
        raise ValueError(f"JSON of {len(data)} bytes; at most {most_bytes} are read")
    depth = 0
    for bracket in _BRACKETS.finditer(_TEXTS.sub(b"", data)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError(f"JSON of more than {MAX_DEPTH} levels")
    return json.loads(data.decode("utf-8"))
