"""Ideas 4 to 7: gradient, gradient descent, mini-batches, one step of learning."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
import reference
from ideas_panel import IdeaPanel
from playwright.sync_api import expect
from trace_panel import TracePanel

WORK = 60_000


@cache
def batch(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    images, labels = reference.training_set()
    mask = np.random.RandomState(seed).choice(len(images), 100)
    return images[mask].astype(np.float32) / 255, labels[mask]


def forward(params: dict[str, np.ndarray], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    a2 = z1 @ params["W2"] + params["b2"]
    e = np.exp(a2 - a2.max(axis=1, keepdims=True))
    return z1, e / e.sum(axis=1, keepdims=True)


def loss(params: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray) -> float:
    return float(-np.log(forward(params, x)[1][np.arange(len(t)), t] + 1e-7).mean())


def gradient(params: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """Backpropagation written out."""
    z1, y = forward(params, x)
    dy = (y - np.eye(10)[t]) / len(t)
    da1 = dy @ params["W2"].T * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ dy, "b2": dy.sum(axis=0)}


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


def tremble(panel: IdeaPanel) -> Draws:
    panel.press("Draw anew")
    expect(panel.element("tremble-said")).to_contain_text("100 draws of each size", timeout=WORK)
    expect(panel.kobai.button("Draw anew")).to_be_enabled(timeout=WORK)
    return Draws(int(re.search(r"seed (\d+)\)", panel.text("tremble-said"))[1]))


def test_the_gradient_trembles(idea):
    """The first draws against gradients computed apart; the mean over all images as well."""
    panel = idea(6)
    draws = tremble(panel)
    for row, size in zip(panel.numbers("tremble-rows"), (1, 10, 100), strict=False):
        assert row[0] == pytest.approx(np.mean(draws.watched[size]), rel=1e-2, abs=1e-6)
        assert row[1] == pytest.approx(draws.spread(size), rel=1e-2)
        assert row[2] == pytest.approx(draws.spread(size) * np.sqrt(size), rel=1e-2)
    panel.press("Use all 60,000 images")
    expect(panel.rows("tremble-rows").last).not_to_contain_text("–", timeout=WORK)
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


def test_a_mini_batch_is_chosen_by_keyboard_and_by_dragging(idea):
    """Up and down to another size, sidewards through its sorted gradients; its arrow, once all are summed."""
    panel = idea(6)
    draws = tremble(panel)
    panel.press("Use all 60,000 images")
    expect(panel.rows("tremble-rows").last).not_to_contain_text("–", timeout=WORK)
    expect(panel.kobai.button("Draw anew")).to_be_enabled(timeout=WORK)
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
    point.scroll_into_view_if_needed()
    box, mouse = point.bounding_box(), panel.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 300, box["y"] - 150, steps=4)  # the gradient of a single image that is the largest
    mouse.up()
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


def test_a_fresh_network_trembles_too(idea):
    """The network that a training with seed 0 starts from: W1, then W2 from np.random."""
    panel = idea(6)
    panel.element("tremble-fresh").check()
    panel.press("Use all 60,000 images")
    expect(panel.element("tremble-said")).to_contain_text("A fresh network", timeout=WORK)
    images, labels = reference.training_set()
    whole = gradient(fresh(0), images.astype(np.float32) / 255, labels)
    assert panel.numbers("tremble-rows")[-1][0] == pytest.approx(whole["W2"][0, 3], rel=1e-2)
    panel.element("tremble-fresh").uncheck()


def stepped(
    params: dict[str, np.ndarray], grads: dict[str, np.ndarray], rate: float
) -> dict[str, np.ndarray]:
    return {key: value - rate * grads[key] for key, value in params.items()}


def fresh(seed: int) -> dict[str, np.ndarray]:
    """What np.random.seed(seed) makes of the book's network."""
    random = np.random.RandomState(seed)
    params = {"W1": 0.01 * random.randn(784, 50), "b1": np.zeros(50)}
    return params | {"W2": 0.01 * random.randn(50, 10), "b2": np.zeros(10)}


