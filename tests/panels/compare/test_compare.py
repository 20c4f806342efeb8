"""Two networks side by side: counts, order, probabilities and the sentence on chance, worked out apart."""

from __future__ import annotations

import pickle
import re
from functools import cache
from math import comb

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK
from support.panels.compare_panel import ComparePanel

NETWORKS = reference.ROOT / "static" / "networks"
FILES = {
    "shipped": "two_layer_net.pkl",
    "shipped-1000": "two_layer_net_1000.pkl",
    "shipped-3": "three_layer_net.pkl",
}


@cache
def answers(key: str) -> np.ndarray:
    """Probabilities for all test images, (10000, 10), layer by layer; our own files, so pickle may read."""
    params = pickle.loads((NETWORKS / FILES[key]).read_bytes())  # noqa: S301
    z = reference.images_to_test().astype(np.float32) / 255
    layers = len(params) // 2
    for i in range(1, layers + 1):
        a = z @ params[f"W{i}"] + params[f"b{i}"]
        z = 1 / (1 + np.exp(-a))
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def masks(a: str, b: str) -> dict[str, np.ndarray]:
    t = reference.labels_to_test()
    right_a, right_b = answers(a).argmax(axis=1) == t, answers(b).argmax(axis=1) == t
    return {
        "both_right": right_a & right_b,
        "only_a": right_a & ~right_b,
        "only_b": ~right_a & right_b,
        "both_wrong": ~(right_a | right_b),
        "different": answers(a).argmax(axis=1) != answers(b).argmax(axis=1),
    }


def counts(a: str, b: str) -> dict[str, int]:
    return {name: int(mask.sum()) for name, mask in masks(a, b).items()}


def furthest_apart(a: str, b: str, group: str) -> list[tuple[int, int, int, int]]:
    """The images of a group by falling distance: label, answer of A, answer of B, index."""
    (indices,) = np.nonzero(masks(a, b)[group])
    distance = np.abs(answers(a) - answers(b)).sum(axis=1)
    t = reference.labels_to_test()
    return [
        (int(t[i]), int(answers(a)[i].argmax()), int(answers(b)[i].argmax()), int(i))
        for i in sorted(indices, key=lambda i: -distance[i])
    ]


@pytest.fixture
def panel(kobai) -> ComparePanel:
    panel = ComparePanel(kobai).come_near()
    panel.b.select_option("")
    return panel


def test_an_empty_place_invites_to_the_three_layer_network(panel):
    panel.region.get_by_role("button", name=re.compile("^Compare with Kobai’s own, three layers")).click()
    expect(panel.b).to_have_value("shipped-3")
    panel.expect_counts(counts("shipped", "shipped-3"))


def test_the_sentence_says_whether_it_can_be_chance(panel):
    """Exact two-sided binomial tail, summed here in integers."""
    found = counts("shipped", "shipped-3")
    only_a, only_b = found["only_a"], found["only_b"]
    n = only_a + only_b
    chance = 2 * sum(comb(n, k) for k in range(min(only_a, only_b) + 1)) / 2**n
    assert 1e-6 < chance < 1e-3
    panel.against("shipped-3")
    text = panel.verdict.inner_text()
    assert f"on {n} images: A on {only_a}, B on {only_b}" in text
    once_in = int(re.search(r"about once in ([\d,]+) times: not chance", text)[1].replace(",", ""))
    assert once_in == pytest.approx(1 / chance, rel=0.05)
    panel.region.get_by_text("How is that worked out?").click()
    assert float(re.search(r"p = (\S+)\.", panel.region.inner_text())[1]) == pytest.approx(chance, rel=0.05)
    accuracies = re.search(
        r"A gets ([\d.]+) % right, B ([\d.]+) %: a difference of (\S+) percentage points",
        panel.region.inner_text(),
    )
    right = [
        (answers(key).argmax(axis=1) == reference.labels_to_test()).mean() for key in ("shipped", "shipped-3")
    ]
    assert [float(accuracies[i]) for i in (1, 2)] == pytest.approx(
        [100 * share for share in right], abs=0.005
    )
    assert float(accuracies[3].replace("−", "-")) == pytest.approx(100 * (right[0] - right[1]), abs=0.005)


def test_a_cell_shows_its_images_and_one_of_them_goes_to_both_networks(panel):
    panel.against("shipped-1000")
    expected = furthest_apart("shipped", "shipped-1000", "only_b")
    panel.cell("only_b").click()
    expect(panel.cell("only_b")).to_have_attribute("aria-pressed", "true")
    expect(panel.filter).to_have_value("only_b")
    panel.expect_images(expected[:24])
    index = expected[1][3]
    panel.images().nth(1).click()
    panel.expect_pair(index)
    panel.kobai.expect_chosen(index)
    for digit, (a, b) in enumerate(panel.pair()):
        assert a == pytest.approx(answers("shipped")[index, digit], abs=6e-5)
        assert b == pytest.approx(answers("shipped-1000")[index, digit], abs=6e-5)
    t, a, b, _ = expected[1]
    expect(panel.region.get_by_text(f"A answers {a}, B answers {b}: only B is right.")).to_be_visible()
    assert b == t


