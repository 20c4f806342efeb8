"""What comes from outside stays data: names, addresses, and text that wants to be markup or script."""

import io
import pickle
import re
import zipfile

import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.faulty_server import SILENT
from support.browser.kept_storage import import_file
from support.browser.kobai_page import WORK

MARKUP = "<img src=x onerror=window.broken=1>"
HOSTILE = [
    MARKUP,
    "\"'><script>window.broken=1</script>",
    "{name} %s ${window.broken=1}",
    "x" * 300,
    "one\ntwo\u202egpj.lkp",
]
TRIES_THAT_WORK = """async () => {
    await new Promise(done => setTimeout(done)); // what Playwright itself evaluates is exempt from the policy
    const tries = {
        markup: () => (document.createElement('div').innerHTML = '<b>x</b>'),
        'page in a page': () => (document.createElement('iframe').srcdoc = '<b>x</b>'),
        script: () => new Function('return 1')(),
        'foreign script': () => (document.createElement('script').src = 'https://elsewhere.example/x.js'),
        'script as data': () => (document.createElement('script').src = 'data:text/javascript,1'),
    };
    return Object.entries(tries).filter(([, act]) => {
        try { act(); return true; } catch (error) { return !['TypeError', 'EvalError'].includes(error.name); }
    }).map(([name]) => name);
}"""


def a_network(seed=5):
    return pickle.dumps(reference.shipped_params() | {"b1": reference.shipped_params()["b1"] + seed * 1e-6})


def nothing_ran(page):
    assert page.evaluate("window.broken") is None
    assert page.locator("img[src='x'], img[onerror]").count() == 0


@pytest.mark.parametrize("name", HOSTILE, ids=["markup", "script", "format", "long", "lines"])
def test_the_name_of_a_file_is_shown_and_nothing_else(kobai, name):
    seed = HOSTILE.index(name)
    kobai.show("keep")
    kobai.drop_file(name + ".pkl", a_network(seed))
    said = kobai.page.get_by_text("is now the network in use.")
    expect(said).to_be_visible()
    shown = " ".join(name.replace("\u202e", "").split())[:100]
    expect(said).to_contain_text(shown)
    expect(kobai.network.locator("option:checked")).to_contain_text(shown)
    expect(kobai.page.locator("#answered-by")).to_contain_text(shown)
    expect(kobai.page.get_by_role("rowheader").filter(has_text=shown)).to_have_count(1)
    nothing_ran(kobai.page)


def test_the_name_of_a_refused_file_is_shown_and_nothing_else(kobai):
    kobai.drop_file(MARKUP + "\u202e.pkl", b"no network")
    expect(kobai.problem).to_contain_text(f"{MARKUP}.pkl was not opened.")
    nothing_ran(kobai.page)


def test_a_network_can_be_renamed_to_markup(kobai):
    kobai.show("keep")
    kobai.drop_file("tame.pkl", a_network(9))
    expect(kobai.page.get_by_text("tame.pkl is now the network in use.")).to_be_visible()
    shelf = kobai.region("Shelf of networks")
    shelf.get_by_role("button", name="Rename: tame.pkl").click()
    shelf.get_by_role("textbox", name="New name").fill(MARKUP + "\u202e")
    shelf.get_by_role("textbox", name="New name").press("Enter")
    expect(kobai.network.locator("option:checked")).to_have_text(MARKUP)
    with kobai.page.expect_download() as download:
        shelf.get_by_role("button", name=f"Download: {MARKUP}", exact=True).click()
    assert re.fullmatch(r"[\w.-]+\.(pkl|npz)", download.value.suggested_filename)
    nothing_ran(kobai.page)


def test_no_text_becomes_markup_or_a_script(kobai, shared_visit):
    assert kobai.page.evaluate("Boolean(window.trustedTypes && trustedTypes.defaultPolicy)")
    shared_visit.watch.announce("TrustedHTML|TrustedScript|Trusted Type|Content Security Policy|trusted")
    assert kobai.page.evaluate(TRIES_THAT_WORK) == []


