"""Five views, one at a time: by their addresses, by Back, by the links of earlier versions."""

import re

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import SILENT
from support.browser.kobai_page import WORK
from support.browser.places import PLACES

HEADINGS = {  # of the views, in the order of the navigation
    "Training": "See a neural network learn",
    "Examine": "Examine",
    "Ideas": "Ideas",
    "Code": "Code",
    "Keep": "Keep",
}
FORMER_NODES = (
    2476  # elements at the start when all was one scroll, measured in the same browser (commit 99715b3)
)
MOST_CONTROLS = 60
CONTROLS = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(element => element.checkVisibility() && element.getClientRects().length).length"""


def heading(kobai, text):
    return kobai.page.get_by_role("heading", level=1, name=text, exact=True)


def expect_view(kobai, title):
    """The heading of this view is the only one of its level in the accessibility tree; its link is marked."""
    expect(heading(kobai, HEADINGS[title])).to_have_count(1)
    expect(kobai.page.get_by_role("heading", level=1)).to_have_count(1)
    link = kobai.page.get_by_role("navigation", name="Views").get_by_role("link", name=title, exact=True)
    expect(link).to_have_attribute("aria-current", "page")
    expect(kobai.page.locator(".views-nav [aria-current]")).to_have_count(1)


def test_the_links_lead_to_the_views_and_back_leads_back(kobai):
    page = kobai.page
    links = page.get_by_role("navigation", name="Views").get_by_role("link")
    assert links.all_inner_texts() == list(HEADINGS)
    for title in list(HEADINGS)[1:]:
        links.filter(has_text=title).click()
        expect_view(kobai, title)
        assert page.url.endswith("#" + title.lower())
    expect(page).to_have_title("Keep · Kobai 勾配")
    for title in ("Code", "Ideas", "Examine"):
        page.go_back()
        expect_view(kobai, title)
    page.go_forward()
    expect_view(kobai, "Ideas")


@pytest.mark.parametrize(
    ("part", "title", "region"),
    [
        ("#examine/mistakes", "Examine", "Mistakes"),
        ("#ideas/4.3", "Ideas", "The chapter’s ideas"),
        ("#mystery", "Examine", "The 86.52 % mystery"),  # as it was before there were views
        ("#idea-5", "Ideas", "The chapter’s ideas"),
        ("#gradients", "Ideas", "Gradient check"),
        ("#run", "Training", "Training"),
        ("#offline", "Keep", "Works offline"),
    ],
)
def test_a_direct_link_shows_its_place_before_python_is_there(visit, make_site, part, title, region):
    kobai = visit("?lang=en" + part, site=make_site({"micropython.mjs": SILENT})).kobai
    expect_view(kobai, title)
    expect(kobai.region(region)).to_be_visible()
    if "idea" in part:
        number, text = ("5", "Gradient descent") if "idea-5" in part else ("3", "Numerical differentiation")
        expect(kobai.page.get_by_role("article")).to_have_count(1)
        expect(kobai.page.locator(f"#idea-{number}")).to_contain_text(text)


def test_a_direct_link_is_at_its_place_when_python_is_ready(visit):
    kobai = visit("?lang=en#offline").kobai.wait_until_ready()
    expect(kobai.page.get_by_role("heading", name="Works offline")).to_be_in_viewport()
    expect_view(kobai, "Keep")
    kobai.page.evaluate("location.hash = '#idea-2-symbol-E'")  # what is folded or far down is reached, too
    expect(kobai.page.locator("#idea-2-symbol-E")).to_be_in_viewport()
    kobai.page.evaluate("location.hash = '#nothing of the kind'")
    expect_view(kobai, "Ideas")
    kobai.page.evaluate("location.hash = ''")
    expect_view(kobai, "Training")


def test_only_the_view_in_sight_is_there_for_a_screen_reader(kobai):
    """Of each place its own regions, and none of another."""
    seen = []
    for place in PLACES:
        kobai.show(place)
        names = kobai.page.evaluate(
            """() => [...document.querySelectorAll('main section, main article')]
                .filter(part => part.checkVisibility()).map(part => part.id).filter(id => id)"""
        )
        seen.append(names)
        snapshot = kobai.page.locator("main").aria_snapshot()
        assert snapshot.count("[level=1]") == 1, place
    assert all(seen)
    assert len({tuple(names) for names in seen}) == len(PLACES)


def test_the_pages_of_a_view_are_where_one_left_them(kobai):
    page = kobai.page
    page.get_by_role("link", name="Ideas", exact=True).click()
    pages = page.get_by_role("navigation", name="Pages of this view")
    pages.get_by_role("link", name="4.2 Loss functions").click()
    expect(pages.locator("[aria-current]")).to_have_text(re.compile("4.2 *Loss functions"))
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY === 300")
    # not by the pointer, for which Playwright scrolls to the top first
    page.get_by_role("link", name="Keep", exact=True).evaluate("link => link.click()")
    expect(page.locator("#shelf")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Ideas", exact=True).evaluate("link => link.click()")
    expect(page.locator("#idea-2")).to_be_visible()
    assert page.evaluate("scrollY") == 300
    page.get_by_role("navigation", name="Before and after this idea").get_by_role("link").last.press("Enter")
    expect(page.locator("#idea-3")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()  # the link that had it is gone from sight


def test_a_training_goes_on_in_another_view_and_a_line_leads_back(kobai):
    page = kobai.page
    line = page.locator("#running")
    kobai.train(iterations=1_000_000)
    kobai.wait_until_iteration(10)
    expect(line).to_be_hidden()  # here the figures say it
    kobai.show("code")
    expect(line).to_have_text(re.compile(r"^Training goes on: iteration [\d,]+ / 1,000,000, loss \d\.\d{4}"))
    before = kobai.iteration()
    kobai.wait_until_iteration(before + 50)
    line.click()
    expect_view(kobai, "Training")
    kobai.pause()
    kobai.show("code")
    expect(line).to_be_hidden()


SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver(list => {
        for (const { value, hadRecentInput, sources } of list.getEntries())
            if (!hadRecentInput) shifts.push([value, sources.map(({ node }) => node?.id || node?.nodeName)]);
    }).observe({ type: 'layout-shift', buffered: true });
}"""


@pytest.mark.parametrize(
    ("lang", "width", "height"), [("en", 1440, 900), ("ja", 1280, 720), ("ja", 390, 844)]
)
def test_nothing_jumps_in_a_first_visit(visit, lang, width, height):
    """Cumulative layout shift, as the browser measures it: from an empty page to the end of a training."""
    kobai = visit(
        f"?lang={lang}",
        viewport={"width": width, "height": height},
        before=lambda page: page.add_init_script(f"({SHIFTS})()"),
    ).kobai.wait_until_ready()
    page = kobai.page
    expect(page.locator("#network-tiles:not(.waiting)")).to_be_visible()
    page.locator("#thumbs img").nth(8).click()  # the one that is answered wrong, in a longer sentence
    expect(page.locator("#portrait-caption")).to_contain_text("8")
    page.evaluate("document.getElementById('iterations').value = '1300'")
    page.locator("#train").click()
    expect(page.locator("#run-next")).to_be_visible(timeout=WORK)
    shifts = page.evaluate("shifts")
    assert sum(value for value, _of in shifts) <= 0.02, shifts


def test_at_the_start_there_is_a_third_of_what_there_was_and_sixty_controls_at_most(visit):
    page = visit().kobai.wait_until_ready().page
    assert page.evaluate("document.querySelectorAll('*').length") <= FORMER_NODES / 3
    assert page.evaluate(CONTROLS) <= MOST_CONTROLS
