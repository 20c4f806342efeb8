"""What may happen while a network learns, from outside: the clock, the computer's sleep, another language."""

import pytest
from playwright.sync_api import expect
from support import reference

LATER = "() => { const real = Date.now; Date.now = () => real() + JUMP; }"
DAY = 86_400_000  # ms
SLEPT = """() => {
    const since = performance.now.bind(performance);
    performance.now = () => since() + 3_600_000;
    window.wakeUp = () => delete performance.now;
}"""


def expect_the_same_training(kobai, iterations: int) -> None:
    kobai.wait_until_trained()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    expected = reference.trained(iterations).train_loss_list
    losses = kobai.losses([1, iterations])
    assert losses == pytest.approx([expected[0], expected[-1]], abs=1e-4)


@pytest.mark.fault("the clock is put forward, and back")
def test_a_clock_that_jumps(kobai):
    """Of page and worker: by a day, then back to the day before. What was kept is brought back."""
    kobai.train(iterations=3000)
    for iteration, jump in ((1, DAY), (500, -2 * DAY)):
        kobai.wait_until_iteration(iteration)
        for place in (kobai.page, *kobai.page.workers):
            place.evaluate(LATER.replace("JUMP", str(jump)))
    expect_the_same_training(kobai, 3000)
    kobai.page.reload()
    kobai.wait_until_ready()
    assert kobai.iteration() == 3000


@pytest.mark.long
@pytest.mark.fault("the page is frozen and thawed an hour later")
def test_a_page_that_was_frozen(kobai):
    """As a browser does with tabs long out of sight, and a computer that sleeps."""
    kobai.train(iterations=3000)
    kobai.wait_until_iteration(1)
    session = kobai.page.context.new_cdp_session(kobai.page)
    kobai.page.evaluate(SLEPT)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect_the_same_training(kobai, 3000)
    kobai.page.evaluate("() => wakeUp()")


@pytest.mark.long
@pytest.mark.fault("another language is chosen while the network learns")
def test_the_language_changes_while_it_learns(kobai):
    kobai.train(iterations=3000)
    for language, code in (("日本語", "ja"), ("English", "en")) * 3:
        kobai.page.get_by_role("button", name=language).click()
        expect(kobai.page.locator("html")).to_have_attribute("lang", code)
    expect_the_same_training(kobai, 3000)
