"""What a machine can check of WCAG 2.2, A and AA, in every view, filled: names, roles, contrast.

axe-core (carried by axe-playwright-python) has the rules; what only people can judge it does not know.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from support.browser.places import PLACES

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WORK = 120_000
HEIGHT = 900
# A panel is filled when it has been seen, for which the browser needs frames
SEE = """async panel => {
    panel.scrollIntoView({ behavior: "instant" });
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
    kobai = visit(f"?lang={lang}", viewport=view, color_scheme=scheme, bypass_csp=True).kobai
    page = kobai.page
    expect(page.locator("#step")).to_be_enabled(timeout=WORK)
    page.locator("#step").click()
    expect(page.locator("#continue")).to_be_enabled(timeout=WORK)
    wrong = []
    for scheme, width in looks:
        # without motion: no colour is on its way to the other one
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for place in PLACES:
            kobai.show(place)
            fill(page, place)
            page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")  # nothing lies below the header
            wrong += broken_rules(page, f"{place}, {lang}, {scheme}, {width} px")
    assert not wrong, "\n".join(wrong)


def fill(page, place):
    """Let the page ask for what it shows there, and press what it shows more after."""
    for panel in page.locator(".view:not([hidden]) [id]:is(section, article):visible").all():
        panel.evaluate(SEE)
    if place == "examine/checkup":
        page.locator("#checkup-run").click()
        expect(page.locator("#checkup .finding").first).to_be_visible(timeout=WORK)
    if place == "examine/mistakes":
        expect(page.locator("#mistaken button").first).to_be_visible(timeout=WORK)
    if place == "code":
        page.locator("#trace-run").click()
        expect(page.locator("#trace-now")).to_have_attribute("data-at", re.compile(r"\d"), timeout=WORK)


def broken_rules(page, at):
    found = Axe().run(page, options={"runOnly": STANDARD, "resultTypes": ["violations"]})
    return [
        f"{at}: {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