def take_step(panel: IdeaPanel, seed: int) -> None:
    panel.element("step-seed").fill(str(seed))
    panel.press("Take one step of learning")
    expect(panel.element("step-trace")).to_have_attribute("href", re.compile(f"seed={seed}&"), timeout=WORK)


def test_one_whole_step(idea):
    panel = idea(7)
    take_step(panel, 4)
    params, (x, t) = reference.shipped_params(), batch(4)
    grads = gradient(params, x, t)
    after = stepped(params, grads, 0.1)
    index = np.unravel_index(np.abs(grads["W2"]).argmax(), grads["W2"].shape)
    said = panel.element("step-after")
    expect(said).to_contain_text(
        f"Learning rate 0.1: loss on the same 100 images: {loss(params, x, t):.4f} → "
    )
    expect(said).to_contain_text(f"→ {loss(after, x, t):.4f}.")
    numbers = [
        float(n) for n in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", panel.text("step-update").replace("−", "-"))
    ]
    shown = (numbers[0], numbers[2], numbers[3])
    assert shown == pytest.approx((params["W2"][index], grads["W2"][index], after["W2"][index]), rel=1e-4)
    expect(panel.article.get_by_role("link", name="Follow this very step")).to_have_attribute(
        "href", "#trace?f=step&batch=100&seed=4&network=shipped&lr=0.1"
    )
    panel.article.get_by_text("The gradient of W2 as a table").click()
    table = panel.article.get_by_role("region", name="The gradient of W2: rows are hidden units")
    expect(table.locator("tbody tr")).to_have_count(50)
    np.testing.assert_allclose(panel.numbers("step-dw2-rows"), grads["W2"], rtol=6e-3, atol=1e-9)
    panel.article.get_by_text("The gradient of W2 as a table").click()


def test_the_learning_rate_of_the_step_by_keyboard(idea):
    """Too small, just right, too large: the loss against steps written out here."""
    panel = idea(7)
    take_step(panel, 5)
    params, (x, t) = reference.shipped_params(), batch(5)
    grads, before = gradient(params, x, t), loss(params, x, t)
    square = sum((grad**2).sum() for grad in grads.values())
    handle, why = panel.handle("Learning rate of the step"), panel.element("step-why")
    for keys, rate, word in (
        (["PageDown"] * 2, 0.01, "Small"),
        (["Shift+ArrowRight"] * 4, 1, "on the way the slope has changed"),
        (["PageUp"] * 3 + ["ArrowRight"] * 3, 44.7, "Too large"),
    ):
        for key in keys:
            handle.press(key)
        expected = loss(stepped(params, grads, rate), x, t)
        expect(handle).to_have_attribute(
            "aria-valuetext",
            f"learning rate {rate:.3g}: the loss goes from {before:.4f} to {expected:.4f}",
        )
        expect(panel.element("step-after")).to_contain_text(f"Learning rate {rate:.3g}: ")
        expect(why).to_contain_text(word)
        figures = [float(n) for n in re.findall(r"\d\.?\d*(?:e[-+]\d+)?(?=[ ,.])", why.inner_text())]
        assert figures[:1] == pytest.approx([abs(before - expected)], rel=0.01)
        assert figures[1] == pytest.approx(rate * square, rel=0.01)
    panel.article.get_by_text("The curve as a table").click()
    rows = panel.rows("step-curve-rows").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => Number(cell.textContent.replace('−', '-'))))"
    )
    assert len(rows) == 101
    for rate, shown, foretold in rows[::10]:
        assert shown == pytest.approx(loss(stepped(params, grads, rate), x, t), abs=1e-4)
        assert foretold == pytest.approx(before - rate * square, abs=1e-5, rel=1e-4)
    panel.article.get_by_text("The curve as a table").click()


