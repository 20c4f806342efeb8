"""Idea 6: the gradients of mini-batches, against those computed here."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.by_hand import fresh, gradient
from support.panels.ideas_panel import IdeaPanel

WORK = 120_000


@pytest.fixture
def panel(kobai):
    return IdeaPanel(kobai, 6)


class Draws:
    """The mini-batches of idea 6 for one seed, their gradients computed apart: a row for each."""

    def __init__(self, seed: int) -> None:
        images, labels = reference.training_set()
        self.params, random = reference.shipped_params(), np.random.RandomState(seed)
        self.rows: dict[int, np.ndarray] = {}
        self.watched: dict[int, np.ndarray] = {}
        for size in (1, 10, 100):
            drawn = []
            for _ in range(100):
                mask = random.choice(len(images), size)
                drawn.append(gradient(self.params, images[mask].astype(np.float32) / 255, labels[mask]))
            self.rows[size] = np.array(
                [np.concatenate([value.ravel() for value in each.values()]) for each in drawn]
            )
            self.watched[size] = np.array([each["W2"][0, 3] for each in drawn])

    def spread(self, size: int) -> float:
        return float(np.sqrt(np.var(self.rows[size], axis=0, ddof=1).sum()))

    def angles(self, size: int, whole: np.ndarray) -> np.ndarray:
        rows = self.rows[size]
        return np.degrees(np.arccos(rows @ whole / np.linalg.norm(rows, axis=1) / np.linalg.norm(whole)))

    def whole(self) -> tuple[float, np.ndarray]:
        """Of the watched weight, and of all."""
        images, labels = reference.training_set()
        grads = gradient(self.params, images.astype(np.float32) / 255, labels)
        return grads["W2"][0, 3], np.concatenate([value.ravel() for value in grads.values()])


def use_all(panel: IdeaPanel) -> None:
    """Press the button and wait until all images are summed and the draws are there again."""
    panel.press("Use all 60,000 images")
    expect(panel.element("whole-go")).to_be_disabled()
    expect(panel.element("whole-go")).to_be_enabled(timeout=WORK)
    expect(panel.rows("tremble-rows").last).not_to_contain_text("–")


def tremble(panel: IdeaPanel) -> Draws:
    said = panel.element("tremble-said")
    before = said.text_content()
    panel.press("Draw anew")
    expect(said).not_to_have_text(before, timeout=WORK)
    expect(said).to_contain_text("100 draws of each size")
    return Draws(int(re.search(r"seed (\d+)\)", panel.text("tremble-said"))[1]))


def test_the_gradient_trembles(panel):
    """The first draws against gradients computed apart; the mean over all images as well."""
    draws = tremble(panel)
    for row, size in zip(panel.numbers("tremble-rows"), (1, 10, 100), strict=False):
        assert row[0] == pytest.approx(np.mean(draws.watched[size]), rel=1e-2, abs=1e-6)
        assert row[1] == pytest.approx(draws.spread(size), rel=1e-2)
        assert row[2] == pytest.approx(draws.spread(size) * np.sqrt(size), rel=1e-2)
    use_all(panel)
    watched, whole = draws.whole()
    numbers = panel.numbers("tremble-rows")
    assert numbers[-1][0] == pytest.approx(watched, rel=1e-2, abs=1e-6)
    assert numbers[2][3] == pytest.approx(draws.angles(100, whole).mean(), abs=0.11)


def chosen(panel: IdeaPanel) -> tuple[int, int, float, float]:
    """What is said of the chosen mini-batch: its number, its size, gradient and length."""
    text = panel.text("tremble-chosen").replace("−", "-")
    found = re.search(
        r"Mini-batch (\d+) of 100 with (\d+) images?: the gradient is (\S+) for W2\[0, 3\], "
        r"and its length in all weights is (\S+)\.\s",
        text,
    ).groups()
    return int(found[0]) - 1, int(found[1]), float(found[2]), float(found[3])


def test_a_mini_batch_is_chosen_by_keyboard_and_by_dragging(panel):
    """Up and down to another size, sidewards through its sorted gradients; its arrow, once all are summed."""
    draws = tremble(panel)
    use_all(panel)
    watched, whole = draws.whole()
    point, says = panel.handle("The chosen mini-batch"), panel.element("tremble-chosen")

    def as_computed(size: int) -> int:
        draw, its_size, value, length = chosen(panel)
        assert its_size == size
        assert value == pytest.approx(draws.watched[size][draw], rel=2e-3, abs=1e-9)
        assert length == pytest.approx(np.linalg.norm(draws.rows[size][draw]), rel=2e-3)
        angle, mean = re.search(r"points ([\d.]+)° away .* average ([\d.]+)°", says.inner_text()).groups()
        assert float(angle) == pytest.approx(draws.angles(size, whole)[draw], abs=0.11)
        assert float(mean) == pytest.approx(draws.angles(size, whole).mean(), abs=0.11)
        deviation = re.search(r"standard deviation of (\S+)\.\s", says.inner_text())[1]
        assert float(deviation) == pytest.approx(draws.watched[size].std(ddof=1), rel=2e-3)
        expect(point).to_have_attribute("aria-valuetext", " ".join(says.inner_text().split("\n\n")))
        return draw

    assert as_computed(100) == 0
    for key, steps in (("ArrowRight", 1), ("Shift+ArrowLeft", -10)):
        order = np.argsort(draws.watched[100]).tolist()
        place = min(max(order.index(chosen(panel)[0]) + steps, 0), 99)
        point.press(key)
        assert as_computed(100) == order[place]
    before = chosen(panel)[2]
    point.press("ArrowUp")
    assert as_computed(10) == np.abs(draws.watched[10] - before).argmin()
    arrow = panel.element("tremble-arrow").locator("svg > g > line.first")
    across, down = arrow.evaluate(
        "line => [line.x2.baseVal.value - line.x1.baseVal.value,"
        " line.y2.baseVal.value - line.y1.baseVal.value]"
    )
    angle = draws.angles(10, whole)[chosen(panel)[0]]
    assert np.degrees(np.arctan2(-down, across)) == pytest.approx(angle, abs=0.5)
    for _ in range(2):
        point.press("ArrowDown")
    expect(says).to_contain_text("All 60,000 images: the gradient is")
    found = re.search(r"gradient is (\S+) for .* is (\S+)\. It", says.inner_text().replace("−", "-")).groups()
    assert [float(each) for each in found] == pytest.approx([watched, np.linalg.norm(whole)], rel=1e-2)
    half = [point.bounding_box()[side] / 2 for side in ("width", "height")]
    panel.drag(point, 300 - half[0], -150 - half[1])  # the gradient of a single image that is the largest
    assert as_computed(1) == draws.watched[1].argmax()

    panel.article.get_by_text("All gradients as a table").click()
    expect(panel.rows("tremble-values")).to_have_count(301)
    table = panel.article.get_by_role("region", name="All gradients as a table")
    expect(table.get_by_role("columnheader", name="gradient of W2[0, 3]")).to_be_visible()
    numbers = np.array(panel.numbers("tremble-values")[:300])
    np.testing.assert_allclose(numbers[:, 1], np.concatenate([*draws.watched.values()]), rtol=2e-3, atol=1e-9)
    lengths = [np.linalg.norm(rows, axis=1) for rows in draws.rows.values()]
    np.testing.assert_allclose(numbers[:, 2], np.concatenate(lengths), rtol=2e-3)
    panel.article.get_by_text("All gradients as a table").click()


def test_a_fresh_network_trembles_too(panel):
    """The network that a training with seed 0 starts from: W1, then W2 from np.random."""
    panel.element("tremble-fresh").check()
    use_all(panel)
    expect(panel.element("tremble-said")).to_contain_text("A fresh network")
    images, labels = reference.training_set()
    whole = gradient(fresh(0), images.astype(np.float32) / 255, labels)
    assert panel.numbers("tremble-rows")[-1][0] == pytest.approx(whole["W2"][0, 3], rel=1e-2)
    panel.element("tremble-fresh").uncheck()


def test_what_is_chosen_meanwhile_does_not_count(panel):
    """All images are summed for the network that was chosen when the button was pressed."""
    panel.press("Use all 60,000 images")
    expect(panel.element("whole-go")).to_be_disabled()
    panel.element("tremble-fresh").check()
    expect(panel.element("whole-go")).to_be_enabled(timeout=WORK)
    expect(panel.element("tremble-said")).not_to_contain_text("A fresh network")
    expect(panel.rows("tremble-rows").last).not_to_contain_text("–")
    panel.element("tremble-fresh").uncheck()
