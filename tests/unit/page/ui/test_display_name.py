"""Names as the page shows them; the module runs on MicroPython there, and is plain Python."""

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sitebuild.check.extract_messages import ROOT

spec = importlib.util.spec_from_file_location("display_name", ROOT / "py" / "page" / "ui" / "display_name.py")
display_name = importlib.util.module_from_spec(spec)
spec.loader.exec_module(display_name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two_layer_net.pkl", "two_layer_net.pkl"),
        ("私の ネット.pkl", "私の ネット.pkl"),
        ("a\u202egpj.lkp", "agpj.lkp"),
        ("one\ntwo\r\n\x1b[31mthree\u2028four", "one two [31mthree four"),
        ("  wide   apart  ", "wide apart"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ],
)
def test_a_name_is_one_line_in_its_own_direction(name, shown):
    assert display_name.plain(name) == shown


def test_a_name_of_60_megabytes_is_not_gone_through():
    assert display_name.plain("a" * 60_000_000) == "a" * 1000


@given(st.text())
def test_nothing_is_left_that_turns_or_breaks_a_line(name):
    shown = display_name.plain(name)
    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set(display_name.TURNS)
    assert display_name.plain(shown) == shown