def test_filters_pages_and_the_keyboard(panel):
    panel.against("shipped-3")
    different = furthest_apart("shipped", "shipped-3", "different")
    panel.filter.select_option("different")
    panel.expect_images(different[:24])
    panel.region.get_by_role("button", name="Next").click()
    panel.expect_images(different[24:48])
    first = panel.images().first
    first.focus()
    panel.page.keyboard.press("ArrowRight")
    panel.page.keyboard.press("Enter")
    panel.expect_pair(different[25][3])
    expect(panel.images().nth(1)).to_be_focused()
    expect(panel.images().nth(1)).to_have_attribute("aria-current", "true")


def test_swapping_turns_the_table(panel):
    panel.against("shipped-3")
    panel.swap.click()
    panel.expect_counts(counts("shipped-3", "shipped"))
    expect(panel.a).to_have_value("shipped-3")
    expect(panel.b).to_have_value("shipped")
    panel.kobai.expect_network("Kobai’s own, three layers")


def test_an_image_chosen_in_training_is_shown_in_both(panel):
    """Here as bars, there as lines on the bars of the network in use."""
    panel.against("shipped-1000")
    panel.kobai.go_to_image(247)
    panel.expect_pair(247)
    y = answers("shipped-1000")[247]
    assert panel.pair()[4][1] == pytest.approx(y[4], abs=6e-5)
    panel.kobai.show("train")
    above = panel.kobai.region("Probabilities")
    name = "Kobai’s own, 1,000 iterations"
    line = f"Blue lines: {name}, which answers {y.argmax()} ({y.max() * 100:.2f} %)"
    expect(above.get_by_text(line, exact=True)).to_be_visible()
    marks = above.locator("tbody tr").evaluate_all(
        """rows => rows.map(row => {
            const [cell, mark] = [row.cells[1], row.querySelector('.mark')].map(
                element => element.getBoundingClientRect());
            return (mark.left + mark.width / 2 - cell.left) / cell.width;
        })"""
    )
    assert marks == pytest.approx(y, abs=0.005)
    panel.kobai.show("examine/compare")
    panel.b.select_option("")
    expect(panel.b).to_have_value("")
    panel.kobai.show("train")
    expect(above.get_by_text("Blue lines")).to_be_hidden()


def test_a_network_and_itself_cannot_be_told_apart(panel):
    panel.against("shipped-1000")
    panel.kobai.use("shipped-1000")
    right = int((answers("shipped-1000").argmax(axis=1) == reference.labels_to_test()).sum())
    panel.expect_counts({"both_right": right, "only_a": 0, "only_b": 0, "both_wrong": 10_000 - right})
    expect(panel.verdict).to_have_text(re.compile("nothing here tells them apart"))
    panel.cell("only_a").click()
    expect(panel.region.get_by_text("No image fits.")).to_be_visible()


def test_ones_own_training_is_compared_as_it_stands(panel):
    """Training makes the network that learns the one in use: A."""
    panel.kobai.train(iterations=30)
    panel.kobai.wait_until_trained()
    panel.come_near().against("shipped")
    own = reference.predict(reference.trained(30).network.params, reference.images_to_test()).argmax(axis=1)
    own_right = own == reference.labels_to_test()
    right = answers("shipped").argmax(axis=1) == reference.labels_to_test()
    panel.expect_counts(
        {
            "both_right": int((own_right & right).sum()),
            "only_a": int((own_right & ~right).sum()),
            "only_b": int((~own_right & right).sum()),
            "both_wrong": int((~own_right & ~right).sum()),
        }
    )
    expect(panel.verdict).to_have_text(re.compile("less than once in a million times: not chance"))


def test_a_phone_in_japanese(visit):
    kobai = visit("?lang=ja", viewport={"width": 360, "height": 740}, locale="ja-JP").kobai.wait_until_ready()
    kobai.show("examine/compare")
    region = kobai.region("Two networks side by side")
    region.scroll_into_view_if_needed()
    region.get_by_role("button", name=re.compile("と比べる")).click(timeout=WORK)
    expect(region.get_by_text(re.compile("^片方だけが正解した画像は"))).to_be_visible(timeout=WORK)
    expect(region.get_by_role("button", name=re.compile("^正解 ")).first).to_be_visible()
    box = region.evaluate("section => [section.scrollWidth, section.clientWidth]")
    assert box[0] <= box[1]
