"""Ideas 4 to 7: gradient, gradient descent, mini-batches, one step of learning."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.by_hand import batch, gradient, loss
from support.panels.ideas_panel import IdeaPanel

WORK = 120_000


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
        panel.expect_answered()
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
    panel.drag(point, -60, 30)
    panel.expect_changed("bowl-rows", before)
    (x0, x1), (d0, d1) = panel.numbers("bowl-rows")
    assert x0 < before[0]
    assert x1 < before[1]
    assert (d0, d1) == pytest.approx((2 * x0, 2 * x1), abs=1e-3)


def largest(grads: dict[str, np.ndarray], key: str) -> tuple[int, int]:
    return np.unravel_index(np.abs(grads[key]).argmax(), grads[key].shape)


def with_weights(first, second) -> dict[str, np.ndarray]:
    """The shipped network's parameters with two other weights: (key, index, value) each."""
    params = {key: value.copy() for key, value in reference.shipped_params().items()}
    for key, index, value in (first, second):
        params[key][index] = value
    return params


def expect_slopes(panel: IdeaPanel, *indices: tuple[int, int]) -> list[float]:
    """Loss and partial derivatives shown are those of W1 and W2 with the two values shown; these values."""
    names = panel.rows("weights-rows").locator("th").all_inner_texts()
    places = [(key, tuple(int(i) for i in index)) for key, index in zip(("W1", "W2"), indices, strict=True)]
    assert names == [f"{key}[{row}, {column}]" for key, (row, column) in places]
    numbers, (x, t) = panel.numbers("weights-rows"), batch()
    params = with_weights(
        *[(*place, value) for place, (value, *_slopes) in zip(places, numbers, strict=True)]
    )
    assert panel.text("weights-loss") == f"Loss at the point: {loss(params, x, t):.4f}"
    grads = gradient(params, x, t)
    for (key, index), (_value, numerical, back) in zip(places, numbers, strict=True):
        assert back == pytest.approx(grads[key][index], rel=2e-3, abs=2e-6)
        assert numerical == pytest.approx(grads[key][index], rel=2e-3, abs=2e-6)
    return [value for value, *_slopes in numbers]


def test_the_real_loss_over_two_weights(idea):
    """Where the network has them, and where the keys and the pointer move them."""
    panel = idea(4)
    panel.press("Draw the loss over two weights")
    expect(panel.element("weights-said")).to_contain_text("Kobai’s own", timeout=WORK)
    params, (x, t) = reference.shipped_params(), batch()
    grads = gradient(params, x, t)
    expect(panel.element("weights-said")).to_contain_text(f"100 training images is {loss(params, x, t):.4f};")
    places = [largest(grads, key) for key in ("W1", "W2")]
    expect(panel.rows("weights-rows")).to_have_count(2)
    own = expect_slopes(panel, *places)
    assert own == pytest.approx(
        [params[key][place] for key, place in zip(("W1", "W2"), places, strict=True)], abs=1e-4
    )

    point = panel.handle("The point of two weights")
    for key, across, up in (("ArrowLeft", -0.05, 0), ("Shift+ArrowRight", 0.5, 0), ("PageDown", 0, -0.5)):
        before, said = (
            [row[0] for row in panel.numbers("weights-rows")],
            point.get_attribute("aria-valuetext"),
        )
        point.press(key)
        expect(point).not_to_have_attribute("aria-valuetext", said)
        assert expect_slopes(panel, *places) == pytest.approx([before[0] + across, before[1] + up], abs=0.006)
    point.press("End")
    edge = point.get_attribute("aria-valuemax")
    expect(point).to_have_attribute("aria-valuenow", edge)
    assert float(edge) == pytest.approx(own[0] + 2, abs=1e-4)

    before = expect_slopes(panel, *places)
    panel.drag(point, -80, -40)
    expect(panel.element("weights-rows")).not_to_contain_text(f"{before[0]:.4g}")
    after = expect_slopes(panel, *places)
    assert after[0] < before[0]
    assert after[1] > before[1]

    panel.press("Back to the network’s own weights")
    expect(panel.rows("weights-rows").first.locator("td").first).to_have_text(f"{own[0]:.4g}")
    assert expect_slopes(panel, *places) == own


