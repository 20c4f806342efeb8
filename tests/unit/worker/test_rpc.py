"""What the worker says to the page, as JSON; the end-to-end tests show that MicroPython reads it whole."""

from __future__ import annotations

import json
import math
import sys
from types import SimpleNamespace

import pytest


@pytest.fixture
def as_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyodide.ffi", SimpleNamespace(to_js=list))
    monkeypatch.delitem(sys.modules, "worker.rpc", raising=False)
    from worker.rpc import as_text

    yield as_text
    monkeypatch.delitem(sys.modules, "worker.rpc", raising=False)


def test_every_letter_stands_for_itself(as_text):
    text = '𠮷野家の𩸽.pkl 😀 \\ud842 "\n\x00\x7f\u2028'
    assert json.loads(as_text({"name": text})) == {"name": text}
    assert "𠮷野家の𩸽.pkl 😀" in as_text({"name": text})


def test_half_a_pair_alone_is_left_to_an_escape(as_text):
    """As a program of the learner's may print it; UTF-8, in which the page reads the text, cannot hold it."""
    halves = {"a\ud842b": ["\udfb7\ud842", "𠮷\ud842"]}
    text = as_text(halves)
    assert text.encode()
    assert json.loads(text) == halves


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_json_has_no_number_for_is_an_error(as_text, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_text([value])