def test_the_learning_rate_is_dragged_along_the_curve(idea):
    panel = idea(7)
    take_step(panel, 6)
    params, (x, t) = reference.shipped_params(), batch(6)
    grads = gradient(params, x, t)
    handle = panel.handle("Learning rate of the step")
    handle.scroll_into_view_if_needed()
    box, before = handle.bounding_box(), handle.get_attribute("aria-valuetext")
    mouse = panel.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2 - 150, box["y"], steps=3)
    mouse.up()
    expect(handle).not_to_have_attribute("aria-valuetext", before)
    rate = float(re.search("learning rate (\\S+):", handle.get_attribute("aria-valuetext"))[1])
    expect(panel.element("step-after")).to_contain_text(f"Learning rate {rate:.3g}: ")
    expect(panel.element("step-after")).to_contain_text(f"→ {loss(stepped(params, grads, rate), x, t):.4f}.")
    assert panel.handle("Learning rate of the step").bounding_box()["x"] < box["x"] - 140
    take_step(panel, 7)  # the next step is taken with this learning rate
    expect(panel.element("step-after")).to_contain_text(f"Learning rate {rate:.3g}: ")


def test_the_step_of_a_fresh_network_leads_to_the_trace_of_this_very_step(idea):
    panel = idea(7)
    panel.element("step-fresh").check()
    take_step(panel, 8)
    expect(panel.element("step-predict")).to_contain_text("A fresh network (seed 8)")
    params, (x, t) = fresh(8), batch(8)
    rate = float(panel.handle("Learning rate of the step").get_attribute("aria-valuenow"))
    after = stepped(params, gradient(params, x, t), rate)
    expect(panel.element("step-after")).to_contain_text(
        f"{loss(params, x, t):.4f} → {loss(after, x, t):.4f}."
    )
    link = panel.article.get_by_role("link", name="Follow this very step")
    part = f"#trace?f=step&batch=100&seed=8&network=fresh&pixels=0-1&lr={rate:.3g}"
    expect(link).to_have_attribute("href", part)
    link.click()
    trace = TracePanel(panel.kobai)
    trace.expect_moment(0)
    expect(trace.region.get_by_text("A fresh network (seed 8)")).to_contain_text(
        f"one step of training with the learning rate {rate:.3g} · 100 training images"
    )
    expect(trace.region.get_by_text("could not be understood")).to_be_hidden()
    trace.source().focus()
    trace.page.keyboard.press("End")
    fold = trace.page.locator("#trace-frame-fold")
    fold.evaluate("fold => fold.open = true")
    card = trace.page.locator("#trace-frame figure").filter(has_text='params["W1"]').first
    found = re.search(r"smallest (\S+), largest (\S+),", card.inner_text()).groups()
    assert [float(each.replace("−", "-")) for each in found] == pytest.approx(
        [after["W1"].min(), after["W1"].max()], rel=1e-3
    )
    trace.page.wait_for_url(
        re.compile(re.escape(part.replace(f"&lr={rate:.3g}", "")) + r"&lr=[\d.e-]+&at=\d+$")
    )
    fold.evaluate("fold => fold.open = false")
    trace.forget_address()
    panel.element("step-fresh").uncheck()


def test_the_step_of_a_network_of_ones_own_is_traced_within_the_page(idea, kobai):
    """Its name means nothing to others, so it is not passed on."""
    kobai.step()
    kobai.use("trained")
    panel = idea(7)
    take_step(panel, 2)
    panel.article.get_by_role("link", name="Follow this very step").click()
    trace = TracePanel(kobai)
    trace.expect_moment(0)
    expect(trace.region.get_by_text("100 training images · yours, 1 iterations")).to_be_visible()
    expect(trace.region.get_by_text("could not be understood")).to_be_hidden()
    trace.page.wait_for_url(re.compile(r"#trace\?f=step&batch=100&seed=2&lr=[\d.]+&at=0$"))
    trace.forget_address()


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
