"""A user without a plan, from a seed; support/browser/chaos.py says what must hold after each action."""

import os

import pytest
from support.browser.chaos import Chaos
from support.browser.watch import Watch
from support.reference import ROOT

SEED = int(os.environ.get("KOBAI_CHAOS_SEED", "11"))
WIDE = {"width": 1280, "height": 900}
ACTIONS = int(os.environ.get("KOBAI_CHAOS_ACTIONS", "80"))


@pytest.mark.long
@pytest.mark.fault("a user without a plan")
def test_a_user_without_a_plan(browser, site, site_folder):
    """In a context without Playwright's trace: a picture of the whole page at each action takes minutes."""
    with browser.new_context(locale="en-US", viewport=WIDE) as context:
        watch = Watch(context, site.address.split("/kobai/")[0])
        page = context.new_page()
        page.set_default_timeout(5000)
        page.goto(site.address + "?lang=en")
        chaos = Chaos(page, watch, SEED, sorted((site_folder / "networks").glob("*.pkl")))
        chaos.ready()
        chaos.run(ACTIONS)  # the log is seen when it fails
    assert len(chaos.counts) > 5, "it did not do much"


def test_an_arrow_key_while_another_curve_is_on_its_way(kobai):
    page = kobai.page
    kobai.show("ideas/4.3")
    handle = page.locator("#idea-3 [role=slider].handle")
    handle.wait_for()
    handle.focus()
    page.evaluate(
        """() => {
            const curve = document.querySelector('#derivative-curve');
            curve.value = curve.options[1].value;
            curve.dispatchEvent(new Event('change', { bubbles: true }));
            const key = new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true });
            document.querySelector('#idea-3 [role=slider].handle').dispatchEvent(key);
        }"""
    )
    assert page.get_by_role("alert").count() == 0  # hidden: an uncaught error would also fail the test


def test_another_recording_while_a_moment_is_asked_for(kobai):
    """The pictures of a moment belong to its recording: they are not asked of the site by their number."""
    page = kobai.page
    kobai.show("code")
    kobai.button("Trace").click()
    page.locator("#trace-work").wait_for()
    for _ in range(6):
        page.evaluate(
            """() => {
                document.querySelector('#trace-ask-dz1').click();
                for (let i = 0; i < 3; i += 1) document.querySelector('#trace-forward').click();
            }"""
        )
        page.wait_for_function("() => !/running/.test(document.querySelector('#trace-of').textContent)")
    page.wait_for_function("() => document.querySelector('#trace-said').textContent")


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "not read since the reload"])
def test_a_double_click_on_delete(visit, is_read):
    """One network is deleted, and comes back by Undo."""
    kobai = visit().kobai.wait_until_ready()
    kobai.open_file({"name": "twice.pkl", "mimeType": "", "buffer": _shipped()})
    kobai.expect_network("twice.pkl")
    if not is_read:
        kobai.use("shipped")
        kobai.page.reload()
        kobai.wait_until_ready()
    kobai.show("keep")
    delete = kobai.page.get_by_role("button", name="Delete: twice.pkl")
    delete.wait_for()
    delete.evaluate("button => { button.click(); button.click(); button.click(); }")
    kobai.page.get_by_text("twice.pkl was deleted.").wait_for()
    undo = kobai.page.locator("#shelf-undo")
    undo.evaluate("button => { button.click(); button.click(); }")
    kobai.page.get_by_text("twice.pkl is back.").wait_for()
    delete.wait_for()
    assert kobai.page.get_by_role("alert").count() == 0


def test_a_network_put_beside_during_a_reset(kobai):
    """The one in use then is the training's copy, which the page hears of a moment later."""
    kobai.train(iterations=30, seed=31)
    kobai.wait_until_trained()
    kobai.show("keep")
    beside = kobai.page.get_by_role("button", name="Beside: Kobai’s own, three layers")
    beside.wait_for()
    beside.evaluate(
        """async button => {
            document.querySelector('#reset').click();
            for (let frames = 0; frames < 30; frames += 1) {
                document.querySelector(`[data-do=beside][data-network=shipped-3]`).click();
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    kobai.page.locator("#train:enabled").wait_for(state="attached")
    assert kobai.page.get_by_role("alert").count() == 0
    beside = kobai.page.locator("[data-do=beside][data-network=shipped-3]")
    if beside.get_attribute("aria-pressed") == "true":
        beside.click()


def test_how_a_file_is_read_is_chosen_before_it_is_used(visit):
    """After a reload the shelf knows the network, but nobody has read its numbers yet."""
    kobai = visit().kobai.wait_until_ready()
    kobai.open_file({"name": "read.pkl", "mimeType": "", "buffer": _shipped()})
    kobai.expect_network("read.pkl")
    kobai.page.reload()
    kobai.wait_until_ready()
    choice = kobai.page.get_by_role("combobox", name="Activation: read.pkl")
    kobai.show("keep")
    choice.select_option("relu")
    kobai.page.locator("#shelf-rows tr", has_text="read.pkl").get_by_text("784–50–10 ReLU").wait_for()
    assert kobai.page.get_by_role("alert").count() == 0


def _shipped():
    return (ROOT / "static" / "networks" / "two_layer_net_1000.pkl").read_bytes()
