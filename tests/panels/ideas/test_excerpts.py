"""The code beside the formulas of the chapter's ideas: what runs, with the formula's symbols in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.browser.places import IDEAS
from support.panels.ideas_panel import IdeaPanel

LIBRARY = Path(__file__).resolve().parents[3] / "py" / "kobai"
START = 120_000
FIGURES = "figures => figures.map(each => each.getBoundingClientRect().height)"
LINES = """figure => [...figure.querySelectorAll('.line')].map(
    line => [line.firstChild.textContent, line.querySelector('code').textContent])"""


def test_each_symbol_links_to_text_of_the_library_and_back(kobai):
    for number in range(1, 8):
        panel = IdeaPanel(kobai, number)
        figures = panel.article.locator("figure[data-code]")
        for figure in figures.all():
            figure.scroll_into_view_if_needed()
            expect(figure.locator("pre")).to_be_visible(timeout=START)
            source = (LIBRARY / figure.locator("figcaption").inner_text()).read_text().split("\n")
            lines = figure.evaluate(LINES)
            assert [number for number, _text in lines] == [str(i + 1) for i in range(len(lines))]
            assert lines
            assert {text.strip() for _number, text in lines} <= {text.strip() for text in source}
        symbols = panel.article.locator("math [data-variable]").evaluate_all(
            "all => all.map(each => each.dataset.variable)"
        )
        links = panel.article.locator(".symbols a")
        assert set(symbols) <= set(links.evaluate_all("all => all.map(each => each.dataset.variable)"))
        for link in links.all():
            target = panel.article.locator(link.get_attribute("href"))
            expect(target).to_have_text(link.locator("code").inner_text())
            assert target.evaluate("target => Boolean(target.closest('[data-code]'))")
            back = panel.article.locator(target.get_attribute("href"))
            assert back.evaluate("(back, link) => back === link", link.element_handle())


def test_a_symbol_is_followed_by_keyboard_and_by_touch(kobai):
    panel = IdeaPanel(kobai, 5)
    code = panel.article.locator("#idea-5-code-lr")
    expect(code).to_be_visible(timeout=START)
    link = panel.article.locator(".symbols").get_by_role("link", name=re.compile("lr$"))
    address = panel.page.url
    link.press("Enter")
    expect(code).to_be_focused()
    expect(code).to_have_class(re.compile(r"\blit\b"))
    expect(panel.article.locator("math .lit").first).to_have_text("η")
    code.press("Enter")
    expect(link).to_be_focused()
    panel.article.locator("math[display=block] [data-variable=lr]").click()
    expect(code).to_be_focused()
    assert panel.page.url == address
    panel.article.locator(".symbols").get_by_role("link", name=re.compile("x$")).press("Enter")
    lit = panel.article.locator("figure .lit")  # wherever it stands in the code
    expect(lit).to_have_text(["x"] * 5)


def test_nothing_moves_when_the_code_arrives(visit):
    kobai = visit(viewport={"width": 390, "height": 800}).kobai
    before = {}
    for place in IDEAS:
        kobai.show(f"ideas/{place}")
        before[place] = kobai.page.locator("article:visible figure[data-code]").evaluate_all(FIGURES)
    expect(kobai.page.locator("figure[data-code] pre")).to_have_count(0)
    kobai.wait_until_ready()
    for place, sizes in before.items():
        kobai.show(f"ideas/{place}")
        figures = kobai.page.locator("article:visible figure[data-code]")
        for figure in figures.all():
            figure.scroll_into_view_if_needed()
            expect(figure.locator("pre")).to_be_visible(timeout=START)
        assert figures.evaluate_all(FIGURES) == pytest.approx(sizes, abs=0.5), place
