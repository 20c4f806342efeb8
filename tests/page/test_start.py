"""From the first visit to the first prediction."""

import json
import re
import zipfile

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import SILENT
from support.reference import ROOT, images_to_test, labels_to_test, predict, shipped_params

FIRST_ANSWERS = json.loads((ROOT / "static" / "networks" / "first_answers.json").read_text(encoding="utf-8"))


def test_static_content_is_there_before_any_python(visit, make_site):
    site = make_site({"micropython.mjs": SILENT})
    kobai = visit(site=site).kobai
    expect(kobai.page.get_by_role("heading", level=1)).to_be_visible()
    expect(kobai.thumbs()).to_have_count(10)
    expect(kobai.page.get_by_role("status").filter(has_text="The page is starting")).to_have_count(0)
    expect(kobai.page.get_by_text("The page is starting.")).to_be_visible()
    for name in ("Train", "One step", "Measure accuracy"):
        expect(kobai.button(name)).to_be_disabled()
    kobai.show("keep")
    for name in ("Save network", "Open network", "Draw figure"):
        expect(kobai.button(name)).to_be_disabled()


def test_what_python_imports_at_its_start_is_bytecode_that_needs_no_source(site_folder):
    """PEP 552: after the magic number, flags of 1 say that Python takes it without a look at the source."""
    (numpy,) = (site_folder / "pyodide").glob("numpy-*.whl")
    magic_numbers = set()
    for path, needed in (
        (
            site_folder / "pyodide" / "python_stdlib.zip",
            {"asyncio/events", "json/decoder", "pyodide/ffi/__init__"},
        ),
        (numpy, {"numpy/__init__", "numpy/_core/numeric", "numpy/linalg/_linalg"}),
    ):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            compiled = {name for name in names if name.endswith(".pyc")}
            assert {f"{name}.pyc" for name in needed} <= compiled
            assert not {name.removesuffix("c") for name in compiled} & names
            headers = [archive.read(name)[:8] for name in compiled]
        assert {header[4:] for header in headers} == {b"\x01\0\0\0"}
        magic_numbers |= {header[:4] for header in headers}
    assert len(magic_numbers) == 1


def test_before_python_is_ready_a_click_is_answered_and_buttons_say_why_they_cannot_work(visit, make_site):
    site = make_site({"pyodide.asm.wasm": SILENT})
    kobai = visit(site=site).kobai
    kobai.wait_until_live()
    for index, name in enumerate(["7", "2", "1", "0", "4", "1", "4", "9", "5", "9"]):
        kobai.choose(index)
        shipped = FIRST_ANSWERS["images"][index]
        assert shipped["label"] == int(name)
        assert kobai.probabilities() == pytest.approx(shipped["probabilities"], abs=0.51e-4)
    expect(kobai.region("Training").get_by_text("Python is still loading.").first).to_be_visible()
    for place, names in (
        ("train", ("Train", "One step", "Reset", "Measure accuracy")),
        ("keep", ("Save network", "Open network", "Draw figure")),
        ("code", ("Trace",)),
    ):
        kobai.show(place)
        for name in names:
            expect(kobai.button(name)).to_be_disabled()
            expect(kobai.button(name)).to_have_attribute("title", re.compile(r"\w"))


def _record_loading(page):
    page.add_init_script(
        """window.loadingSentences = [];
        addEventListener('DOMContentLoaded', () => {
            const line = document.querySelector('#loading-sentence');
            new MutationObserver(() => loadingSentences.push(line.textContent))
                .observe(line, { childList: true, characterData: true, subtree: true });
        });"""
    )


def test_first_visit_by_a_log_that_counts_the_megabytes_to_the_first_prediction(visit):
    first = visit(before=_record_loading)
    kobai = first.kobai
    kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    expect(kobai.page.get_by_text(re.compile(r"Python 3\.14.*NumPy 2\.4"))).to_be_visible()
    kobai.choose(3)
    truth = predict(shipped_params(), images_to_test()[3:4])[0]
    assert kobai.probabilities() == pytest.approx(truth, abs=0.51e-4)
    expect(kobai.verdict).to_have_text("Answer: 0 (99.71 %). Correct.")
    # the watch sees the worker's requests too, or it could not vouch for them
    assert any(url.endswith("pyodide.asm.wasm") for url in first.watch.requests)
    _expect_counted(kobai.page.evaluate("window.loadingSentences"))


def _expect_counted(sentences):
    """Of the megabytes of Python, more and more, to the last."""
    counted = [re.search(r"([\d.]+) of ([\d.]+) MB", text) for text in sentences]
    python = [
        (float(m[1]), float(m[2]))
        for m, text in zip(counted, sentences, strict=True)
        if m and "Python" in text
    ]
    assert len(python) >= 3
    assert [done for done, _ in python] == sorted(done for done, _ in python)
    assert len({total for _, total in python}) == 1
    assert python[-1][0] == pytest.approx(python[-1][1], abs=0.11)
    assert 8 < python[-1][1] < 20


def test_the_worker_gives_the_answers_that_ship_with_the_page(kobai):
    for shipped in FIRST_ANSWERS["images"]:
        answer = kobai.ask_worker("look", index=shipped["index"])
        assert answer["label"] == shipped["label"] == labels_to_test()[shipped["index"]]
        assert answer["probabilities"] == pytest.approx(shipped["probabilities"], abs=1e-6)


@pytest.mark.parametrize("index", [0, 8, 247, 9999])
def test_probabilities_are_those_of_plain_numpy(kobai, index):
    truth = predict(shipped_params(), images_to_test()[index : index + 1])[0]
    assert kobai.ask_worker("look", index=index)["probabilities"] == pytest.approx(truth, abs=1e-9)
    kobai.go_to_image(index)
    assert kobai.probabilities() == pytest.approx(truth, abs=0.51e-4)
