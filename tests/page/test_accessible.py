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
# A room is filled when it has been seen, for which the browser needs frames
SEE = """async room => {
    room.scrollIntoView({ behavior: "instant" });
    for (let frames = 3; frames; frames -= 1) await new Promise(requestAnimationFrame);
}"""


@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [("ja", "light", 390), ("en", "dark", 390), ("en", "light", 1280)]
)
def test_no_rule_of_wcag_is_broken(visit, lang, scheme, width):
    view = {"width": width, "height": 900}
    # the rules are run by eval, which the page's own policy forbids
    visited = visit(f"?lang={lang}", viewport=view, color_scheme=scheme, bypass_csp=True)
    page = visited.kobai.page
    expect(page.locator("#trace-run")).to_be_enabled(timeout=WORK)
    page.locator("#step").click()
    expect(page.locator("#continue")).to_be_enabled(timeout=WORK)
    for room in page.locator("main section[id]").all():
        room.evaluate(SEE)
    page.locator("#checkup-run").click()
    expect(page.locator("#checkup .finding").first).to_be_visible(timeout=WORK)
    page.locator("#mistakes").scroll_into_view_if_needed()
    expect(page.locator("#mistaken button").first).to_be_visible(timeout=WORK)
    page.locator("#trace-run").click()
    expect(page.locator("#trace-now")).to_have_attribute("data-at", re.compile(r"\d"), timeout=WORK)
    found = Axe().run(page, options={"runOnly": STANDARD, "resultTypes": ["violations"]})
    wrong = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
    assert not wrong, "\n".join(wrong)
