"""Trace runs a program of the learner's own: what it prints and leaves, how it is stopped, and is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.faulty_server import SLOW
from support.panels.user_code_panel import WORK, UserCodePanel

SIX_LINES = """a1 = np.dot(x, net.params["W1"]) + net.params["b1"]
z1 = sigmoid(a1)
a2 = np.dot(z1, net.params["W2"]) + net.params["b2"]
y = softmax(a2)
for digit in range(10):
    print(digit, round(float(y[0, digit]), 6))
"""


@pytest.fixture
def panel(kobai) -> Iterator[UserCodePanel]:
    panel = UserCodePanel(kobai).come_near()
    panel.ask("code", test_image=0)
    yield panel
    panel.forget_address()


def test_a_program_of_ones_own_prints_and_leaves_what_python_says(panel):
    """The probabilities against those computed here; the number of an element comes with its terms."""
    panel.run(SIX_LINES)
    y = reference.predict(reference.shipped_params(), reference.images_to_test()[:1])[0]
    lines = [line.split(" ") for line in panel.printed.inner_text().strip().split("\n")]
    assert [int(digit) for digit, _p in lines] == list(range(10))
    assert [float(p) for _digit, p in lines] == pytest.approx(y.tolist(), abs=2e-6)
    assert panel.source_text() == SIX_LINES.strip()
    panel.go_to("z1 =")
    panel.press("Into")
    expect(panel.source()).to_have_accessible_name("Source of sigmoid")
    panel.button("your code").click()
    panel.expect_moment(panel.moment())
    panel.end()
    expect(
        panel.region.get_by_role("heading", name="The code has come to its end. It leaves")
    ).to_be_visible()
    card = panel.page.locator("#trace-now figure").filter(
        has=panel.page.locator("code", has_text=re.compile("^y$"))
    )
    expect(card).to_be_visible()


def test_what_is_no_python_or_fails_is_said_with_its_line(panel):
    panel.run("a = 1\nb = 2\n")
    panel.text.fill("a = 1\nb = = 2\n")
    panel.button("Trace").click()
    expect(panel.kobai.problem).to_contain_text("Line 2 of your code is not Python yet")
    assert panel.source_text() == "a = 1\nb = 2"  # what was there is there still
    panel.run("first = 6\nsecond = first / 0\n")
    expect(panel.kobai.problem).to_be_hidden()  # it was about the code before
    expect(
        panel.region.get_by_text("It ended with an error: ZeroDivisionError: division by zero")
    ).to_be_visible()
    panel.end()
    assert panel.current_line() == "second = first / 0"


def test_a_loop_without_an_end_is_ended(panel):
    panel.run("n = 0\nwhile True:\n    n = n + 1\n")
    expect(panel.region.get_by_text("Your code was ended there.")).to_be_visible()
    panel.end()
    assert panel.moment() == 4999


def test_the_program_is_in_no_address(panel):
    panel.run("secret = 42\n")
    panel.page.wait_for_url(re.compile(r"#trace$"))
    expect(panel.button("Copy link to this moment")).to_be_hidden()
    panel.trace("predict", test_image=3)
    expect(panel.button("Copy link to this moment")).to_be_visible()


def test_the_network_of_the_page_stays_as_it_is(panel):
    panel.kobai.go_to_image(0)
    before = panel.kobai.verdict.text_content()
    panel.run('net.params["W1"][:] = 0\nx[:] = 0\ny = net.predict(x)\n')
    panel.kobai.go_to_image(1)
    panel.kobai.go_to_image(0)
    expect(panel.kobai.verdict).to_have_text(before)


def test_enter_goes_on_below_the_line(panel):
    panel.text.fill("")
    panel.text.press_sequentially("for i in range(2):\nj = i")
    panel.text.press("Enter")
    panel.text.press_sequentially("k = j")
    expect(panel.text).to_have_value("for i in range(2):\n    j = i\n    k = j")
    panel.text.fill("# 𠮷𠮷𠮷𠮷\nfor i in range(2):\n")  # letters that the browser counts as two
    panel.text.press("ArrowLeft")
    panel.text.press("Enter")
    expect(panel.text).to_have_value("# 𠮷𠮷𠮷𠮷\nfor i in range(2):\n    \n")
    panel.button("Take the example").click()
    expect(panel.text).to_have_value(re.compile("^# net: the network in use"))


def test_what_never_answers_is_stopped_and_python_starts_again(panel):
    """A loop within one line of the library of Python, where no trace reaches."""
    kobai = panel.kobai
    kobai.step()
    panel.come_near()
    panel.text.fill("import itertools\nn = sum(itertools.repeat(1))\n")
    panel.button("Trace").click()
    panel.button("Stop the code").click()
    kobai.wait_until_ready()
    expect(panel.button("Stop the code")).to_be_hidden()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    assert kobai.iteration() == 1
    expect(panel.text).to_have_value("import itertools\nn = sum(itertools.repeat(1))\n")
    panel.run("a = 1\n")


def test_the_program_is_there_after_a_reload(panel):
    mine = "# 𠮷野家で𩸽を食べる自分のコード\nprint('<b>kept</b> 𠮷野家で𩸽を食べる😀')\n"
    panel.text.fill(mine)
    panel.text.blur()
    panel.run(mine)
    expect(panel.printed).to_have_text("<b>kept</b> 𠮷野家で𩸽を食べる😀\n")
    panel.page.reload()
    panel.kobai.wait_until_ready()
    panel.come_near()
    panel.field("Function").select_option("code")
    expect(panel.text).to_have_value(mine)


@pytest.fixture
def slow_python(site):
    """From when it is called on, Python takes its time to come."""
    yield lambda: site.faults.update({"pyodide.asm.wasm": SLOW})
    site.mend()


def test_the_example_taken_while_python_starts_is_not_replaced_by_what_was_kept(panel, slow_python):
    panel.run("a = 1\n")
    slow_python()
    panel.page.reload()
    panel.kobai.wait_until_live()
    panel.field("Function").select_option("code")
    panel.text.fill("b = 2\n")
    panel.button("Take the example").click()
    panel.come_near()
    panel.button("Trace").click()
    panel.expect_moment(0)
    expect(panel.text).to_have_value(re.compile("^# net: the network in use"))


def test_many_images_and_the_gradient_beside(panel):
    """On a mini-batch; the mirror of forward and backward is there, for the code calls gradient."""
    panel.field("With").select_option("10")
    panel.field("Seed of the mini-batch").fill("2")
    panel.run("print(x.shape, t)\ngrads = net.gradient(x, t)\n")
    labels = reference.training_set()[1]
    chosen = np.random.RandomState(2).choice(len(labels), 10)
    assert panel.printed.inner_text().strip() == f"(10, 784) {labels[chosen].astype(int)}"
    expect(panel.region.get_by_role("heading", name="Forward and backward, side by side")).to_be_visible()


def test_in_japanese(visit):
    kobai = visit("?lang=ja").kobai
    kobai.show("code")
    page = kobai.page
    expect(page.locator("#trace-run")).to_be_enabled(timeout=WORK)
    page.locator("#trace-function").select_option(label="自分のコード")
    expect(page.get_by_role("textbox", name="自分のコード")).to_have_value(
        re.compile("^# net：使用中のネットワーク")
    )
    page.locator("#trace-text").fill("a = (\n")
    page.locator("#trace-run").click()
    expect(page.get_by_role("alert")).to_contain_text("行目はまだ Python として読めません")


def test_a_program_sends_nothing_elsewhere(panel, shared_visit, make_site):
    """The policy of the page holds in the worker: a server that is there is not reached."""
    other = make_site({})
    attempt = "Content Security Policy|connect-src|XMLHttpRequest|request elsewhere"
    shared_visit.watch.announce(attempt)
    reached = []
    other.changed["js/boot.js"] = lambda data: reached.append("it was sent") or data
    request = (
        'import js\nr = js.XMLHttpRequest.new()\nr.open("GET", "{}", False)\nr.send()\nprint(r.status)\n'
    )
    panel.run(request.format(panel.kobai.address + "js/boot.js"))
    expect(panel.printed).to_have_text("200\n")  # such a request can be made at all
    panel.run(request.format(other.address + "js/boot.js"))
    expect(panel.region.get_by_text("It ended with an error: JsException")).to_be_visible()
    assert not reached
