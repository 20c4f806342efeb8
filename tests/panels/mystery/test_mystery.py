"""The 86.52 % mystery: the story told with the learner's own numbers, stopping, going back, trying it."""

import re

import pytest
from kobai.lessons.mystery import FIGURE
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK
from support.panels.mystery_panel import BUTTONS, MysteryPanel, curve, other_seeds, shown

BOOK, SLOW, RAW = "hidden 50", "hidden 50, learning rate 0.01", "hidden 50, pixels 0-255"


@pytest.fixture
def mystery(kobai):
    return MysteryPanel(kobai)


def test_the_first_thousand_iterations(kobai, mystery):
    """The numbers of the same training under CPython, the band from the reference table."""
    expect(mystery.mark(2)).to_be_disabled()
    kobai.field("Seed of the experiment").fill("3")
    story = mystery.go(1)
    accuracy = curve("book", 3, 1000)
    least, most = other_seeds(BOOK, 1000)
    assert f"your network recognises {shown(accuracy[1000])} of the test images" in story
    assert f"from {least} to {most}" in story
    assert float(least[:-2]) <= 100 * FIGURE <= float(most[:-2])
    expect(mystery.button(2)).to_be_focused()
    expect(kobai.button(BUTTONS[0])).to_have_count(0)
    table = mystery.table()
    assert table[1000] == [shown(accuracy[1000]), f"{least} – {most}"]
    assert table[500][0] == shown(accuracy[500])
    assert table[2000] == ["–", "–"]

    # another seed, another network
    expect(kobai.field("Seed of the experiment")).to_be_disabled()
    kobai.button("Start again").click()
    expect(kobai.field("Seed of the experiment")).to_be_focused()
    assert "0.8652" in mystery.story()
    kobai.field("Seed of the experiment").fill("4")
    assert shown(curve("book", 4, 1000)[1000]) in mystery.go(1)


@pytest.mark.long
def test_the_whole_story(kobai, mystery):
    """Seed 0, with a stop on the way and a look back."""
    mystery.go(1)
    mystery.button(2).click()
    expect(kobai.button("Stop the experiment")).to_be_focused()
    now = mystery.region.get_by_text(re.compile(r"^iteration [\d,]+ of 10,000, test accuracy \d"))
    expect(now).to_be_visible(timeout=WORK)
    kobai.button("Stop the experiment").click()
    expect(mystery.button(2)).to_be_focused(timeout=WORK)
    expect(now).to_be_visible()
    assert "1,000 iterations your network" in mystery.story()
    expect(mystery.mark(2)).to_be_disabled()

    story = mystery.go(2)
    book = curve("book", 0, 10_000)
    assert f"At 10,000 iterations your network recognises {shown(book[10_000])}" in story
    assert "other seeds give {} to {}".format(*other_seeds(BOOK, 10_000)) in story
    reached = next(iteration for iteration, accuracy in book.items() if accuracy >= FIGURE)
    assert f"at iteration {reached:,}, after about {reached * 100 / 60_000:.1f} passes" in story

    assert shown(book[1000]) in mystery.look_back(1)
    assert mystery.table()[10_000] == ["–", "–"]
    mystery.go(2)
    assert mystery.table()[10_000][0] == shown(book[10_000])

    story = mystery.go(3)
    least, most = other_seeds(SLOW, 10_000)
    slow = re.search(rf"is at (\d\d\.\d\d %) \(other seeds: {least} to {most}\)", story)[1]
    assert float(least[:-2]) - 0.5 <= float(slow[:-2]) <= float(most[:-2]) + 0.5
    table = mystery.table()
    assert table[1000][2] == shown(curve("slow", 0, 1000)[1000])
    assert table[10_000][2] == slow

    story = mystery.go(4)
    raw = curve("raw", 0, 10_000)
    above = [accuracy >= FIGURE for accuracy in raw.values()]
    crossings = sum(a != b for a, b in zip(above, above[1:], strict=False))
    assert f"to {shown(raw[1000])} after 1,000 iterations" in story
    assert f"crosses the memo’s line {crossings} times" in story
    cells = mystery.table()[10_000]
    assert cells[::2] == [shown(book[10_000]), slow, shown(raw[10_000])]

    assert "Nothing was wrong." in mystery.go(5)
    roads = mystery.region.get_by_role("list").filter(has=kobai.page.get_by_role("heading")).locator("> li")
    expect(roads).to_have_count(4)
    expect(roads.nth(2)).to_contain_text(f"yours {shown(raw[1000])}".replace(" %", "\u00a0%"))
    expect(mystery.region.get_by_role("link", name="The check-up")).to_have_attribute("href", "#checkup")

    # trying one of the roads resets the run in progress, whose network stays on the shelf
    kobai.train(iterations=100_000, seed=8, images=2000)
    kobai.wait_until_iteration(1)
    kobai.button("Try it: Learning rate 0.01, 10,000 iterations").click()
    expect(kobai.button("Train")).to_be_focused(timeout=WORK)
    for name, value in (
        ("learning_rate", "0.01"), ("iterations", "10000"), ("train_size", "60000"), ("seed", "0"),
        ("normalize", "true"),
    ):  # fmt: skip
        expect(kobai.setting(name)).to_have_value(value)
        expect(kobai.setting(name)).to_be_enabled()
        expect(kobai.setting(name)).to_be_visible()
    expect(kobai.region("Training").get_by_text("The settings are filled in.").first).to_be_visible()
    expect(kobai.network.locator("option", has_text="seed 8")).to_have_count(1)
    kobai.show("examine/mystery")
    kobai.button("Try it: Only the first 1,000 training images, 2,000 iterations").click()
    expect(kobai.setting("train_size")).to_have_value("1000")
    expect(kobai.setting("learning_rate")).to_have_value("0.1")


def test_the_focus_is_not_taken_from_who_has_gone_elsewhere(mystery, kobai):
    mystery.button(1).click()
    kobai.network.focus()
    expect(mystery.button(2)).to_be_visible(timeout=WORK)
    expect(kobai.network).to_be_focused()


def test_the_experiment_leaves_the_training_alone(kobai, mystery):
    """Both at once: each gives the numbers that it gives alone."""
    kobai.train(iterations=1500, seed=7)
    kobai.wait_until_iteration(1)
    assert shown(curve("book", 0, 1000)[1000]) in mystery.go(1)
    kobai.wait_until_trained()
    expected = reference.trained(1500, seed=7).train_loss_list
    checked = [1, 500, 1000, 1500]
    assert kobai.losses(checked) == pytest.approx([expected[i - 1] for i in checked], rel=1e-4, abs=0.51e-4)


def test_a_seed_that_is_none_is_refused(kobai, mystery):
    kobai.field("Seed of the experiment").fill("-1")
    mystery.button(1).click()
    expect(kobai.field("Seed of the experiment")).to_be_focused()
    expect(kobai.button("Stop the experiment")).to_have_count(0)


@pytest.mark.long
def test_the_story_in_japanese(kobai, mystery):
    mystery.go(1)
    kobai.page.get_by_role("button", name="日本語").click()
    accuracy = shown(curve("book", 0, 1000)[1000])
    assert f"あなたのネットワークはテスト画像の {accuracy} を正しく認識しました" in mystery.story()
    expect(mystery.button(2)).to_have_text("10,000 回まで続ける")
    kobai.page.get_by_role("button", name="English").click()
