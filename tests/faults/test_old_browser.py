"""A browser that lacks something: the page says what, and which browsers have it, in either language."""

import re

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import CUT_LATER

LACKED = {  # what the page calls it -> how a test takes it away
    "WebAssembly": "delete self.WebAssembly",
    "WebAssembly exceptions": "const real = WebAssembly.validate;"
    " WebAssembly.validate = bytes => bytes.length !== 28 && real(bytes)",
    "JavaScript modules": "delete HTMLScriptElement.prototype.noModule",
    "module workers": "const Real = Worker;"
    " self.Worker = function (url, options) { if (!url) throw 0; return new Real(url, options); }",
    "BigInt64Array": "delete self.BigInt64Array",
    "DecompressionStream": "delete self.DecompressionStream",
    "FinalizationRegistry": "delete self.FinalizationRegistry",
    "TransformStream": "delete self.TransformStream",
    "WeakRef": "delete self.WeakRef",
    "indexedDB": "delete self.indexedDB",
    "structuredClone": "delete self.structuredClone",
}


def without(visit, script, query="?lang=en", **options):
    """The page, and the word it has for a browser in which this script ran first."""
    old = visit(query, before=lambda page: page.add_init_script(script), **options)
    old.watch.announce(".")  # what else breaks in such a browser is not told by the page
    return old.kobai.page, old.kobai.page.get_by_role("alert").filter(has_text=re.compile("Firefox 114"))


@pytest.mark.parametrize("feature", LACKED)
def test_a_missing_feature_is_named_with_the_browsers_that_have_it(visit, feature):
    page, told = without(visit, LACKED[feature])
    expect(told).to_contain_text(f"because it lacks: {feature}.")
    expect(told).to_contain_text("Chrome or Edge 98, Firefox 114, Safari 16.4")
    expect(page.locator("#loading")).to_be_hidden()
    expect(page.locator("#problem")).to_be_hidden()  # one word, not two


def test_it_is_told_in_japanese(visit):
    page, told = without(visit, LACKED["WebAssembly"], query="?lang=ja")
    expect(told).to_contain_text("次の機能がありません：WebAssembly。")
    expect(told).to_contain_text("それより新しいブラウザをお使いください")


@pytest.mark.parametrize(
    ("locale", "word"), [("en-US", "lacks: JavaScript ES2020."), ("ja-JP", "JavaScript ES2020。")]
)
def test_a_browser_that_cannot_even_read_the_scripts_is_told_so(visit, make_site, locale, word):
    """boot.js does not parse: as in a browser before 2020, here because half of it is missing."""
    before = lambda page: page.add_init_script("delete Promise.allSettled")  # noqa: E731
    old = visit("", site=make_site({"js/boot.js": "truncated"}), before=before, locale=locale)
    old.watch.announce(".")
    expect(old.kobai.page.locator("#too-old")).to_contain_text(word)


def test_a_script_that_does_not_arrive_is_no_fault_of_the_browser(visit, make_site):
    """And a current browser sees nothing of all this, once each has arrived."""
    scripts = {"js/boot.js": "missing", "locale.js": "truncated", "js/trusted_types.js": "missing"}
    site = make_site({"js/boot.js": "missing"})
    begun = visit(site=site)
    begun.watch.announce(".")
    page = begun.kobai.page
    told = page.get_by_role("alert").filter(has_text="could not be loaded")
    for file, fault in scripts.items():
        if file not in site.faults:  # the page comes to it by trying again
            site.faults = {file: fault}
            try_again(page, told)
        expect(told, file).to_be_visible()
        expect(told, file).not_to_contain_text("lacks")
    site.mend()
    try_again(page, told)
    begun.watch.verdict()  # from here on nothing in the console
    begun.kobai.wait_until_ready()
    expect(page.locator("#too-old")).to_have_count(0)
    assert page.evaluate("window.kobaiLacks") == []


def try_again(page, told) -> None:
    """It loads the page anew: what is seen from then on is of the new one."""
    with page.expect_navigation(wait_until="commit"):
        told.get_by_role("button", name="Try again").click()


@pytest.mark.fault("the page itself is cut off")
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_that_does_not_arrive_whole_says_so(visit, make_site, language):
    """Chromium then runs no script any more: what says so has come before, and waits in the style sheet."""
    site = make_site({"index.html": CUT_LATER})
    begun = visit(f"?lang={language}", site=site, before=hurry)
    begun.watch.announce("ERR_CONTENT_LENGTH_MISMATCH")
    expect(begun.kobai.page.locator("#stalled")).to_be_attached()
    site.let_go.set()
    told = begun.kobai.page.get_by_role("status").filter(has_text="再読み込みしてください。")
    expect(told).to_be_visible()
    expect(told).to_contain_text("The rest of this page has not arrived yet.")
    site.mend()
    told.get_by_role("link", name="Reload").click()
    begun.kobai.wait_until_ready()
    expect(begun.kobai.page.locator("html")).to_have_attribute("lang", language)
    expect(told).to_have_count(0)


def hurry(page) -> None:
    """Animations take a hundredth of their time."""
    session = page.context.new_cdp_session(page)
    session.send("Animation.enable")
    session.send("Animation.setPlaybackRate", {"playbackRate": 100})


def test_the_first_script_is_written_for_the_oldest_browsers(site_folder):
    """ES5: no arrow, let, const, template, optional chaining, spread or class."""
    html = (site_folder / "index.html").read_text(encoding="utf-8")
    first = re.search(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert first[1] == ""  # it is within the page, and so the first to run
    text = re.sub(r"//.*", "", first[2])
    text = re.sub(r'"[^"]*"', '""', text)
    assert (
        re.findall(r"=>|`|\?\.|\?\?|\.\.\.|\b(?:let|const|class|async|await)\b|catch \{|,\s*\)", text) == []
    )
