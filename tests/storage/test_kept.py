"""Nothing is lost: reloads, killed tabs, the choices on the page, older and newer data."""

import hashlib
import io
import pickle
from datetime import datetime, timedelta

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kept_storage import (
    DAMAGE,
    OLD_NAME,
    WATCH,
    another_tab,
    as_old_page_kept,
    crash,
    expect_back,
    network_file,
    records,
    training_said,
    wait_until_kept,
    write,
)

BEHIND = 5000  # ms that what is kept may be behind


def state_of_version_1(trainer) -> bytes:
    """A training as the page kept it at first."""
    with np.load(io.BytesIO(trainer.state())) as file:
        arrays = {name: file[name] for name in file.files}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays | {"version": 1, "settings": arrays["settings"].tobytes().decode()})
    return buffer.getvalue()


def digest(page) -> str:
    """Of everything that is kept of the one training: weights, losses, accuracies, random state, settings."""
    (kept,) = records(page, "training:", data=True).values()
    return hashlib.sha256(kept["data"]).hexdigest()


# ------------------- in one page after another: each leaves no training behind, but for the last of them


@pytest.mark.long
@pytest.mark.fault("the page is killed in training")
def test_a_training_that_is_killed_again_and_again_continues_bit_for_bit(kobai, shared_visit):
    kobai.train(iterations=1_000_000, seed=5, hidden_units=40)
    stood, kept = 0, []
    for end in ("crashed", "closed", "left"):
        if stood:
            kobai.go_on()
        wait_until_kept(kobai.page, stood + 1)
        if end == "left":
            kobai.page.goto("about:blank")
            kobai.open()
        else:
            if end == "crashed":
                crash(kobai.page)
            kobai.page.close()
            kobai = shared_visit.kobai = another_tab(shared_visit)
        kobai.wait_until_ready()
        stood = expect_back(kobai, stood + 1)
        kept.append(digest(kobai.page))
    goal = stood + 700
    kobai.set(iterations=goal)
    kobai.go_on()
    kobai.wait_until_trained()
    killed = digest(kobai.page)
    kobai.reset()
    kobai.train(iterations=goal)
    kobai.wait_until_trained()
    assert digest(kobai.page) == killed
    assert killed not in kept


@pytest.mark.long
def test_what_is_kept_is_never_five_seconds_behind(kobai):
    thousands_a_second = {"computed_by": "fast"}
    one_a_second = {"gradient": "numerical", "hidden_units": 100, "batch_size": 400}
    for settings in (thousands_a_second, one_a_second):
        kobai.train(iterations=1_000_000, **settings)
        kobai.wait_until_iteration(1)
        seen = kobai.page.evaluate(WATCH, BEHIND + 2000)
        compared = 0
        for now, _, kept in seen:
            earlier = [shown for at, shown, _ in seen if at <= now - BEHIND]
            if earlier:
                assert kept >= earlier[-1]
                compared += 1
        assert compared > 5
        assert seen[-1][1] > seen[0][1]
        kobai.pause()
        kobai.reset()


@pytest.mark.fault("the page is left in training")
def test_leaving_the_page_keeps_what_is_there_at_once(kobai):
    kobai.train(iterations=1_000_000)
    kobai.wait_until_iteration(100)
    wait_until_kept(kobai.page, 1)
    apart = []
    for _ in range(20):
        (before,) = records(kobai.page, "training:").values()
        kobai.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        wait_until_kept(kobai.page, before["iteration"] + 1)
        (after,) = records(kobai.page, "training:").values()
        apart.append(datetime.fromisoformat(after["saved"]) - datetime.fromisoformat(before["saved"]))
        if apart[-1] < timedelta(seconds=2):  # by the page's own clock: sooner than the next copy is due
            break
    assert min(apart) < timedelta(seconds=2)
    kobai.pause()


