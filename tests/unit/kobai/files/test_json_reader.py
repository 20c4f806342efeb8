"""JSON from outside: what is shallow and small is read as by `json.loads`, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.files.json_reader import TooLarge, fits, read_json
from kobai.files.limits import MAX_NESTING
from support.files import hostile_backups

TEXTS = st.text(st.sampled_from('[]{}"\\,:aé\U0001f600\n'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def levels(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(levels, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_what_json_writes_is_read(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert fits(text) == (levels(value) <= MAX_NESTING)
    assert read_json(text) == value


@given(st.integers(0, 80), st.integers(0, 80), st.lists(TEXTS, min_size=80, max_size=80))
def test_levels_are_counted_outside_of_texts(lists: int, dicts: int, texts: list[str]) -> None:
    value: object = texts[0]
    for number in range(max(lists, dicts)):
        value = [texts[number], value] if number < lists else value
        value = {texts[number]: value} if number < dicts else value
    assert fits(json.dumps(value).encode()) == (levels(value) <= MAX_NESTING)


@pytest.mark.parametrize(
    ("label", "text"), list(hostile_backups.deep_texts()), ids=lambda part: str(part)[:40]
)
def test_deep_text_is_refused_before_it_is_read(
    label: str, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json, "loads", lambda _text: pytest.fail("it was read"))
    with pytest.raises(ValueError, match="."):
        read_json(text)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"nothing", b"\xff", b'{"a" 1}', b'["a]', '{"a":1}'.encode("utf-16")]
)
def test_what_is_no_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        read_json(text)


def test_more_bytes_or_values_are_too_large() -> None:
    assert read_json(b"[1, 2]", 6, 2) == [1, 2]
    for most_bytes, most_values in ((5, 2), (6, 1)):
        with pytest.raises(TooLarge):
            read_json(b"[1, 2]", most_bytes, most_values)
