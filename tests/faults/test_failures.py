"""Every silent failure of the start: a sentence, and a retry that works once the fault is gone."""

import gzip
import io
import re
import zipfile

import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.faulty_server import CORRUPT, CUT_ONCE, MISSING, RESUMED, SILENT, TRUNCATED
from support.browser.kobai_page import WORK

ANYTHING = r"."  # a browser logs a missing or broken file in words of its own

STARTS = [  # a word of the sentence; a test image that is chosen meanwhile, and the digit that answers it
    ("pyodide/loader.mjs", MISSING, "pyodide/loader.mjs", 1, 2),
    ("pyodide/loader.mjs", TRUNCATED, "came damaged or incomplete", 2, 1),
    ("pyodide-lock.json", MISSING, "pyodide-lock.json", 3, 0),
    ("pyodide.asm.wasm", TRUNCATED, "pyodide.asm.wasm", 4, 4),
    ("python_stdlib.zip", CORRUPT, "came damaged or incomplete", 5, 1),
    ("numpy-2.4.3", CORRUPT, "numpy-2.4.3", 6, 4),
    ("py/library.zip", TRUNCATED, "came damaged or incomplete", 7, 9),
    ("t10k-images-idx3-ubyte.gz", CORRUPT, "t10k-images-idx3-ubyte.gz", 3, 0),
    ("two_layer_net.pkl", TRUNCATED, "two_layer_net.pkl", 2, 1),
]
PAGE_STARTS = [  # a word of the details
    ("micropython.mjs", MISSING, "micropython.mjs"),
    ("micropython.wasm", CORRUPT, "WebAssembly"),
    ("pyscript/core.js", MISSING, "pyscript/core.js"),
    ("py/page/main.py", MISSING, "py/page/main.py"),
    ("py/page/modules.bin", MISSING, "modules.bin"),
    ("uPlot.iife.min.js", MISSING, "uPlot"),
    ("first_answers.json", MISSING, "first_answers.json"),
]


def in_turn(site, faults, try_again, look):
    """look(…) with each fault and what stands beside it in its row; each takes the place of the one before.

    The first is there when the page opens. The others are met by trying again, so each proves that the page
    has got over the one before. At the end the site is whole, and the page tried again.
    """
    for number, (file, fault, *beside) in enumerate(faults):
        site.mend()
        site.faults[file] = fault
        try:
            if number:
                try_again()
            look(*beside)
        except Exception as error:
            error.add_note(f"while this was {fault}: {file}")
            raise
    site.mend()
    try_again()


def try_again(kobai):
    kobai.button("Try again").click()


def load_anew(kobai):
    """Try again, where that loads the page anew: what is seen from then on is of the new one."""
    with kobai.page.expect_navigation(wait_until="commit", timeout=WORK):
        try_again(kobai)


@pytest.mark.fault("a file of Python’s start: missing, corrupt, truncated")
def test_python_that_cannot_start_says_so_and_can_be_tried_again(visit, make_site):
    site = make_site(dict([STARTS[0][:2]]))
    begun = visit(site=site)
    begun.watch.announce(ANYTHING)
    kobai = begun.kobai

    def look(word, index, digit):
        expect(kobai.problem).to_be_visible(timeout=WORK)
        sentence = kobai.problem.inner_text()
        assert word in sentence
        assert re.search(r"could not|cannot|damaged|cut short|Check the connection", sentence), sentence
        assert len(sentence) < 300
        expect(kobai.button("Train")).to_be_disabled()
        # what needs no Python goes on: the shipped answers
        kobai.choose(index)
        expect(kobai.verdict).to_have_text(re.compile(f"^Answer: {digit} "))
        kobai.drop_file("dropped.pkl", b"Python could not look at it")
        expect(kobai.problem).to_have_text(sentence)  # still, and its button below

    in_turn(site, STARTS, lambda: try_again(kobai), look)
    kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99


@pytest.mark.fault("a file of the page’s start: missing, corrupt")
def test_a_page_that_cannot_start_says_so_and_can_be_tried_again(visit, make_site):
    site = make_site(dict([PAGE_STARTS[0][:2]]))
    begun = visit(site=site)
    begun.watch.announce(ANYTHING)
    kobai = begun.kobai

    def look(word):
        expect(kobai.problem).to_be_visible(timeout=WORK)
        expect(kobai.problem).to_have_text(re.compile("try again", re.IGNORECASE))
        expect(kobai.page.get_by_role("alert")).to_contain_text(word)

    in_turn(site, PAGE_STARTS, lambda: load_anew(kobai), look)
    kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()


@pytest.mark.fault("a connection lost in the middle, taken up again")
@pytest.mark.parametrize("fault", [CUT_ONCE, RESUMED])
def test_a_connection_lost_in_the_middle_is_taken_up_again(visit, make_site, fault):
    """Nobody is asked: the file is whole in the end, with the rest alone where the host can send it."""
    files = ("pyodide.asm.wasm", "t10k-images-idx3-ubyte.gz")
    site = make_site(dict.fromkeys(files, fault))
    begun = visit(site=site)
    begun.watch.announce("ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE|ERR_CONNECTION")
    kobai = begun.kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    for file in files:
        whole, rest = (part for name, part in site.asked if name == file)
        assert whole == "", file
        assert re.fullmatch(r"bytes=\d+-", rest), file
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99


