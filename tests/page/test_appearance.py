"""Languages, colours, sizes, keyboard and names: the page for everyone."""

import re

import pytest
from playwright.sync_api import expect
from support.browser.kobai_page import WORK
from support.browser.places import PLACES
from support.browser.sight import contrast_of, in_english, outside, too_small

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
BUTTONS = {
    "train": ["Train", "One step", "Reset", "Measure accuracy"],
    "keep": ["Save network", "Open network", "Draw figure"],
}
REGIONS = ["Training", "Loss curve", "Test images", "Probabilities"]
WIDTHS = [360, 390, 820, 1440]
HEIGHT = 844
READ = ["h1", "main p", ".hint", "#train", "#verdict", "footer p", "footer a", "#bars th"]
READ += [".views-nav a", ".figures dt", ".figures dd", ".pace"]

UNNAMED = """() => [...document.querySelectorAll('button, input, select, a[href], summary, [tabindex]')]
    .filter(element => element.checkVisibility())
    .filter(element => !(element.getAttribute('aria-label') || element.alt
        || element.textContent.trim()
        || [...(element.labels || [])].map(label => label.textContent.trim()).join('')))
    .map(element => element.outerHTML)"""


@pytest.mark.parametrize(("locale", "language"), [("ja-JP", "ja"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_browsers_language_decides_at_first(visit, locale, language):
    kobai = visit(query="", locale=locale).kobai
    expect(kobai.page.locator("html")).to_have_attribute("lang", language)
    heading = kobai.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(JAPANESE if language == "ja" else "See a neural network learn")


def test_the_address_decides_over_the_browser(visit):
    kobai = visit(query="?lang=ja", locale="en-US").kobai
    expect(kobai.page.get_by_role("heading", level=1)).to_have_text(JAPANESE)
    kobai.open("?lang=en")
    expect(kobai.page.get_by_role("heading", level=1)).to_have_text("See a neural network learn")


def test_the_choice_of_language_is_remembered(visit):
    kobai = visit(query="").kobai
    kobai.page.get_by_role("button", name="日本語").click()
    expect(kobai.page.get_by_role("heading", level=1)).to_have_text(JAPANESE)
    kobai.open("")
    expect(kobai.page.get_by_role("heading", level=1)).to_have_text(JAPANESE)
    kobai.page.get_by_role("button", name="English").click()
    expect(kobai.page.get_by_role("heading", level=1)).to_have_text("See a neural network learn")


def test_the_language_switches_while_training_goes_on(kobai):
    kobai.train(iterations=100_000)
    kobai.wait_until_iteration(5)
    kobai.page.get_by_role("button", name="日本語").click()
    expect(kobai.button("Pause")).to_have_text(JAPANESE)
    expect(kobai.verdict).to_have_text(JAPANESE)
    kobai.page.get_by_role("button", name="English").click()
    expect(kobai.button("Pause")).to_have_text("Pause")
    expect(kobai.verdict).to_have_text(re.compile("^Answer: "))
    kobai.wait_until_iteration(kobai.iteration() + 1)
    kobai.pause()


def hard_to_read(page, at):
    """What cannot be read in dark or in light, which stays."""
    wrong = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        red = int(re.search(r"\d+", background)[0])
        if red <= 200 if scheme == "light" else red >= 60:
            wrong.append(f"{at}, {scheme}: the background is {background}")
        contrasts = [(selector, contrast_of(page.locator(selector).first)) for selector in READ]
        wrong += [
            f"{at}, {scheme}: {selector} has {ratio:.2f}" for selector, ratio in contrasts if not ratio >= 4.5
        ]
    return wrong


def check_look(kobai, language, widths):
    """On a fresh page of the first of these widths: what is to be read, to be hit, and where it ends."""
    page = kobai.page
    wrong = hard_to_read(page, f"{language}, {widths[0]} px")
    for place in ("train", "train, after a step", *PLACES[1:]):
        kobai.show(place.split(",")[0])
        if "step" in place:
            kobai.button("One step").click()
            expect(kobai.page.locator("#reset")).to_be_enabled(timeout=WORK)
        if language == "ja":
            wrong += [f"{place}, in English: {found}" for found in in_english(page)]
        for width in widths:
            at = f"{place}, {language}, {width} px, light"
            page.set_viewport_size({"width": width, "height": HEIGHT})
            wrong += [f"{at}, beyond the window: {found}" for found in outside(page, width)]
            wrong += [f"{at}, smaller than 24 x 24 px: {found}" for found in too_small(page)]
    assert not wrong, "\n".join(wrong)


def test_in_japanese_nothing_is_missing_or_cut_off(visit):
    """One visit, as each start of the page takes long: the names, the text, and each width and scheme."""
    view = {"width": WIDTHS[0], "height": HEIGHT}
    kobai = visit(query="?lang=ja", locale="ja-JP", viewport=view).kobai
    kobai.wait_until_ready()
    for place, names in BUTTONS.items():
        kobai.show(place)
        for name in names:
            button = kobai.page.get_by_role("button", name=re.compile(rf"{JAPANESE.pattern}.*\({name}\)$"))
            expect(button).to_have_count(1)
            expect(button).to_have_text(JAPANESE)
    kobai.show("train")
    for name in REGIONS:
        region = re.compile(rf"{JAPANESE.pattern}.*\({name}\)$")
        expect(kobai.page.get_by_role("region", name=region)).to_have_count(1)
    names = kobai.page.locator("img[tabindex]").evaluate_all("all => all.map(image => image.alt)")
    assert names[0].endswith("(Test image 0, label 7)")
    assert JAPANESE.search(names[0])
    check_look(kobai, "ja", WIDTHS)


def test_in_english_nothing_is_cut_off(visit):
    """From the widest window on."""
    kobai = visit(viewport={"width": WIDTHS[-1], "height": HEIGHT}).kobai
    kobai.wait_until_ready()
    check_look(kobai, "en", WIDTHS[::-1])


def test_every_control_has_a_name(kobai):
    kobai.step()  # with the controls of a run in progress, too
    unnamed = []
    for place in PLACES:
        kobai.show(place)
        unnamed += kobai.page.evaluate(UNNAMED)
    assert unnamed == []


@pytest.mark.parametrize("place", ["train", "examine/mistakes", "ideas/4.2", "code", "keep"])
def test_every_control_is_reached_with_the_tab_key(kobai, place):
    kobai.step()
    page = kobai.page
    kobai.show(place)
    for fold in page.locator("details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    wanted = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('button, input, select, a[href], summary')]
                .filter(element => element.checkVisibility() && !element.disabled && element.tabIndex >= 0);
            document.querySelectorAll('[data-walk]').forEach(element => element.removeAttribute('data-walk'));
            all.forEach((element, i) => element.setAttribute('data-walk', i));
            document.activeElement?.blur();
            window.reached = new Set();
            addEventListener('focusin', event => reached.add(event.target.getAttribute('data-walk')));
            return all.length;
        }"""
    )
    page.locator("a.skip").focus()
    for _ in range(2 * wanted + 40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    missed = page.evaluate(
        """() => [...document.querySelectorAll('[data-walk]')]
            .filter(element => !reached.has(element.getAttribute('data-walk')))
            .map(element => element.outerHTML)"""
    )
    assert missed == []


def test_the_focus_can_be_seen(kobai):
    for name in ("Train", "Measure accuracy", "One step"):
        kobai.button(name).focus()
        kobai.page.keyboard.press("Shift+Tab")
        kobai.page.keyboard.press("Tab")
        expect(kobai.button(name)).to_be_focused()
        outline = kobai.button(name).evaluate(
            """element => {
                const style = getComputedStyle(element);
                return [style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        assert outline[0] != "none", (name, outline)
        assert outline[1] >= 1, (name, outline)


def test_the_state_of_training_is_announced_politely(kobai):
    """WCAG 4.1.3: a status message each tenth of the training, not each iteration."""
    kobai.page.evaluate(
        """() => {
            window.announced = [];
            const status = document.querySelector('#run-spoken');
            new MutationObserver(() => announced.push(status.textContent))
                .observe(status, { childList: true });
        }"""
    )
    expect(kobai.region("Training").get_by_role("status").first).to_have_count(1)
    kobai.train(iterations=100)
    kobai.wait_until_trained()
    announced = kobai.page.evaluate("announced")
    assert any("% of the training done" in text for text in announced)
    assert len(announced) <= 16
