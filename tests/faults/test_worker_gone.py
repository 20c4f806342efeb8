"""The worker ends without a word: the page says so, starts another, and brings back what was kept."""

import re

import pytest
from playwright.sync_api import expect
from support.browser import workers
from support.browser.kobai_page import WORK

# the page has asked for the worker's lock: before that it would know of its end by a minute of silence only
LOADING_AND_WATCHED = """async () => {
    const { pending } = await navigator.locks.query();
    return pending.some(lock => lock.name.startsWith('kobai-worker-'))
        && /: [1-9]/.test(document.querySelector('#loading-sentence')?.textContent);
}"""
STOPPED = re.compile("Python has stopped: the browser ended it")


@pytest.fixture(scope="module")
def shared_visit(shared_visit):
    """The page of this file: its workers are in the tests' hands."""
    workers.hold(shared_visit.kobai.page)
    return shared_visit


@pytest.fixture
def opened(shared_visit, request):
    """The same page, at the beginning of its start; the tests after it go on with what it has started."""
    shared_visit.begin()
    yield shared_visit.kobai.open()
    wrong = shared_visit.end(request.node)
    assert not wrong, "\n".join(wrong)


def expect_stopped(kobai):
    """What the learner sees, and that no button promises what it cannot do."""
    expect(kobai.problem).to_have_text(STOPPED)
    expect(kobai.page.get_by_text("Python is not running.")).to_be_visible()
    for name in ("Train", "One step", "Reset", "Measure accuracy", "Save network", "Open network", "Trace"):
        button = kobai.button(name)
        if button.is_visible():
            expect(button).to_be_disabled()
            expect(button).to_have_attribute("title", re.compile("start it again at the top"))
    expect(kobai.button("Pause")).to_be_hidden()


def start_again(kobai):
    kobai.page.get_by_role("alert").get_by_role("button", name="Start Python again").click()
    kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    expect(kobai.page.locator("#loading")).to_be_hidden()


@pytest.mark.fault("the worker ends at start-up")
def test_at_start_up(opened):
    kobai = opened
    workers.end_when(kobai.page, LOADING_AND_WATCHED)
    expect_stopped(kobai)
    kobai.choose(2)
    expect(kobai.verdict).to_have_text(re.compile("^Answer: 1 "))
    start_again(kobai)
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99


@pytest.mark.fault("the worker ends in training")
def test_in_training(kobai):
    kobai.train(iterations=100_000, seed=5, computed_by="numpy")
    kobai.wait_until_iteration(20)
    kept = kobai.pause()
    kobai.go_on()
    kobai.wait_until_iteration(kept + 20)
    workers.end(kobai.page)
    expect_stopped(kobai)
    start_again(kobai)
    assert kobai.iteration() >= kept
    expect(kobai.page.locator("#continue")).to_be_enabled()
    expect(kobai.page.locator("#seed")).to_have_value("5")
    kobai.expect_network(f"yours, {kobai.iteration()} iterations")
    kobai.step()  # and it goes on


@pytest.mark.long
@pytest.mark.fault("the worker ends in training")
def test_in_a_training_that_was_never_kept(kobai):
    kobai.train(iterations=100_000, seed=6, computed_by="numpy")
    kobai.wait_until_iteration(1)
    expect(kobai.region("Probabilities").get_by_text(re.compile("^Answered by: yours"))).to_be_visible()
    workers.end(kobai.page)
    expect_stopped(kobai)
    kobai.page.get_by_role("alert").get_by_role("button", name="Start Python again").click()
    lost = kobai.problem.filter(has_text="The training was not kept")
    expect(lost.or_(kobai.page.locator("#continue:enabled")).first).to_be_visible(timeout=WORK)
    expect(kobai.page.locator("#seed")).to_have_value("6")
    if lost.is_visible():  # else a first copy had been made already
        expect(kobai.button("Train")).to_be_enabled()
        kobai.expect_network("Kobai’s own, 10,000 iterations")
        kobai.train(iterations=3)
        kobai.wait_until_trained()


@pytest.mark.long
@pytest.mark.fault("the worker ends while saving")
def test_while_saving(kobai):
    kobai.page.evaluate(
        """() => {
            document.querySelector('#save').click();
            heldWorkers.at(-1).terminate();
        }"""
    )
    expect_stopped(kobai)
    kobai.button("Close").click()
    kobai.page.locator("#loading").get_by_role("button", name="Start Python again").click()
    kobai.wait_until_ready()
    assert kobai.save().suggested_filename == "two_layer_net.pkl"


