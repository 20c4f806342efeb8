"""Idea 7: one step of learning with any learning rate, against steps written out here; and its trace."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.by_hand import batch, fresh, gradient, loss, stepped
from support.panels.ideas_panel import IdeaPanel
from support.panels.trace_panel import TracePanel

WORK = 120_000


@pytest.fixture
def panel(kobai):
    return IdeaPanel(kobai, 7)


def take_step(panel: IdeaPanel, seed: int) -> None:
    panel.element("step-seed").fill(str(seed))
    panel.press("Take one step of learning")
    expect(panel.element("step-trace")).to_have_attribute("href", re.compile(f"seed={seed}&"), timeout=WORK)


def test_one_whole_step(panel):
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


def test_the_learning_rate_of_the_step_by_keyboard(panel):
    """Too small, just right, too large: the loss against steps written out here."""
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
    expect(panel.rows("step-curve-rows")).to_have_count(101)  # filled when it opens
    rows = panel.rows("step-curve-rows").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => Number(cell.textContent.replace('−', '-'))))"
    )
    for rate, shown, foretold in rows[::10]:
        assert shown == pytest.approx(loss(stepped(params, grads, rate), x, t), abs=1e-4)
        assert foretold == pytest.approx(before - rate * square, abs=1e-5, rel=1e-4)
    panel.article.get_by_text("The curve as a table").click()


def test_the_learning_rate_is_dragged_along_the_curve(panel):
    take_step(panel, 6)
    params, (x, t) = reference.shipped_params(), batch(6)
    grads = gradient(params, x, t)
    handle = panel.handle("Learning rate of the step")
    box, before = handle.bounding_box(), handle.get_attribute("aria-valuetext")
    panel.drag(handle, -150, 0)
    expect(handle).not_to_have_attribute("aria-valuetext", before)
    rate = float(re.search("learning rate (\\S+):", handle.get_attribute("aria-valuetext"))[1])
    expect(panel.element("step-after")).to_contain_text(f"Learning rate {rate:.3g}: ")
    expect(panel.element("step-after")).to_contain_text(f"→ {loss(stepped(params, grads, rate), x, t):.4f}.")
    assert panel.handle("Learning rate of the step").bounding_box()["x"] < box["x"] - 140
    take_step(panel, 7)  # the next step is taken with this learning rate
    expect(panel.element("step-after")).to_contain_text(f"Learning rate {rate:.3g}: ")


def test_the_step_of_a_fresh_network_leads_to_the_trace_of_this_very_step(panel):
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
    trace.expect_moment(trace.moment())
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
    panel.kobai.show("ideas/4.5")
    panel.element("step-fresh").uncheck()


def test_the_step_of_a_network_of_ones_own_is_traced_within_the_page(kobai):
    """Its name means nothing to others, so it is not passed on."""
    kobai.step()
    kobai.use("trained")
    panel = IdeaPanel(kobai, 7)
    take_step(panel, 2)
    panel.article.get_by_role("link", name="Follow this very step").click()
    trace = TracePanel(kobai)
    trace.expect_moment(0)
    expect(trace.region.get_by_text("100 training images · yours, 1 iterations")).to_be_visible()
    expect(trace.region.get_by_text("could not be understood")).to_be_hidden()
    trace.page.wait_for_url(re.compile(r"#trace\?f=step&batch=100&seed=2&lr=[\d.]+&at=0$"))
    trace.forget_address()