def draw_surface(panel: IdeaPanel) -> None:
    panel.press("Draw the loss over two weights")
    expect(panel.kobai.button("Draw the loss over two weights")).to_be_enabled(timeout=WORK)
    expect(panel.rows("weights-rows")).to_have_count(2)


def test_the_arrow_points_down_the_slope(idea):
    """From the point, against the gradient, as the axes are drawn."""
    panel = idea(4)
    draw_surface(panel)
    point = panel.handle("The point of two weights")
    said = point.get_attribute("aria-valuetext")
    point.press("Home")
    expect(point).not_to_have_attribute("aria-valuetext", said)
    shaft = panel.element("weights-plane").locator("line.first")
    ends = "line => ['x1', 'y1', 'x2', 'y2'].map(name => Number(line.getAttribute(name)))"
    x1, y1, x2, y2 = shaft.evaluate(ends)
    place = [float(n) for n in re.findall(r"[\d.]+", point.get_attribute("transform"))]
    assert [x1, y1] == pytest.approx(place, abs=0.02)
    (_a, _n, slope_x), (_b, _m, slope_y) = panel.numbers("weights-rows")
    box = panel.element("weights-plane").locator("image")
    width, height = (float(box.get_attribute(name)) for name in ("width", "height"))
    assert (y1 - y2) * slope_x * width == pytest.approx((x2 - x1) * slope_y * height, rel=0.02)
    assert (x2 - x1) * slope_x <= 0
    assert (y1 - y2) * slope_y <= 0


def test_every_loss_of_the_surface_stands_in_a_table(idea):
    panel = idea(4)
    draw_surface(panel)
    assert panel.element("weights-grid").locator("td").count() == 0  # nothing is built in vain
    panel.unfold("weights-grid")
    columns, rows, losses = panel.grid("weights-grid")
    (x, t), params = batch(), reference.shipped_params()
    grads = gradient(params, x, t)
    first, second = (("W1", largest(grads, "W1")), ("W2", largest(grads, "W2")))
    own = [params[key][index] for key, index in (first, second)]
    line = np.linspace(-2, 2, 25)
    assert columns == pytest.approx(own[0] + line, abs=2e-3)
    assert rows == pytest.approx(own[1] + line[::-1], abs=2e-3)
    expected = [
        [loss(with_weights((*first, own[0] + a), (*second, own[1] + b)), x, t) for a in line]
        for b in line[::-1]
    ]
    np.testing.assert_allclose(losses, expected, atol=6e-5)
    panel.element("weights-second-row").fill("7")
    panel.element("weights-second-column").fill("2")
    panel.press("Draw the loss over two weights")
    expect(panel.element("weights-rows")).to_contain_text("W2[7, 2]", timeout=WORK)
    expect_slopes(panel, first[1], (7, 2))
    expect(panel.element("weights-grid").locator("caption")).to_contain_text("W2[7, 2] (rows)")
    assert panel.grid("weights-grid")[1] == pytest.approx(params["W2"][7, 2] + line[::-1], abs=2e-3)
    panel.fold("weights-grid")


@pytest.mark.parametrize(("number", "table"), [(4, "bowl-grid"), (5, "descent-grid")])
def test_every_height_of_the_bowl_stands_in_a_table(idea, number, table):
    panel = idea(number)
    panel.unfold(table)
    columns, rows, heights = panel.grid(table)
    line = np.linspace(-4, 4, 33)
    assert columns == pytest.approx(line)
    assert rows == pytest.approx(line[::-1])
    np.testing.assert_allclose(heights, line[::-1, None] ** 2 + line**2, atol=6e-5)
    panel.fold(table)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_what_scrolls_is_reached_by_the_keyboard(idea, number):
    idea(number).expect_named_regions()