def test_nothing_can_be_sent_elsewhere(kobai, shared_visit):
    shared_visit.watch.announce("elsewhere.example|Content Security Policy|Failed to fetch")
    answer = kobai.page.evaluate(
        "fetch('https://elsewhere.example/', {mode: 'no-cors'}).then(() => 'sent', error => error.name)"
    )
    assert answer == "TypeError"


NONSENSE = [
    "#<img src=x onerror=window.broken=1>",
    "#trace?f=__import__&image=-1&network=../../etc&at=1e9&batch=7",
    "#trace?f=predict&image=²&seed=99999999999999999999&line=%00",
    "#trace?f=step&network=fresh&seed=x&pixels=<b>&lr=1e-.5&at=-1",
    "#%E0%A4%A",
]


def expect_page_as_it_is(kobai):
    expect(kobai.verdict).to_have_text(re.compile("^Answer: 7 "))
    nothing_ran(kobai.page)


def test_a_nonsense_address_leads_to_the_page_as_it_is_before_python(visit, make_site):
    kobai = visit(site=make_site({"pyodide.asm.wasm": SILENT})).kobai
    for part in NONSENSE:
        kobai.page.goto("about:blank")
        kobai.open("?lang=en" + part)
        kobai.wait_until_live()
        expect_page_as_it_is(kobai)


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("?lang=<img src=x onerror=window.broken=1>", NONSENSE[1]),
        ("?lang=en&lang=ja&__proto__[x]=1", NONSENSE[3]),
    ],
    ids=["markup", "twice"],
)
def test_a_nonsense_address_leads_to_the_page_as_it_is_with_python(visit, query, part):
    """And so does each other nonsense in the place of a room, while the page is open."""
    kobai = visit(query + part).kobai
    kobai.wait_until_ready()
    expect_page_as_it_is(kobai)
    with kobai.at("train"):
        kobai.button("One step").click()
        expect(kobai.page.locator("#reset")).to_be_enabled(timeout=WORK)  # the training images come first
    nothing_ran(kobai.page)
    for other in [each for each in NONSENSE if each != part]:
        kobai.page.evaluate("part => { location.hash = part }", other)
        kobai.step()
        nothing_ran(kobai.page)


def test_small_files_that_would_end_python_and_a_file_of_300_megabytes_are_refused(kobai, tmp_path):
    """The others of their kind are opened in Pyodide without a browser:
    tests/unit/kobai/files/test_in_pyodide.py.
    """
    kobai.wait_until_ready()
    kobai.drop_file("chain.pkl", b"\x80\x04" + b"]" * 8000 + b"N" + b"a" * 8000 + b".")
    expect(kobai.problem).to_contain_text("32 levels")
    kobai.button("Close").click()

    backup = io.BytesIO()
    with zipfile.ZipFile(backup, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kobai.json", "[" * 8000 + "]" * 8000)
    assert len(backup.getvalue()) < 200
    import_file(kobai, {"name": "deep.zip", "mimeType": "", "buffer": backup.getvalue()})
    expect(kobai.problem).to_contain_text("at most 8 MB and 32 levels. Nothing was changed.")
    kobai.button("Close").click()

    kobai.page.evaluate(
        """() => {
            const { arrayBuffer } = Blob.prototype;
            window.read = 0;
            Blob.prototype.arrayBuffer = function () {
                window.read += this.size;
                return arrayBuffer.call(this);
            };
        }"""
    )
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(300_000_000)
    import_file(kobai, large)
    expect(kobai.problem).to_contain_text(
        "large.zip is too large for a file that Kobai exported (300 MB; at most 256 MB). Nothing was changed."
    )
    kobai.button("Close").click()
    assert kobai.page.evaluate("window.read") == 0

    kobai.drop_file("good.pkl", a_network())
    kobai.expect_network("good.pkl")
    assert kobai.page.evaluate("window.read") > 300_000