@pytest.mark.fault("the worker ends at rest")
def test_the_network_in_use_is_chosen_again(kobai):
    """And the word about the end changes its language."""
    kobai.use("shipped-1000")
    workers.end(kobai.page)
    expect_stopped(kobai)
    kobai.drop_file("dropped.pkl", b"Python could not look at it")
    expect_stopped(kobai)  # the notice is there still, with its button
    kobai.page.get_by_role("button", name="日本語").click()
    expect(kobai.page.locator("#loading-sentence")).to_have_text("Python は動いていません。")
    expect(
        kobai.page.get_by_role("alert").get_by_role("button", name="Python をもう一度始める")
    ).to_be_visible()
    expect(kobai.button("Train")).to_have_attribute("title", re.compile("ページの上"))
    kobai.page.get_by_role("button", name="English").click()
    expect_stopped(kobai)
    start_again(kobai)
    kobai.expect_network("Kobai’s own, 1,000 iterations")
    kobai.choose(3)


@pytest.mark.long
@pytest.mark.fault("the worker ends while tracing")
def test_while_tracing(kobai):
    page = kobai.page
    kobai.show("code")
    kobai.button("Trace").click()
    expect(page.locator("#trace-work")).to_be_visible()
    said = page.locator("#trace-said")
    expect(said).not_to_be_empty()
    was = said.inner_text()
    page.evaluate("() => { document.querySelector('#trace-run').click(); heldWorkers.at(-1).terminate(); }")
    expect_stopped(kobai)
    start_again(kobai)
    expect(said).to_have_text(was)
    expect(kobai.button("Trace")).to_be_enabled()


@pytest.mark.long
@pytest.mark.fault("the worker ends, where there are no Web Locks")
def test_without_web_locks_a_long_silence_is_told(visit):
    """An address without https has none of them."""

    def prepare(page):
        workers.hold(page)
        page.add_init_script("delete Navigator.prototype.locks")

    kobai = visit(before=prepare).kobai.wait_until_ready()
    workers.end(kobai.page)
    # at each look at the clock two seconds have passed
    kobai.page.evaluate("() => { let now = 0; performance.now = () => (now += 2000); }")
    kobai.thumbs().nth(5).click()
    expect(kobai.problem).to_have_text(re.compile("has not answered for 60 seconds"), timeout=WORK)
    kobai.page.evaluate("() => { delete performance.now; }")
    start_again(kobai)
    kobai.choose(6)


# ------------------------------------------------------------------ memory, and errors of Pyodide's own

REACH_INTO_PYODIDE = """
    const grow = WebAssembly.Memory.prototype.grow;
    const full = () => { throw new RangeError('test'); };
    new BroadcastChannel('test').addEventListener('message', ({ data }) => {
        if (data === 'memory ends') WebAssembly.Memory.prototype.grow = full;
        if (data === 'memory again') WebAssembly.Memory.prototype.grow = grow;
        if (data === 'abort') {
            try { reached._api.fatal_error(new WebAssembly.RuntimeError('Aborted(test)')); } catch {}
        }
    });
    let reached;
"""


def reach(code):
    """The loader with a hand in it, by which a test makes Pyodide fail in the page's worker."""
    return REACH_INTO_PYODIDE.encode() + code.replace(b"return pyodide;", b"return (reached = pyodide);")


def to_worker(page, word):
    page.evaluate("word => new BroadcastChannel('test').postMessage(word)", word)


@pytest.mark.long
@pytest.mark.fault("no more memory for WebAssembly; then Pyodide aborts")
def test_memory_that_runs_out_is_refused_and_the_page_lives_on_until_pyodide_aborts(visit, make_site):
    site = make_site({})
    site.changed["pyodide/loader.mjs"] = reach
    reaching = visit(site=site)
    kobai = reaching.kobai.wait_until_ready()
    kobai.train(iterations=20, seed=3)
    kobai.wait_until_trained()
    kobai.reset()
    to_worker(kobai.page, "memory ends")
    kobai.train(batch_size=10_000, hidden_units=500, computed_by="numpy", iterations=20)
    expect(kobai.problem).to_contain_text("There is not enough memory for this.", timeout=WORK)
    expect(kobai.page.locator("#reset")).to_be_enabled()
    to_worker(kobai.page, "memory again")
    kobai.button("Close").click()
    kobai.reset()
    kobai.train(batch_size=100, hidden_units=50, iterations=30)
    kobai.wait_until_trained()
    assert reaching.watch.verdict() == []

    reaching.watch.announce("fatal error|Aborted|Stack|Python initialization|Current thread")
    to_worker(kobai.page, "abort")
    expect(kobai.problem).to_have_text(re.compile("Python has stopped after an error of its own"))
    kobai.page.get_by_role("alert").get_by_text("Details").click()
    expect(kobai.page.get_by_role("alert")).to_contain_text("Aborted(test)")
    start_again(kobai)
    assert kobai.iteration() == 30
