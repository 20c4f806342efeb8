"""What a worker tries, the page and its policy refuse: a server elsewhere on this machine hears nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.browser import ways_out
from support.browser.listener import listening
from support.panels.user_code_panel import UserCodePanel

ROOT = Path(__file__).resolve().parents[2]
REFUSED = "127.0.0.1|Content Security Policy|Trusted|WebTransport|WebSocket|violates|Failed to|pyscript"


@pytest.fixture
def elsewhere():
    with listening() as listener:
        yield listener


def is_report(request) -> bool:
    return ways_out.REPORT in request.url


def expect_nothing_happened(begun, elsewhere, address: str, heard: list) -> None:
    kobai = begun.kobai
    assert heard == []
    assert kobai.page.url.startswith(address)
    assert kobai.page.title() != "rewritten"
    assert len(begun.context.pages) == 1
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    kobai.choose(3)
    kobai.step()


def test_pyscripts_own_functions_lead_a_worker_nowhere(visit, make_site, elsewhere):
    """As if the page's own Python had been taken over: with them it had all that a page can send."""
    site = make_site({})
    code = ways_out.program(ways_out.BY_THE_PAGE, elsewhere.port, site.address)
    site.changed["py/worker/main.py"] = lambda data: data + code.encode()
    begun = visit(site=site)
    begun.watch.announce(REFUSED)
    with begun.context.expect_event("request", is_report, timeout=60_000) as report:
        begun.kobai.wait_until_ready()
    got = ways_out.reported(report.value.url)
    assert len(got) == 18
    for way, what in got.items():
        assert "TypeError: Cannot read properties of null" in what, (way, what)
    expect_nothing_happened(begun, elsewhere, site.address, elsewhere.control())


def test_own_code_finds_no_way_out(visit, make_site, elsewhere):
    """Each way that a script in a worker has, and each thing of the origin's that it could change."""
    site = make_site({})
    begun = visit(site=site)
    begun.watch.announce(REFUSED)
    kobai = begun.kobai.wait_until_ready()
    panel = UserCodePanel(kobai).come_near()
    with begun.context.expect_event("request", is_report, timeout=60_000) as report:
        panel.run(ways_out.program(ways_out.BY_ITSELF, elsewhere.port, site.address))
    got = ways_out.reported(report.value.url)
    silent = {"forged messages", "doors that the prototypes still have", "font", "timer with text", "socket"}
    for way, what in got.items():
        if way.startswith(("self.", "navigator.")):
            assert what.startswith("AttributeError"), (way, what)
        elif way not in silent:
            assert re.match(
                r"(JsException|OSError|URLError|ModuleNotFoundError|AttributeError|BlockingIOError)", what
            ), (way, what)
    assert got["doors that the prototypes still have"] == "done: LookupError('none')"
    assert got["forged messages"] == "done: None"
    panel.end()  # and its Python still answers
    expect_nothing_happened(begun, elsewhere, site.address, elsewhere.control())


def test_the_names_that_are_closed_are_those_of_the_pinned_pyscript(site_folder):
    """Another version may have other names, or more: then py/page/worker_link/doors.py is to be looked at
    again.
    """
    (core,) = (site_folder / "pyscript").glob("core-*.js")
    text = core.read_text(encoding="utf-8")
    (key,) = re.findall(r'const (?:\w+)="(\d{8})",\w+="="\+\w+,\w+="-"\+\w+,\w+=Promise', text)
    (functions,) = re.findall(r"\(\w+\.proxy,\{(.*?)\}\)", text.replace("notStuck(){c=!1}", "notStuck:c"))
    names = [each.split(":")[0] for each in functions.split(",")]
    doors = (ROOT / "py/page/worker_link/doors.py").read_text(encoding="utf-8")
    assert f'REFLECT = "={key}"' in doors
    assert names == ["importJS", "importCSS", "isStuck", "notStuck"]
    assert 'NAMES = (REFLECT, "importJS", "importCSS")' in doors
