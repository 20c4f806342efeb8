"""A numerical gradient that takes long: it says how far it is, can be paused, and is kept half done."""

import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kept_storage import another_tab, crash, expect_back, records, training_said
from support.browser.kobai_page import WORK

LONG = {"gradient": "numerical", "hidden_units": 100, "batch_size": 2000, "iterations": 2}
FAR = re.compile(r"The network is learning\. This numerical gradient: \d00 of 2,000 images\.")
NOTE_WHAT_IS_SAID = """() => {
    const said = document.getElementById('run-why');
    window.said = [];
    new MutationObserver(() => window.said.push(said.textContent))
        .observe(said, {childList: true, characterData: true, subtree: true});
}"""


def images_kept(page) -> int:
    """How many images of its batch the gradient that is kept has gone through; 0 when none is kept."""
    for kept in records(page, "training:", data=True).values():
        with np.load(io.BytesIO(kept["data"])) as file:
            if "gradient_images" in file.files:
                return int(file["gradient_images"])
    return 0


@pytest.mark.long
@pytest.mark.fault("the page is killed within a long iteration")
def test_a_long_iteration_is_killed_paused_and_continued(visit):
    begun = visit()
    kobai = begun.kobai.wait_until_ready()
    kobai.set(**LONG)
    kobai.button("One step").click()  # a long one can be paused, too
    expect(training_said(kobai)).to_have_text(FAR, timeout=WORK)
    expect(kobai.button("Pause")).to_be_visible()
    expect(kobai.region("Loss curve").get_by_text("Press “Train”")).to_be_hidden()
    kobai.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # asks for a copy
    while not (kept := images_kept(kobai.page)):
        assert kobai.iteration() == 0
    crash(kobai.page)

    kobai = another_tab(begun).wait_until_ready()
    assert expect_back(kobai, 0) == 0
    kobai.page.evaluate(NOTE_WHAT_IS_SAID)
    kobai.go_on()
    expect(training_said(kobai)).to_contain_text("of 2,000 images.", timeout=WORK)
    assert kobai.pause() < 2
    expect(training_said(kobai)).to_have_text("Paused. Continue whenever you like.")
    kobai.go_on()
    kobai.wait_until_trained()
    said = " ".join(kobai.page.evaluate("said"))
    counts = [int(count.replace(",", "")) for count in re.findall(r"gradient: ([\d,]+) of", said)]
    assert counts[0] >= kept  # none is computed again
    expected = reference.trained(2, hidden_size=100, batch_size=2000, gradient="numerical").train_loss_list
    assert kobai.losses([1, 2]) == pytest.approx(expected, abs=1e-4)
