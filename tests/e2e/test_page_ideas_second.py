"""Ideas 4 to 7: gradient, gradient descent, mini-batches, one step of learning."""

from __future__ import annotations

import re

import numpy as np
import pytest
import reference
from by_hand import batch, gradient, loss
from ideas_panel import IdeaPanel
from playwright.sync_api import expect

WORK = 60_000


@pytest.fixture
def idea(kobai):
    return lambda number: IdeaPanel(kobai, number)


def test_the_partial_derivatives_of_a_point_moved_by_the_keyboard(idea):
    """2 x0 and 2 x1, wherever the point is; 0 and 0 at the bottom."""
    panel = idea(4)
    point = panel.handle("The point (x0, x1)")
    expect(panel.rows("bowl-rows").first).to_be_visible(timeout=WORK)
    for keys in (["ArrowRight"], ["Shift+ArrowLeft", "PageDown", "ArrowDown"]):
        before = panel.numbers("bowl-rows")[0]
        for key in keys:
            point.press(key)
        panel.expect_changed("bowl-rows", before)
        (x0, x1), (d0, d1) = panel.numbers("bowl-rows")
        assert (d0, d1) == pytest.approx((2 * x0, 2 * x1), abs=1e-3)
        assert float(panel.text("bowl-f").split("=")[1].replace("−", "-")) == pytest.approx(
            x0**2 + x1**2, rel=1e-3, abs=1e-3
        )


def test_the_surface_turns(idea):
    panel = idea(4)
    surface = panel.element("bowl-surface").locator("svg")
    expect(surface).to_have_accessible_name(re.compile("at height"), timeout=WORK)
    lines = "surface => [...surface.querySelectorAll('path')].map(path => path.getAttribute('d'))"
    before = surface.evaluate(lines)
    panel.element("bowl-turn").press("ArrowRight")
    assert surface.evaluate(lines) != before


def test_the_point_follows_the_pointer(idea):
    panel = idea(4)
    point = panel.handle("The point (x0, x1)")
    expect(panel.rows("bowl-rows").first).to_be_visible(timeout=WORK)
    before = panel.numbers("bowl-rows")[0]
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = panel.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 60, y + 30, steps=4)
    mouse.up()
    panel.expect_changed("bowl-rows", before)
    (x0, x1), (d0, d1) = panel.numbers("bowl-rows")
    assert x0 < before[0]
    assert x1 < before[1]
    assert (d0, d1) == pytest.approx((2 * x0, 2 * x1), abs=1e-3)


def test_the_real_loss_over_two_weights(idea):
    panel = idea(4)
    panel.press("Draw the loss over two weights")
    expect(panel.element("weights-said")).to_contain_text("Kobai’s own", timeout=WORK)
    params, (x, t) = reference.shipped_params(), batch()
    grads = gradient(params, x, t)
    expect(panel.element("weights-said")).to_contain_text(f"is {loss(params, x, t):.4f} here")
    names = [each.split()[0] for each in panel.rows("weights-rows").locator("th").all_inner_texts()]
    indices = [np.unravel_index(np.abs(grads[key]).argmax(), grads[key].shape) for key in ("W1", "W2")]
    assert [name.split("[")[0] for name in names] == ["W1", "W2"]
    for key, index, (numerical, back) in zip(
        ("W1", "W2"), indices, panel.numbers("weights-rows"), strict=True
    ):
        assert back == pytest.approx(grads[key][index], rel=1e-4)
        assert numerical == pytest.approx(grads[key][index], rel=1e-3)
    panel.element("weights-second-row").fill("7")
    panel.element("weights-second-column").fill("2")
    panel.press("Draw the loss over two weights")
    expect(panel.element("weights-rows")).to_contain_text("W2[7, 2]", timeout=WORK)
    assert panel.numbers("weights-rows")[1][1] == pytest.approx(grads["W2"][7, 2], rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("button", "lr", "says"),
    [("10", 10.0, "Too large"), ("1e-10", 1e-10, "Too small"), ("0.1", 0.1, "gets there")],
)
def test_why_a_learning_rate_fails_or_works(idea, button, lr, says):
    """x is multiplied by 1 - 2 lr at each step; 10 is too large for that reason."""
    panel = idea(5)
    expect(panel.element("descent-said")).not_to_be_empty(timeout=WORK)
    panel.exactly(button).click()
    expect(panel.element("descent-said")).to_contain_text(says)
    panel.article.get_by_text("All steps as numbers").first.click()
    rows = panel.numbers("descent-rows")
    panel.article.get_by_text("All steps as numbers").first.click()
    for k in range(6):  # further out the step h is lost in rounding
        assert rows[k][:2] == pytest.approx([(1 - 2 * lr) ** k * x for x in rows[0][:2]], rel=1e-4)
    if lr == 10:
        expect(panel.element("descent-said")).to_contain_text("−19")


def test_the_start_and_the_slider_by_keyboard(idea):
    panel = idea(5)
    expect(panel.element("descent-said")).not_to_be_empty(timeout=WORK)
    panel.exactly("0.1").click()
    expect(panel.element("descent-lr-says")).to_have_text("0.1")
    slider = panel.element("descent-lr")
    slider.press("ArrowRight")
    expect(panel.element("descent-lr-says")).to_have_text(f"{10**-0.95:.3g}")
    said = panel.text("descent-said")
    panel.handle("The start").press("PageDown")
    expect(panel.element("descent-said")).not_to_have_text(said)


def test_descent_on_the_loss_of_the_network(idea):
    panel = idea(5)
    panel.exactly("0.1").click()
    panel.press("Draw the loss and the path")
    expect(panel.element("valley-said")).to_contain_text("in 20 steps", timeout=WORK)
    params = {key: value.copy() for key, value in reference.shipped_params().items()}
    x, t = batch()
    losses = [loss(params, x, t)]
    for _ in range(20):
        for key, grad in gradient(params, x, t).items():
            params[key] -= 0.1 * grad
        losses.append(loss(params, x, t))
    panel.element("valley-rows").evaluate("rows => rows.closest('details').open = true")
    assert [row[0] for row in panel.numbers("valley-rows")] == pytest.approx(losses, abs=2e-6)
    start = panel.handle("The start").last
    start.press("ArrowLeft")
    expect(panel.element("valley-said")).not_to_contain_text(f"from {losses[0]:.4f} to")


def test_a_phone_in_japanese(visit):
    kobai = visit("?lang=ja", viewport={"width": 360, "height": 740}, locale="ja-JP").kobai.wait_until_ready()
    for number in (4, 5, 6, 7):
        panel = IdeaPanel(kobai, number)
        assert panel.article.evaluate("article => article.scrollWidth <= article.clientWidth")
    trembling = IdeaPanel(kobai, 6)
    trembling.press("Draw anew")
    expect(trembling.element("tremble-arrow-says")).to_contain_text("60,000 枚すべてを使う", timeout=WORK)
    expect(trembling.element("tremble-arrow")).to_be_hidden()  # it has nothing to stand beside yet
    trembling.article.get_by_role("slider", name="選んだミニバッチ").press("ArrowDown")
    expect(trembling.element("tremble-chosen")).to_have_text(
        re.compile("^全画像の勾配はまだ計算していません。")
    )
    assert trembling.article.evaluate("article => article.scrollWidth <= article.clientWidth")
    panel.press("Take one step of learning")
    expect(panel.element("step-after")).to_contain_text("損失", timeout=WORK)
    assert panel.article.evaluate("article => article.scrollWidth <= article.clientWidth")