def test_settings_and_the_networks_in_use_are_there_after_a_reload(kobai):
    kobai.set(hidden_units=77, seed=9, gradient="numerical", pixels="false")
    kobai.use("shipped-1000")
    kobai.page.reload()
    kobai.wait_until_ready()
    kobai.expect_network("Kobai’s own, 1,000 iterations")
    chosen = {"hidden_size": "77", "seed": "9", "gradient": "numerical", "normalize": "false"}
    for name, value in chosen.items():
        expect(kobai.setting(name)).to_have_value(value)
    expect(kobai.button("Train")).to_be_enabled()
    kobai.train(iterations=20, gradient="backpropagation", hidden_units=30)
    kobai.wait_until_trained()
    kobai.use("shipped-3")
    kobai.page.reload()
    kobai.wait_until_ready()
    kobai.expect_network("Kobai’s own, three layers")  # and the training is back, too
    expect(training_said(kobai)).to_contain_text("is back. All iterations are done.")
    assert kobai.iteration() == 20
    expect(kobai.setting("hidden_size")).to_have_value("30")


@pytest.mark.fault("a kept training is damaged")
def test_a_damaged_training_is_told_left_alone_and_stops_nothing(kobai):
    """The last of the tests that share a page: the damaged one stays in its storage."""
    kobai.train(iterations=20)
    kobai.wait_until_trained()
    ((slot, about),) = records(kobai.page, "training:").items()
    kobai.page.evaluate(DAMAGE, slot)
    kobai.page.reload()
    kobai.wait_until_ready()
    expect(kobai.problem).to_contain_text(
        "The saved training is damaged and cannot be continued. It is left as it is."
    )
    kobai.button("Close").click()
    kobai.train(iterations=25)
    kobai.wait_until_trained()
    kept = records(kobai.page, "training:")
    assert len(kept) == 2
    assert kept[slot] == about


# ----------------------------------------------------------- older and newer data


@pytest.mark.fault("data of an older page")
@pytest.mark.fault("data of a newer page")
def test_what_an_older_page_kept_is_all_there_and_what_a_newer_one_keeps_is_left_as_it_is(visit, site):
    """Networks of before there was a shelf, a digit, and a training of the first version; then a newer page
    comes."""
    cpython = reference.trained(700, seed=4)
    kept = {
        "before": (pickle.dumps(reference.shipped_params()), {"iterations": 12, "hidden_size": 50}),
        "opened": (network_file("old.pkl")["buffer"], {"name": "old.pkl", "hidden_size": 50}),
        "training": (state_of_version_1(cpython), {}),
    }

    def keep_as_then(page):
        page.context.route("**/favicon.ico", lambda route: route.fulfill(body=""))
        page.goto(site.address + "licenses/README.txt")
        slots = {slot: as_old_page_kept(*of_slot) for slot, of_slot in kept.items()}
        write(page, slots, OLD_NAME, "entries")

    kobai = visit(before=keep_as_then).kobai
    for is_later in (False, True):  # and at the visit after that
        if is_later:
            kobai.page.reload()
        kobai.wait_until_ready()
        for name in ("your training, 12 iterations", "old.pkl"):
            expect(kobai.network.locator("option", has_text=name)).to_have_count(1)
        expect(training_said(kobai)).to_contain_text("is back. All iterations are done.")
        assert kobai.iteration() == 700
        assert kobai.losses([1, 700]) == pytest.approx(
            [cpython.train_loss_list[i] for i in (0, 699)], abs=1e-4
        )
        assert len(records(kobai.page, "training:")) == 1
        assert len(records(kobai.page, "network:")) == 2

    kobai.open_file(network_file("kept.pkl"))
    kobai.expect_network("kept.pkl")
    write(kobai.page, {"format": {"format": 2, "moved": True}, "training:new": {"shape": "unknown"}})
    before = records(kobai.page)
    kobai.set(iterations=710)
    kobai.go_on()  # a newer page has come meanwhile, in another tab
    kobai.wait_until_iteration(710)
    kobai.wait_until_trained()
    expect(training_said(kobai)).to_contain_text("A newer version of this page has kept things")
    assert records(kobai.page) == before
    kobai.page.reload()
    kobai.wait_until_ready()
    for name in ("kept.pkl", "old.pkl"):
        expect(kobai.network.locator("option", has_text=name)).to_have_count(0)
    kobai.train(iterations=10)
    kobai.wait_until_trained()
    expect(training_said(kobai)).to_contain_text("A newer version of this page has kept things")
    assert records(kobai.page) == before
