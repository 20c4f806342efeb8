"""What is kept is shared: by two tabs at once, and by everything as one file."""

import hashlib
import re

import pytest
from playwright.sync_api import expect
from support.browser.kept_storage import import_file, network_file, records, training_said, wait_until_kept
from support.browser.kobai_page import WORK, KobaiPage


def kept_trainings(kobai):
    """The list of the trainings that are not on the page."""
    return kobai.region("Other kept trainings").get_by_role("listitem")


def option(kobai, name):
    return kobai.network.locator("option", has_text=name)


JUNK = """() => {
    const channel = new BroadcastChannel("kobai-kept");
    const deep = "[".repeat(8000) + "]".repeat(8000);
    const texts = ["", "x", "{}", "7", "null", "[7]", '[["a"]]', deep, "y".repeat(2_000_000)];
    const others = [null, undefined, 7, NaN, true, 10n, [], ["a"], {}, new ArrayBuffer(8), new Map()];
    for (const junk of [...texts, ...others]) channel.postMessage(junk);
    channel.close();
}"""


def digests(page) -> list[str]:
    """Of the bytes of every network and training that is kept."""
    kept = [*records(page, "network:", data=True).values(), *records(page, "training:", data=True).values()]
    return sorted(hashlib.sha256(each["data"]).hexdigest() for each in kept)


@pytest.mark.long
def test_everything_out_deleted_and_in_again(kobai, tmp_path):
    """The first in this file: what it finds in the storage is nothing."""
    assert digests(kobai.page) == []
    kobai.open_file(network_file("mine.pkl"))
    kobai.expect_network("mine.pkl")
    kobai.train(iterations=40, seed=7)
    kobai.wait_until_trained()
    kobai.reset()
    kobai.train(iterations=60, seed=8)
    kobai.wait_until_trained()
    before = digests(kobai.page)
    assert len(before) == 3
    everything = kobai.region("Everything you made")
    kobai.show("keep")
    with kobai.page.expect_download() as download:
        kobai.button("Export everything").press("Enter")
    file = tmp_path / "all.zip"
    download.value.save_as(file)
    expect(everything).to_contain_text("networks: 2, trainings: 1")

    import_file(kobai, file)
    expect(everything).to_contain_text("all.zip holds nothing new. What is here already: 3.")
    kobai.button("Delete everything").press("Enter")
    kobai.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert digests(kobai.page) == before
    kobai.button("Delete everything").press("Enter")
    with kobai.page.expect_event("load"):  # the page is loaded anew
        kobai.page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    kobai.wait_until_ready()
    assert digests(kobai.page) == []
    expect(option(kobai, "mine.pkl")).to_have_count(0)
    expect(kobai.setting("seed")).to_have_value("0")

    import_file(kobai, {"name": "other.zip", "mimeType": "", "buffer": file.read_bytes()[:-100]})
    expect(kobai.problem).to_contain_text("This file is not one that Kobai exported, or it is damaged")
    kobai.button("Close").click()
    assert digests(kobai.page) == []
    import_file(kobai, file)
    dialog = kobai.page.get_by_role("dialog")
    expect(dialog).to_contain_text("networks: 2, trainings: 1")
    dialog.get_by_role("button", name="Add").click()
    expect(everything).to_contain_text("Added: networks: 2, trainings: 1.")
    assert digests(kobai.page) == before
    for name in ("mine.pkl", "your training, 40 iterations, seed 7"):
        expect(option(kobai, name)).to_have_count(1)
    expect(kobai.setting("seed")).to_have_value("8")
    kobai.show("train")
    kobai.button("Bring back: 60 of 60 iterations, seed 8, .*").click()
    assert expect_done(kobai) == 60
    kobai.use(option(kobai, "mine.pkl").get_attribute("value"))
    kobai.page.reload()
    kobai.wait_until_ready()
    kobai.expect_network("mine.pkl")
    assert digests(kobai.page) == before


def expect_done(kobai) -> int:
    expect(training_said(kobai)).to_contain_text("is back. All iterations are done.")
    return kobai.iteration()


@pytest.mark.fault("two tabs at once")
@pytest.mark.fault("tabs reloaded at once")
def test_tabs_do_not_harm_each_other_and_come_back_to_their_own(kobai, shared_visit):
    """Also one that has no training; and junk on the channel between them changes nothing."""
    first = kobai
    second, third = (KobaiPage(shared_visit.context.new_page(), first.address) for _ in range(2))
    first.train(iterations=1_000_000, seed=1)
    wait_until_kept(first.page, 1)
    second.open().wait_until_ready()
    expect(kept_trainings(second)).to_have_text(
        re.compile("a training of 1,000,000 iterations, seed 1.*open in another tab")
    )
    second.train(iterations=50, seed=2)  # a training of its own, in a place of its own
    second.wait_until_trained()
    expect(kept_trainings(first)).to_have_text(
        re.compile("a training of 50 iterations, seed 2.*open in another tab")
    )
    stood = first.pause()
    assert {about["settings"]["seed"] for about in records(first.page, "training:").values()} == {1, 2}

    # both shelves show what either tab adds and deletes
    first.open_file(network_file("of the first.pkl", 1))
    second.open_file(network_file("of the second.pkl", 2))
    for tab in (first, second):
        for name in ("of the first.pkl", "of the second.pkl"):
            expect(option(tab, name)).to_have_count(1, timeout=WORK)
    second.use("shipped")
    first.ask_worker("delete", network=option(first, "of the second.pkl").get_attribute("value"))
    expect(option(second, "of the second.pkl")).to_have_count(0)

    # all are reloaded at once
    third.open().wait_until_ready()
    third.page.evaluate(JUNK)
    for tab in (first, second, third):
        tab.page.evaluate("() => void setTimeout(() => location.reload())")
    for tab, done, said in ((first, stood, "is back."), (second, 50, "is back. All iterations are done.")):
        tab.wait_until_ready()
        expect(training_said(tab)).to_contain_text(said, timeout=WORK)
        assert tab.iteration() == done
        expect(tab.page.get_by_role("alert")).to_be_hidden()
    third.wait_until_ready()
    expect(third.button("Train")).to_be_enabled()
    expect(kept_trainings(third)).to_have_count(2, timeout=WORK)
    third.page.evaluate(JUNK)

    # the third takes over from the first, which goes on in a place of its own
    third.button("Continue here instead: .*, seed 1").click()
    expect(training_said(third)).to_contain_text("is back.")
    third.step()
    first.step()
    assert first.iteration() == third.iteration() == stood + 1
    taken_over = [each for each in records(first.page, "training:").values() if each["settings"]["seed"] == 1]
    assert [each["iteration"] for each in taken_over] == [stood + 1] * 2

    # and once more: where another tab has the training, this is told at a reload, by its name
    third.button("Continue here instead: .*, seed 1").click()
    expect(third.button("Continue here instead: .*, seed 1")).to_have_count(0)
    expect(training_said(third)).to_contain_text("is back.")
    first.page.reload()
    expect(first.problem).to_contain_text(
        "The training of this tab is open in another tab now: a training of 1,000,000 iterations, seed 1.",
        timeout=WORK,
    )
    first.wait_until_ready()
    expect(first.button("Train")).to_be_enabled()
    for tab in (second, third):
        tab.page.close()
