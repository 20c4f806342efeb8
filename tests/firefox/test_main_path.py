"""The main path in Firefox: predict, train, save, open, draw, trace, come back, in both languages."""

from __future__ import annotations

import io
import json
import pickle
import re

import numpy as np
import pytest
from support import reference
from support.browser.faulty_server import HELD
from support.drawn_digits import SHAPES

AS_SHOWN = 0.51e-4
START = WORK = 180  # s: ten times what two idle cores take
TEXT = "s => document.querySelector(s)?.textContent.trim() ?? ''"
MATCHES = "(s, pattern) => new RegExp(pattern).test(document.querySelector(s)?.textContent ?? '')"
SHARES = """s => [...document.querySelectorAll(`${s} tbody tr`)].map(
    row => parseFloat(row.cells[2].textContent) / 100)"""
ENABLED = "s => { const e = document.querySelector(s); return !!e && !e.disabled && !e.hidden; }"
FILL = """(s, value) => { const e = document.querySelector(s); e.value = value;
    for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, {bubbles: true})); }"""


def ready(tab) -> None:
    tab.wait(ENABLED, "#measure", seconds=START)


@pytest.fixture(scope="module", autouse=True)
def early_answer(tab, site):
    """The first visit of a fresh profile: what a click is answered before Python has arrived.

    All tests share the page; each makes what it needs, so that any order of them will do.
    """
    site.faults["pyodide.asm.wasm"] = HELD
    tab.go(site.address + "?lang=en")
    tab.wait("() => !!document.querySelector('#thumbs img')", seconds=START)
    tab.wait(MATCHES, "#verdict", r"\d", seconds=START)
    tab.click("#thumbs li:nth-child(4) img")
    tab.wait(MATCHES, "#portrait-caption", "^Test image 3,")
    answer = tab.run(SHARES, "#bars")
    assert not tab.run(ENABLED, "#measure")
    site.let_go.set()
    return answer


@pytest.fixture
def shipped(tab):
    """The shipped network answers."""
    ready(tab)
    tab.run(FILL, "#network", "shipped")
    tab.wait(MATCHES, "#answered-by", "Kobai’s own, 10,000")


@pytest.fixture
def trained(tab):
    """300 iterations are done, by the same code as under CPython, and their network answers."""
    tab.wait(
        "() => !document.querySelector('#train').disabled || "
        "/^300/.test(document.querySelector('#now-iteration').textContent)",
        seconds=START,
    )
    if not tab.run(MATCHES, "#now-iteration", r"^300\b"):
        tab.wait(ENABLED, "#train", seconds=WORK)
        tab.run("() => kobai.go('#train')")
        tab.run(FILL, "#iterations", "300")
        tab.run(FILL, "#engine", "numpy")
        tab.click("#train")
        tab.wait(MATCHES, "#now-iteration", r"^300\b", seconds=WORK)
        tab.wait(ENABLED, "#reset", seconds=WORK)
    tab.run(FILL, "#network", "trained")
    tab.wait(MATCHES, "#answered-by", "yours, 300", seconds=WORK)


def test_a_click_is_answered_before_python_is_up(tab, early_answer):
    first = json.loads((reference.ROOT / "static/networks/first_answers.json").read_text(encoding="utf-8"))
    assert early_answer == pytest.approx(first["images"][3]["probabilities"], abs=AS_SHOWN)
    assert tab.run("() => document.querySelector('#problem').hidden")


def test_the_probabilities_are_those_of_numpy(tab, shipped):
    for index in (8, 247):
        tab.run(FILL, "#filter-index", str(index))
        tab.run("() => document.querySelector('#filters').requestSubmit()")
        tab.wait(MATCHES, "#portrait-caption", f"^Test image {index},")
        truth = reference.predict(reference.shipped_params(), reference.images_to_test()[index : index + 1])
        assert tab.run(SHARES, "#bars") == pytest.approx(truth[0], abs=AS_SHOWN)


def test_300_iterations_give_the_losses_of_cpython(tab, trained):
    cpython = reference.trained(300)
    for iteration in (1, 150, 300):
        tab.run(FILL, "#scrub", str(iteration))
        said = tab.run("() => document.querySelector('#scrub').getAttribute('aria-valuetext')")
        loss = cpython.train_loss_list[iteration - 1]
        assert float(re.fullmatch(rf"iteration {iteration}: loss ([\d.]+)", said)[1]) == pytest.approx(
            loss, abs=AS_SHOWN
        )


def test_save_and_open(tab, trained, tmp_path):
    """The file that Firefox saves is one that Python loads, and the page opens it again under its name."""
    tab.run("() => kobai.go('#keep')")
    tab.run(FILL, "#save-format", "dict")
    tab.click("#save")
    saved = tab.downloaded().read_bytes()
    params = pickle.load(io.BytesIO(saved))  # noqa: S301 (the page's own file)
    trained = reference.trained(300).network.params
    assert {key: value.shape for key, value in params.items()} == {
        key: value.shape for key, value in trained.items()
    }
    for key, value in trained.items():
        np.testing.assert_allclose(params[key], value, atol=1e-6)
    file = tmp_path / "from_firefox.pkl"
    file.write_bytes(reference.SHIPPED.read_bytes())
    tab.give_file("#file", file)
    tab.wait(MATCHES, "#keep-result", "is now the network in use", seconds=WORK)
    tab.wait(MATCHES, "#answered-by", "from_firefox", seconds=WORK)


def test_a_digit_of_ones_own(tab, shipped):
    """A stroke by real pointer events; the network that answers says 1."""
    tab.run("() => kobai.go('#examine/draw')")
    tab.wait("() => document.querySelector('#draw-canvas').style.touchAction === 'none'", seconds=WORK)
    origin = {"type": "element", "element": tab.element("#draw-canvas")}
    tab.run(
        "() => document.querySelector('#draw-canvas').scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    stroke = SHAPES[1]["stick"][0][1]
    points = [
        (start := np.array(stroke[0])) + (np.array(stroke[-1]) - start) * part
        for part in np.linspace(0, 1, 9)
    ]
    moves = [
        {"type": "pointerMove", "x": int((x - 0.5) * 180), "y": int((y - 0.5) * 180), "origin": origin}
        for x, y in points
    ]
    tab.pointer(
        [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
    )
    tab.wait(MATCHES, "#draw-verdict", r"Answer: 1\b", seconds=WORK)
    assert sum(tab.run(SHARES, "#draw-bars")) == pytest.approx(1, abs=6e-4)


def test_trace_one_predict(tab, shipped):
    tab.run("() => kobai.go('#code')")
    tab.run(FILL, "#trace-function", "predict")
    tab.click("#trace-run")
    tab.wait("() => document.querySelector('#trace-now').dataset.at === '0'", seconds=WORK)
    tab.click("#trace-forward")
    tab.wait("() => document.querySelector('#trace-now').dataset.at === '1'", seconds=WORK)
    assert "def predict" in tab.run(TEXT, "#trace-source")


def test_a_reload_keeps_the_training_and_the_language_changes(tab, trained, site):
    tab.go(site.address + "?lang=ja")
    tab.wait("() => document.documentElement.lang === 'ja'")
    ready(tab)
    tab.wait(MATCHES, "#now-iteration", r"^300\b", seconds=WORK)
    assert tab.run(TEXT, "#train") == "学習する"
    tab.click('[data-language="en"]')
    tab.wait(MATCHES, "#reset", "^Reset$")
    assert tab.run("() => document.documentElement.lang") == "en"
    assert tab.run("() => document.querySelector('#problem').hidden")
