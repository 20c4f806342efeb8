"""What a machine can check of WCAG 2.2, A and AA, with every room filled: names, roles, contrast.

axe-core (carried by axe-playwright-python) has the rules; what only people can judge it does not know.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WORK = 120_000
HEIGHT = 900
# A room is filled when it has been seen, for which the browser needs frames
SEE = """async room => {
    room.scrollIntoView({ behavior: "instant" });
    for (let frames = 3; frames; frames -= 1) await new Promise(requestAnimationFrame);
}"""


@pytest.mark.parametrize(
    ("lang", "looks"), [("ja", [("light", 390)]), ("en", [("dark", 390), ("light", 1280)])]
)
def test_no_rule_of_wcag_is_broken(visit, lang, looks):
    """In each scheme and width, one after the other in one visit."""
    # the rules are run by eval, which the page's own policy forbids
    scheme, width = looks[0]
    view = {"width": width, "height": HEIGHT}
    page = visit(f"?lang={lang}", viewport=view, color_scheme=scheme, bypass_csp=True).kobai.page
    expect(page.locator("#trace-run")).to_be_enabled(timeout=WORK)
    page.locator("#step").click()
    expect(page.locator("#continue")).to_be_enabled(timeout=WORK)
    fill(page)
    page.locator("#checkup-run").click()
    expect(page.locator("#checkup .finding").first).to_be_visible(timeout=WORK)
    page.locator("#mistakes").scroll_into_view_if_needed()
    expect(page.locator("#mistaken button").first).to_be_visible(timeout=WORK)
    page.locator("#trace-run").click()
    expect(page.locator("#trace-now")).to_have_attribute("data-at", re.compile(r"\d"), timeout=WORK)
    wrong = broken_rules(page, f"{lang}, {scheme}, {width} px")
    for scheme, width in looks[1:]:
        # without motion: no colour is on its way to the other one
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": HEIGHT})
        fill(page)
        wrong += broken_rules(page, f"{lang}, {scheme}, {width} px")
    assert not wrong, "\n".join(wrong)


def fill(page):
    for room in page.locator("main section[id]").all():
        room.evaluate(SEE)


def broken_rules(page, at):
    found = Axe().run(page, options={"runOnly": STANDARD, "resultTypes": ["violations"]})
    return [
        f"{at}: {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
