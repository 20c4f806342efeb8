"""Languages, colours, sizes, keyboard and names: the page for everyone."""

import re

import pytest
from playwright.sync_api import expect
from support.browser.kobai_page import WORK

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
BUTTONS = ["Train", "One step", "Reset", "Measure accuracy", "Save network", "Open network", "Draw figure"]
REGIONS = ["Training", "Loss curve", "Test images", "Probabilities"]


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


def test_japanese_names_hold_the_english_ones(visit):
    kobai = visit(query="?lang=ja", locale="ja-JP").kobai
    kobai.wait_until_ready()
    for name in BUTTONS:
        button = kobai.page.get_by_role("button", name=re.compile(rf"{JAPANESE.pattern}.*\({name}\)$"))
        expect(button).to_have_count(1)
        expect(button).to_have_text(JAPANESE)
    for name in REGIONS:
        expect(
            kobai.page.get_by_role("region", name=re.compile(rf"{JAPANESE.pattern}.*\({name}\)$"))
        ).to_have_count(1)
    names = kobai.page.locator("img[tabindex]").evaluate_all("all => all.map(image => image.alt)")
    assert names[0].endswith("(Test image 0, label 7)")
    assert JAPANESE.search(names[0])


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


def test_no_english_is_left_in_japanese(visit):
    """Of the text a reader sees, only names, code, numbers and the language switch are in Latin letters."""
    kobai = visit(query="?lang=ja", locale="ja-JP").kobai
    kobai.wait_until_ready()
    english = kobai.page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const found = [];
            while (walker.nextNode()) {
                const node = walker.currentNode, parent = node.parentElement;
                if (parent.closest('pre, script, style, noscript, #loading-log, [lang=en]')) continue;
                if (/[a-z]+ (of|the|and|is|to|a|in|not|with) [a-z]+/i.test(node.data))
                    found.push(node.data.trim());
            }
            return found;
        }"""
    )
    assert english == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [360, 390, 820, 1440])
def test_nothing_overflows_sideways(visit, width, language):
    kobai = visit(query=f"?lang={language}", viewport={"width": width, "height": 844}).kobai
    kobai.wait_until_ready()
    kobai.button("One step").click()
    expect(kobai.button("Reset")).to_be_enabled(timeout=WORK)
    assert kobai.page.evaluate("document.documentElement.scrollWidth") <= width
    outside = kobai.page.evaluate(
        """width => [...document.querySelectorAll('button, input, select, a, h1, h2, h3, td, canvas, img')]
            .filter(element => element.checkVisibility() && element.getClientRects().length)
            .filter(element => !element.closest('.unheard, .skip, pre, nav, .idea-table'))
            .filter(element => {
                const box = element.getBoundingClientRect();
                return box.left < -1 || box.right > width + 1;
            }).map(element => element.outerHTML.slice(0, 100))""",
        width,
    )
    assert outside == []


def contrast_of(kobai, selector):
    """WCAG's contrast ratio of an element's text to the first opaque background behind it."""
    return kobai.page.locator(selector).first.evaluate(
        """element => {
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 1;
            const context = canvas.getContext('2d', { willReadFrequently: true });
            const rgba = colour => {
                context.clearRect(0, 0, 1, 1);
                context.fillStyle = colour;
                context.fillRect(0, 0, 1, 1);
                return [...context.getImageData(0, 0, 1, 1).data];
            };
            const light = colour => {
                const [r, g, b] = rgba(colour).slice(0, 3).map(v => v / 255)
                    .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            let behind = element;
            while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] < 255)
                behind = behind.parentElement;
            const scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'black' : 'white';
            const ground = light(behind ? getComputedStyle(behind).backgroundColor : scheme);
            const ink = light(getComputedStyle(element).color);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
        }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_in_dark(visit, scheme):
    kobai = visit(color_scheme=scheme).kobai
    kobai.wait_until_ready()
    background = kobai.page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(re.search(r"\d+", background)[0])
    assert red > 200 if scheme == "light" else red < 60, background
    for selector in (
        "h1",
        "main p",
        ".hint",
        "#train",
        "#verdict",
        "footer p",
        "footer a",
        "#bars th",
        "dt",
        "dd",
        "label",
    ):
        assert contrast_of(kobai, selector) >= 4.5, selector


def test_every_control_has_a_name(kobai):
    kobai.step()  # with the controls of a run in progress, too
    unnamed = kobai.page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, a[href], summary, [tabindex]')]
            .filter(element => element.checkVisibility())
            .filter(element => !(element.getAttribute('aria-label') || element.alt
                || element.textContent.trim()
                || [...(element.labels || [])].map(label => label.textContent.trim()).join('')))
            .map(element => element.outerHTML)"""
    )
    assert unnamed == []


def test_every_control_is_reached_with_the_tab_key(kobai):
    kobai.step()
    page = kobai.page
    for fold in page.locator("details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    wanted = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('button, input, select, a[href], summary')]
                .filter(element => element.checkVisibility() && !element.disabled && element.tabIndex >= 0);
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
    for name in ("Train", "Measure accuracy", "Save network"):
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


def test_targets_are_large_enough_to_hit(visit):
    """WCAG 2.2, 2.5.8: 24 by 24 px."""
    kobai = visit(viewport={"width": 390, "height": 844}).kobai
    kobai.wait_until_ready()
    small = kobai.page.evaluate(
        """() => [...document.querySelectorAll('button, select, input:not(.unheard), summary, img[tabindex]')]
            .filter(element => element.checkVisibility() && element.getClientRects().length)
            .filter(element => {
                const box = element.getBoundingClientRect();
                return box.width < 24 || box.height < 24;
            }).map(element => element.outerHTML.slice(0, 100))"""
    )
    assert small == []


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