@pytest.mark.long
@pytest.mark.fault("a file that never answers")
def test_a_worker_silent_for_a_minute(visit, make_site):
    files = ["pyodide.asm.wasm", "t10k-images-idx3-ubyte.gz", "py/worker/main.py"]
    site = make_site({files[0]: SILENT})
    begun = visit(site=site)
    kobai = begun.kobai
    kobai.wait_until_live()

    def look():
        expect(kobai.page.get_by_role("alert")).to_be_hidden()
        expect(kobai.page.get_by_text(re.compile("^Python is starting")).first).to_be_visible()
        begun.watch.announce(ANYTHING)
        wait_a_minute(kobai)

    in_turn(site, [(file, SILENT) for file in files], lambda: try_again(kobai), look)
    kobai.wait_until_ready()


def wait_a_minute(kobai):
    """It passes at each look at the clock, of which the page believes a second and a half."""
    kobai.page.evaluate(
        """() => {
            let later = performance.now();
            performance.now = () => (later += 61000);
            window.clockIsRight = () => delete performance.now;
        }"""
    )
    expect(kobai.problem).to_have_text(re.compile("60 seconds"), timeout=WORK)
    kobai.page.evaluate("() => { clockIsRight(); }")


@pytest.mark.long
@pytest.mark.fault("a file that never answers")
def test_a_page_silent_for_a_minute(visit, make_site):
    site = make_site({"micropython.mjs": SILENT})
    begun = visit(site=site, before=lambda page: page.clock.install())
    expect(begun.kobai.page.get_by_role("heading", level=1)).to_be_visible()
    expect(begun.kobai.page.get_by_role("alert")).to_be_hidden()
    begun.watch.announce(ANYTHING)
    begun.kobai.page.clock.fast_forward(61_000)
    expect(begun.kobai.problem).to_have_text(re.compile("could not start"))
    site.mend()
    begun.kobai.button("Try again").click()
    begun.kobai.wait_until_live()


@pytest.mark.fault("training images missing, Matplotlib missing")
def test_what_is_missing_later_costs_only_what_needs_it(visit, make_site):
    """The training without its images, then the figure without Matplotlib."""
    site = make_site({"train-images-idx3-ubyte.gz": MISSING, "matplotlib-3.10.8": MISSING})
    begun = visit(site=site)
    begun.watch.announce("404")
    kobai = begun.kobai
    kobai.wait_until_ready()
    kobai.train(iterations=5)
    expect(kobai.problem).to_contain_text("train-images-idx3-ubyte.gz could not be loaded")
    kobai.go_to_image(100)
    assert kobai.measured_accuracy() > 0.9
    del site.faults["train-images-idx3-ubyte.gz"]
    kobai.button("Close").click()
    kobai.button("Train").click()
    kobai.wait_until_trained()
    assert begun.watch.verdict() == []

    begun.watch.announce(ANYTHING)
    kobai.show("keep")
    kobai.button("Draw figure").click()
    expect(kobai.problem).to_contain_text("matplotlib-3.10.8", timeout=WORK)
    expect(kobai.button("Draw figure")).to_be_enabled()
    kobai.button("Close").click()
    site.mend()
    kobai.button("Draw figure").click()
    expect(kobai.page.get_by_role("img", name="The loss curve, drawn by Matplotlib")).to_be_visible(
        timeout=WORK
    )


@pytest.mark.fault("no localStorage")
def test_a_browser_without_storage_loses_nothing_else(visit):
    forbid = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden'); } });"
    )
    begun = visit(before=lambda page: page.add_init_script(forbid))
    begun.kobai.wait_until_ready()
    begun.kobai.train(iterations=5)
    begun.kobai.wait_until_trained()


@pytest.mark.fault("the engine: missing, corrupt")
@pytest.mark.parametrize("fault", [MISSING, CORRUPT])
def test_without_the_fast_engine_numpy_trains_and_the_page_says_so(visit, make_site, fault):
    """What a browser without SIMD meets: the module cannot be loaded."""
    begun = visit(site=make_site({"kobai_engine.wasm": fault}))
    begun.watch.announce(ANYTHING)
    kobai = begun.kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    note = kobai.page.locator("#engine-note")
    expect(note).to_have_text(re.compile("fast engine cannot be loaded|could not be loaded"))
    kobai.train(iterations=12, computed_by="fast")
    kobai.wait_until_trained()
    expected = reference.trained(12).train_loss_list[-1]
    assert float(kobai.figure("loss")) == pytest.approx(expected, abs=1e-4)


def _other_library(content):
    """The worker's library as of another build."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            other = b'VERSION = "other"' if name == "worker/version.py" else old.read(name)
            new.writestr(name, other)
    return changed.getvalue()


def _other_page(content):
    """The page as of another build."""
    return re.sub(rb'(kobai-build" content=")[^"]*', rb"\1other", content)


@pytest.mark.fault("page and library of two builds")
def test_a_mixture_of_two_builds_is_noticed(visit, make_site):
    """The page, then the library, is of another build than the rest."""
    site = make_site({})
    site.changed["index.html"] = _other_page
    begun = visit(site=site)
    kobai = begun.kobai
    for versions in (r"^other, (?!other)", r", other$"):
        expect(kobai.problem).to_have_text(re.compile("consists of two versions"), timeout=WORK)
        expect(kobai.page.locator("#problem-details")).to_have_text(re.compile(versions))
        expect(kobai.button("Train")).to_be_disabled()
        begun.watch.announce(ANYTHING)
        site.mend()
        if versions.startswith("^"):
            site.changed["py/library.zip"] = _other_library
        load_anew(kobai)
    kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()


@pytest.mark.long
@pytest.mark.fault("a host that unpacks archives")
def test_a_host_that_unpacks_archives_on_the_way(visit, make_site):
    """It sends .gz files with Content-Encoding: gzip, so what arrives is no longer packed."""
    site = make_site({})
    site.changed[".gz"] = gzip.decompress
    kobai = visit(site=site).kobai.wait_until_ready()
    kobai.train(iterations=2)
    kobai.wait_until_trained()
