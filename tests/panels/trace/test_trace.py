"""The Trace room: what it shows of a run against plain NumPy written out here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from kobai.book.two_layer_net import TwoLayerNet
from playwright.sync_api import expect
from support import reference
from support.panels.trace_panel import TracePanel

DIGITS = 5e-4  # relative: figures are shown with four digits


@cache
def passes(index: int) -> dict[str, np.ndarray]:
    """Forward and backward pass of the shipped network for one test image, by the formulas of the book."""
    p = reference.shipped_params()
    x = reference.images_to_test()[index : index + 1].astype(np.float32) / np.float32(255)
    a1 = x @ p["W1"] + p["b1"]
    z1 = 1 / (1 + np.exp(-a1))
    a2 = z1 @ p["W2"] + p["b2"]
    y = np.exp(a2 - a2.max()) / np.exp(a2 - a2.max()).sum()
    t = np.eye(10)[reference.labels_to_test()[index : index + 1]]
    dy = y - t
    dz1 = dy @ p["W2"].T
    da1 = dz1 * z1 * (1 - z1)
    return {"x": x, "a1": a1, "z1": z1, "a2": a2, "y": y, "dy": dy, "dz1": dz1, "da1": da1} | p


def near(value: float) -> object:
    return pytest.approx(value, rel=DIGITS)


@pytest.fixture
def panel(kobai) -> Iterator[TracePanel]:
    panel = TracePanel(kobai).come_near()
    yield panel
    panel.forget_address()


def test_the_invitation_and_the_very_source(panel):
    """One click traces predict for the chosen image; what is listed is what Python says of the function."""
    panel.kobai.go_to_image(1)
    panel.button("Trace predict for this 2").click()
    panel.expect_moment(0)
    expect(
        panel.region.get_by_text("predict · Test image 1, label 2 · Kobai’s own, 10,000 iterations")
    ).to_be_visible()
    assert panel.source_text() == inspect.getsource(TwoLayerNet.predict).strip()
    assert panel.current_line().startswith('W1, W2 = self.params["W1"]')
    W1 = reference.shipped_params()["W1"]
    assert panel.figures("W1") == (near(W1.min()), near(W1.max()), near(W1.mean()))
    expect(panel.card("W1")).to_contain_text("784 × 50")
    expect(panel.card("W1")).to_contain_text("(784, 50) float64")


def test_stepping_into_a_call_and_out_over_and_back(panel):
    panel.trace("predict", test_image=0)
    panel.press("Over", times=3)
    assert panel.current_line() == "z1 = sigmoid(a1)"
    panel.press("Into")
    expect(panel.source()).to_have_accessible_name("Source of sigmoid")
    calls = panel.region.get_by_role("navigation", name="Stack of calls")
    expect(calls).to_have_text(re.compile(r"TwoLayerNet\.predict.*sigmoid"))
    panel.press("Out")
    assert panel.current_line().startswith("a2 = np.dot(z1, W2) + b2")
    panel.press("Back")
    expect(panel.source()).to_have_accessible_name("Source of sigmoid")
    calls.get_by_role("button", name="TwoLayerNet.predict").click()
    expect(panel.line("z1 = sigmoid(a1)")).to_have_attribute("aria-current", "true")


def test_keyboard_slider_line_and_play(panel):
    panel.trace("predict", test_image=0)
    panel.source().focus()
    for key, line in (("ArrowDown", "b1, b2"), ("ArrowDown", "a1 ="), (" ", "z1 ="), ("ArrowUp", "a1 =")):
        panel.page.keyboard.press(key)
        expect(panel.line(line)).to_have_attribute("aria-current", "true")
    panel.page.keyboard.press("End")
    expect(panel.button("Forward")).to_be_disabled()
    panel.region.get_by_role("slider", name="Moment of the recording").fill("0")
    expect(panel.line("W1, W2 =")).to_have_attribute("aria-current", "true")
    number = panel.line("a2 =").get_attribute("data-line")
    panel.field("To line").fill(number)
    panel.field("To line").press("Enter")
    expect(panel.line("a2 =")).to_have_attribute("aria-current", "true")
    panel.field("Speed").select_option("fast")
    panel.button("Play").click()
    expect(panel.button("Forward")).to_be_disabled()  # it has played to the end
    expect(panel.button("Play")).to_be_visible()


def test_softmax_is_seen(panel):
    """Scores above, probabilities below, the same digit at the same place."""
    panel.trace("gradient", test_image=0)
    panel.go_to("y = softmax(a2)")
    expected = passes(0)
    assert panel.bars("a2") == pytest.approx(expected["a2"][0], abs=0.006)
    assert panel.bars("y") == pytest.approx(expected["y"][0], abs=0.006)
    places = [
        panel.card(name)
        .locator(".digit")
        .evaluate_all("all => all.map(each => each.getBoundingClientRect().x)")
        for name in ("a2", "y")
    ]
    assert places[0] == pytest.approx(places[1], abs=1)
    expect(panel.card("y")).to_contain_text("new")


def test_which_pixel_pushed_this_image_towards_8(panel):
    """The score of 8 → the hidden unit that raised it most → the pixel that moved that unit most."""
    index = int(np.flatnonzero(reference.labels_to_test() == 8)[0])
    expected = passes(index)
    panel.ask("predict", test_image=index)
    panel.button("Which pixel pushed it towards this digit?").click()
    panel.expect_value_of("a2[0, 8]")
    assert panel.value()[1] == near(expected["a2"][0, 8])
    products = expected["z1"][0] * expected["W2"][:, 8]
    unit = int(np.argmax(np.abs(products)))
    name, value = panel.terms()[0]
    assert name == f"z1[0, {unit}] × W2[{unit}, 8]"
    assert value == near(products[unit])
    assert panel.terms()[-1][1] == near(products.sum())

    panel.follow(f"z1[0, {unit}]")
    assert panel.value()[1] == near(expected["z1"][0, unit])
    panel.follow(f"a1[0, {unit}]")
    assert panel.value()[1] == near(expected["a1"][0, unit])
    expect(panel.line("a1 = np.dot(x, W1) + b1")).to_have_attribute("aria-current", "true")
    pushes = expected["x"][0] * expected["W1"][:, unit]
    pixel = int(np.argmax(np.abs(pushes)))
    name, value = panel.terms()[0]
    assert name == f"x[0, {pixel}] × W1[{pixel}, {unit}]"
    assert value == near(pushes[pixel])
    rest = panel.terms()[-2]
    assert rest[1] == pytest.approx(pushes.sum() - sum(v for _, v in panel.terms()[:-2]), abs=0.002)
    expect(panel.why).to_contain_text(f"A sum of 784 products, {int(np.sum(pushes == 0))} of them 0")
    cursor = panel.card("x").locator(".cursor")  # the pixel is marked in the image, too
    style = cursor.get_attribute("style")
    left, top = (float(re.search(rf"{side}: ([\d.]+)%", style)[1]) for side in ("left", "top"))
    assert (round(left / 100 * 28), round(top / 100 * 28)) == (pixel % 28, pixel // 28)


def test_a_click_on_a_tile_tells_its_weight(panel):
    """W1 is drawn as 5 rows of 10 tiles of 28 x 28 with a line between them."""
    panel.trace("predict", test_image=0)
    panel.go_to("a1 =")
    unit, pixel = 37, 15 * 28 + 9
    sheet = panel.card("W1").get_by_role("group")
    box = sheet.bounding_box()
    u, v = unit % 10 * 29 + pixel % 28, unit // 10 * 29 + pixel // 28
    place = {"x": (u + 0.5) / 289 * box["width"], "y": (v + 0.5) / 144 * box["height"]}
    sheet.click(position=place)
    panel.expect_value_of(f"W1[{pixel}, {unit}]")
    assert panel.value()[1] == near(reference.shipped_params()["W1"][pixel, unit])


def test_the_numerical_gradient_of_three_parameters(panel):
    """By its definition it finds what backpropagation finds: the three steepest slopes of W1."""
    panel.trace("numerical_gradient", test_image=2)
    expected = passes(2)
    gradient = (expected["x"].T @ expected["da1"]).ravel()
    steepest = gradient[np.argsort(-np.abs(gradient))[:3]]
    panel.source().focus()
    panel.page.keyboard.press("End")
    expect(panel.card("return")).to_contain_text("(3,) float64")
    smallest, largest, mean = panel.figures("return")
    assert (smallest, largest, mean) == pytest.approx(
        (steepest.min(), steepest.max(), steepest.mean()), rel=2e-3
    )


def test_why_the_loss_is_0_0446(panel):
    """Of the ten probabilities one counts: that of the label."""
    y, labels = (
        reference.predict(reference.shipped_params(), reference.images_to_test()),
        reference.labels_to_test(),
    )
    losses = -np.log(y[np.arange(10000), labels] + 1e-7)
    index = int(np.argmin(np.abs(losses - 0.0446)))
    assert f"{losses[index]:.4f}" == "0.0446"
    panel.ask("loss", test_image=index)
    panel.button("Why is the loss what it is?").click()
    panel.expect_value_of("return")
    assert panel.value()[1] == near(losses[index])
    probability = y[index, labels[index]]
    sentence = panel.why.get_by_text("Only one probability counts").inner_text()
    name, p, loss = re.search(r"counts: (.*) = (\S+)\. Minus its logarithm is (\S+)\.$", sentence).groups()
    assert name == f"y[0, {labels[index]}]"
    assert (float(p), float(loss)) == (near(probability), near(-np.log(probability + 1e-7)))
    assert panel.bars("y")[labels[index]] == pytest.approx(probability, abs=0.006)


def test_what_dz1_is(panel):
    """Beside z1, of its shape; each number a sum of ten products."""
    expected = passes(0)
    panel.ask("gradient", test_image=0)
    panel.button("What is dz1?").click()
    unit = int(np.argmax(np.abs(expected["dz1"])))
    panel.expect_value_of(f"dz1[0, {unit}]")
    products = expected["dy"][0] * expected["W2"][unit]
    assert panel.value()[1] == near(products.sum())
    strongest = int(np.argmax(np.abs(products)))
    assert panel.terms()[0] == (f"dy[0, {strongest}] × W2[{unit}, {strongest}]", near(products[strongest]))
    for name in ("z1", "dz1"):
        expect(panel.card(name)).to_contain_text("(1, 50) float64")
        assert panel.figures(name)[:2] == (near(expected[name].min()), near(expected[name].max()))
    other = panel.card("z1").element_handle()  # both at once: rooms above may still fill and move them
    tops = "(card, other) => [card, other].map(each => each.getBoundingClientRect().top)"
    first, second = panel.card("dz1").evaluate(tops, other)
    assert first == pytest.approx(second, abs=1)
    expect(panel.region.get_by_text("dz1 belongs to z1", exact=False)).to_be_visible()

    panel.card("dz1").get_by_role("group").press("ArrowRight")  # the arrow keys go on from there
    panel.expect_value_of(f"dz1[0, {unit + 1}]")
    assert panel.value()[1] == near(expected["dz1"][0, unit + 1])


def test_the_backward_pass_fills_beside_the_forward_one(panel):
    panel.trace("gradient", test_image=0)
    lines = panel.page.locator("#trace-mirror > div")
    expect(lines.filter(has_text="still to come")).to_have_count(9)
    panel.source().focus()
    panel.page.keyboard.press("End")
    expect(lines.filter(has_text="still to come")).to_have_count(0)
    shapes = {
        "W1": "(784, 50)",
        "b1": "(50,)",
        "a1": "(1, 50)",
        "z1": "(1, 50)",
        "W2": "(50, 10)",
        "b2": "(10,)",
    }
    for name, shape in shapes.items():
        gradient = f'grads["{name}"]' if name[0] in "Wb" else "d" + name
        line = lines.filter(has=panel.page.locator("code", has_text=re.compile(rf"^{name}$")))
        expect(line.locator("figure").nth(0)).to_contain_text(shape)
        expect(line.locator("figure").nth(1)).to_contain_text(shape)
        expect(line.locator("figure").nth(1).locator("code")).to_have_text(gradient)


def test_a_mini_batch_of_training_images(panel):
    """Ten images drawn as the book draws them; one of them is pictured."""
    panel.trace("predict", training_images=10, seed=3)
    images, _labels = reference.training_set()
    p = reference.shipped_params()
    x = images[np.random.RandomState(3).choice(60000, 10)].astype(np.float32) / np.float32(255)
    a1 = x @ p["W1"] + p["b1"]
    a2 = (1 / (1 + np.exp(-a1))) @ p["W2"] + p["b2"]
    panel.go_to("a1 =")
    expect(panel.card("a1")).to_contain_text("10 × 50")
    assert panel.figures("a1") == (near(a1.min()), near(a1.max()), near(a1.mean()))
    panel.go_to("a2 =")
    assert panel.bars("a2") == pytest.approx(a2[0], abs=0.06)
    panel.field("Image of the mini-batch that is pictured").fill("7")
    panel.field("Image of the mini-batch that is pictured").press("Enter")
    figures = panel.card("a2").locator(".figure")
    expect(figures.first).to_have_text(re.compile(rf"^{a2[7, 0]:.1f}".replace("-", "−")))
    assert panel.bars("a2") == pytest.approx(a2[7], abs=0.06)


def test_a_step_of_training_changes_the_weights(panel):
    panel.trace("step", test_image=0)
    expected, W1 = passes(0), reference.shipped_params()["W1"]
    panel.page.locator("#trace-source").focus()
    panel.page.keyboard.press("End")
    panel.region.get_by_text("All variables here").click()
    fold = panel.page.locator("#trace-frame figure").filter(has_text='params["W1"]')
    after = W1 - 0.1 * expected["x"].T @ expected["da1"]
    found = re.search(r"smallest (\S+), largest (\S+),", fold.first.inner_text()).groups()
    assert [float(each.replace("−", "-")) for each in found] == [near(after.min()), near(after.max())]


def test_a_link_leads_back_to_the_moment(panel, visit):
    panel.trace("gradient", test_image=4)
    panel.go_to("dz1 =")
    at = panel.moment()
    panel.page.wait_for_url(re.compile(rf"#trace\?f=gradient&image=4&network=shipped&at={at}$"))
    other = visit("?lang=en#" + panel.page.url.split("#")[1])
    opened = TracePanel(other.kobai)
    opened.expect_moment(at)
    assert opened.current_line().startswith("dz1 = np.dot(dy, W2.T)")
    dz1 = passes(4)["dz1"]
    assert opened.figures("dz1")[:2] == (near(dz1.min()), near(dz1.max()))

    other.kobai.page.evaluate("location.hash = '#trace?f=loss&image=99999&at=70000&line=x'")
    opened.expect_moment(0)
    word = opened.region.get_by_text("A part of the link could not be understood")
    expect(word).to_contain_text("image, line")
    expect(word).to_contain_text("The link names a moment that this recording does not have")
    expect(opened.source()).to_have_accessible_name("Source of TwoLayerNet.loss")
    other.kobai.page.evaluate("location.hash = '#keep'")  # what was recorded is still there afterwards
    expect(opened.region).to_have_count(0)
    other.kobai.page.go_back()
    opened.expect_moment(0)


def begun(seed: int) -> dict[str, np.ndarray]:
    """The network that a training with this seed starts from."""
    random = np.random.RandomState(seed)
    W1, W2 = 0.01 * random.randn(784, 50), 0.01 * random.randn(50, 10)
    return {"W1": W1, "b1": np.zeros(50), "W2": W2, "b2": np.zeros(10)}


def test_a_link_to_a_fresh_network_carries_all_it_needs(visit):
    """Seed, pixels and learning rate: the same numbers for everyone; and passed on, the same address."""
    part = "#trace?f=step&batch=10&seed=3&network=fresh&pixels=0-255&lr=0.05"
    opened = TracePanel(visit("?lang=en" + part).kobai)
    opened.expect_moment(0)
    expect(opened.region.get_by_text("A fresh network (seed 3)")).to_contain_text(
        "one step of training with the learning rate 0.05 · 10 training images"
    )
    opened.page.wait_for_url(re.compile(re.escape(part) + "&at=0$"))
    expect(opened.region.get_by_text("could not be understood")).to_be_hidden()
    p, (images, labels) = begun(3), reference.training_set()
    chosen = np.random.RandomState(3).choice(60000, 10)
    x = images[chosen].astype(np.float32)
    z1 = 1 / (1 + np.exp(-(x @ p["W1"])))
    dy = (np.exp(z1 @ p["W2"]) / np.exp(z1 @ p["W2"]).sum(1, keepdims=True) - np.eye(10)[labels[chosen]]) / 10
    W2 = p["W2"] - 0.05 * z1.T @ dy
    opened.source().focus()
    opened.page.keyboard.press("End")
    opened.region.get_by_text("All variables here").click()
    card = opened.page.locator("#trace-frame figure").filter(has_text='params["W2"]').first
    found = re.search(r"smallest (\S+), largest (\S+),", card.inner_text()).groups()
    assert [float(each.replace("−", "-")) for each in found] == [near(W2.min()), near(W2.max())]

    wait_for = opened.page.wait_for_url
    opened.page.evaluate("location.hash = '#trace?f=predict&image=4&network=fresh&seed=2&lr=0.5'")
    expect(opened.source()).to_have_accessible_name("Source of TwoLayerNet.predict")
    expect(opened.region.get_by_text("A fresh network (seed 2)")).to_contain_text("Test image 4")
    wait_for(re.compile(r"#trace\?f=predict&image=4&seed=2&network=fresh&at=0$"))
    opened.expect_moment(0)
    W1 = begun(2)["W1"]
    assert opened.figures("W1")[:2] == (near(W1.min()), near(W1.max()))


def test_a_learning_rate_of_a_link_that_is_none_is_left_out(panel):
    rates = ["1e999", "-1", "0", "nan", "0.1.1", "1e-5e-5", "²", "0" * 20, "1e-", "5000", ""]
    word = panel.region.get_by_text("A part of the link could not be understood")
    for seed, rate in enumerate(rates):
        part = f"#trace?f=step&batch=1&seed={seed}&network=fresh&pixels=8&lr={rate}"
        panel.page.evaluate("part => { location.hash = part }", part)
        panel.page.wait_for_url(re.compile(rf"#trace\?f=step&batch=1&seed={seed}&network=fresh&at=0$"))
        of = panel.region.get_by_text(f"A fresh network (seed {seed})")
        expect(of).to_contain_text("learning rate 0.1 · ")
        expect(word).to_contain_text("lr, pixels.")
    panel.page.evaluate("location.hash = '#trace?f=step&batch=1&network=fresh&pixels=0-1&lr=0.25'")
    of = panel.region.get_by_text("A fresh network (seed 0)")
    expect(of).to_contain_text("learning rate 0.25 · ")
    expect(word).to_be_hidden()


def test_a_phone_in_japanese(visit):
    kobai = visit("?lang=ja", viewport={"width": 360, "height": 740}, locale="ja-JP").kobai.wait_until_ready()
    kobai.show("code")
    region = kobai.region("Trace")
    region.scroll_into_view_if_needed()
    region.get_by_role("button", name="この 7 で predict をたどる").click()
    expect(kobai.page.locator("#trace-now")).to_have_attribute("data-at", "0")
    kobai.button("Forward").click()
    expect(kobai.page.locator("#trace-now")).to_have_attribute("data-at", "1")
    expect(region.get_by_role("heading", name="この行が作るもの")).to_be_visible()
    assert region.evaluate("section => section.scrollWidth <= section.clientWidth")
