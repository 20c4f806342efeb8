"""JSON from outside: as the standard library reads it, but for what is too deep or too long."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.json_reader import MAX_DEPTH, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


def deep(levels: int, opening: str = "[", closing: str = "]") -> str:
    return opening * levels + closing * levels


@given(VALUES)
def test_what_json_writes_is_read(value):
    text = json.dumps(value, ensure_ascii=False)
    assert read_json(text, 1_000_000) == value
    assert read_json(text.encode("utf-8", "surrogatepass"), 1_000_000) == value if _is_utf8(text) else True


def _is_utf8(text: str) -> bool:
    return text == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "text",
    [
        deep(MAX_DEPTH + 1),
        deep(8000),
        '{"a":' * 8000 + "1" + "}" * 8000,
        "[" * 8000,
        '["\\"",' + deep(40) + "]",
    ],
)
def test_deep_json_is_refused_before_it_is_parsed(text, monkeypatch):
    monkeypatch.setattr(json, "loads", lambda _text: pytest.fail("it was parsed"))
    with pytest.raises(ValueError, match="levels"):
        read_json(text, 1_000_000)


def test_brackets_in_texts_are_no_levels():
    assert read_json(json.dumps("[" * 8000), 100_000) == "[" * 8000
    assert read_json(json.dumps(['"[{\\' * 100] * 2), 100_000) == ['"[{\\' * 100] * 2
    assert read_json(deep(MAX_DEPTH), 100)


def test_long_json_is_refused_unread():
    with pytest.raises(ValueError, match="bytes"):
        read_json(b" " * 101, 100)


def test_what_is_no_json_is_a_value_error():
    for text in (b"\xff", "", "{", '"' + "[" * 9000, "nope"):
        with pytest.raises(ValueError):  # noqa: PT011 (JSONDecodeError and UnicodeDecodeError are ValueErrors)
            read_json(text, 100_000)