@pytest.mark.parametrize(
    ("button", "lr", "says"),
    [("10", 10.0, "Too large"), ("1e-10", 1e-10, "Too small"), ("0.1", 0.1, "gets there")],
)
def test_why_a_learning_rate_fails_or_works(idea, button, lr, says):
    """x is multiplied by 1 - 2 lr at each step; 10 is too large for that reason."""
    panel = idea(5)
    expect(panel.element("descent-said")).not_to_be_empty(timeout=WORK)
    panel.exactly(button).press("Enter")
    panel.expect_answered()
    expect(panel.element("descent-said")).to_contain_text(says)
    panel.unfold("descent-rows")
    rows = panel.numbers("descent-rows")
    panel.fold("descent-rows")
    for k in range(6):  # further out the step h is lost in rounding
        assert rows[k][:2] == pytest.approx([(1 - 2 * lr) ** k * x for x in rows[0][:2]], rel=1e-4)
    points = panel.element("descent-plane").locator("circle.dot")
    if lr == 10:  # the picture has zoomed out until the first steps are in it: 19 times as far each
        expect(panel.element("descent-said")).to_contain_text("−19")
        expect(points).to_have_count(3)
    else:
        expect(points).to_have_count(21)


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
    panel.unfold("valley-rows")
    assert [row[0] for row in panel.numbers("valley-rows")] == pytest.approx(losses, abs=2e-6)
    start = panel.handle("The start on the loss")
    start.press("ArrowLeft")
    expect(panel.element("valley-said")).not_to_contain_text(f"from {losses[0]:.4f} to")
    panel.fold("valley-rows")


def test_every_loss_of_the_plane_through_all_parameters_stands_in_a_table(idea):
    """Down the gradient, and where twenty steps with 0.1 turn away from it: with flat arrays."""
    panel = idea(5)
    panel.press("Draw the loss and the path")
    expect(panel.element("valley-said")).to_contain_text("in 20 steps", timeout=WORK)
    panel.unfold("valley-grid")
    columns, rows, losses = panel.grid("valley-grid")
    params, (x, t) = {key: value.copy() for key, value in reference.shipped_params().items()}, batch()
    start = np.concatenate([params[key].ravel() for key in params])
    grads = gradient(params, x, t)
    down = -np.concatenate([grads[key].ravel() for key in params])
    down /= np.linalg.norm(down)
    for _ in range(20):
        for key, grad in gradient(params, x, t).items():
            params[key] -= 0.1 * grad
    gone = np.concatenate([params[key].ravel() for key in params]) - start
    far = gone @ down
    turn = gone - far * down
    wide = np.linalg.norm(turn)
    turn /= wide
    a, b = np.linspace(-far, 3 * far, 25), np.linspace(-2 * wide, 3 * wide, 25)[::-1]
    assert columns == pytest.approx(a, abs=6e-5)
    assert rows == pytest.approx(b, abs=6e-5)

    def at(right: float, up: float) -> float:
        flat, there = start + right * down + up * turn, {}
        for key, value in params.items():
            there[key], flat = flat[: value.size].reshape(value.shape), flat[value.size :]
        return loss(there, x, t)

    np.testing.assert_allclose(losses, [[at(right, up) for right in a] for up in b], atol=6e-5)
    panel.fold("valley-grid")
    panel.unfold("valley-rows")
    said = panel.text("valley-said")
    panel.drag(panel.handle("The start on the loss"), 60, -50)
    expect(panel.element("valley-said")).not_to_have_text(said)
    panel.element("valley-rows").page.wait_for_function(  # right and up, not half the way
        """() => [...document.querySelectorAll('#valley-rows tr:first-child td')]
            .slice(1, 3).every(cell => parseFloat(cell.textContent) > 0)"""
    )
    first = panel.numbers("valley-rows")[0]
    assert first[0] == pytest.approx(at(first[1], first[2]), abs=2e-4)  # the place is shown with three digits
    panel.fold("valley-rows")


def test_a_phone_in_japanese(visit):
    kobai = visit("?lang=ja", viewport={"width": 360, "height": 740}, locale="ja-JP").kobai.wait_until_ready()
    for number in range(1, 8):
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
    assert kobai.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    panel = IdeaPanel(kobai, 7)
    panel.press("Take one step of learning")
    expect(panel.element("step-after")).to_contain_text("損失", timeout=WORK)
    assert panel.article.evaluate("article => article.scrollWidth <= article.clientWidth")
