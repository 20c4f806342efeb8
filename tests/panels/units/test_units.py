"""What the hidden units look for: pictures, order and outputs against plain NumPy written out here."""

from __future__ import annotations

import pickle
import re
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK
from support.panels.units_panel import UnitsPanel


@cache
def hidden() -> np.ndarray:
    """z1 of the shipped network for all test images, (10000, 50)."""
    params = reference.shipped_params()
    x = reference.images_to_test().astype(np.float32) / 255
    return 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))


def effects(params: dict[str, np.ndarray]) -> np.ndarray:
    return params["W2"] - params["W2"].mean(axis=1, keepdims=True)


@cache
def order() -> tuple[list[int], np.ndarray]:
    """The units by use, and the use of each: deviation of z1 times length of the outgoing weights."""
    uses = hidden().std(axis=0) * np.linalg.norm(effects(reference.shipped_params()), axis=1)
    return np.argsort(-uses).tolist(), uses


def signed(picture: np.ndarray) -> np.ndarray:
    """From colours back to -1 to 1: blue is negative, orange positive, opacity the size."""
    return np.where(picture[..., 0] > picture[..., 2], 1, -1) * picture[..., 3] / 255


@pytest.fixture
def panel(kobai) -> UnitsPanel:
    return UnitsPanel(kobai).come_near()


def test_all_units_by_use_with_their_outputs_for_the_chosen_image(panel):
    units, _uses = order()
    panel.expect_units(units, hidden()[0, units].tolist())
    panel.kobai.go_to_image(115)
    panel.expect_units(units, hidden()[115, units].tolist())


def test_a_picture_shows_the_weights(panel):
    """The colours are the weights over one limit for all units: largest blue where most negative."""
    units, _uses = order()
    W1 = reference.shipped_params()["W1"]
    limit = np.quantile(np.abs(W1), 0.995)
    for place in (0, 7, 49):
        weights = W1[:, units[place]].reshape(28, 28)
        np.testing.assert_allclose(
            signed(panel.picture(place)), np.clip(weights / limit, -1, 1), atol=1 / 127
        )
    expect(panel.region.get_by_text(f"+{limit:.2f}", exact=True)).to_be_visible()


def test_one_unit_in_full(panel):
    """By arrow key to the second unit: image times weights, their sum, the sigmoid, the digits."""
    units, uses = order()
    unit, params = units[1], reference.shipped_params()
    panel.kobai.go_to_image(8)
    panel.units().first.focus()
    panel.page.keyboard.press("ArrowRight")
    expect(panel.units().nth(1)).to_be_focused()
    expect(panel.name).to_have_text(f"Hidden unit {unit}")
    product = reference.images_to_test()[8] / 255 * params["W1"][:, unit]
    total = product.sum() + params["b1"][unit]
    expected = (product.sum(), params["b1"][unit], total, 1 / (1 + np.exp(-total)))
    assert panel.sum() == pytest.approx(expected, abs=0.0051)
    limit = np.quantile(np.abs(params["W1"]), 0.995)
    np.testing.assert_allclose(
        signed(panel.large("product")), np.clip(product / limit, -1, 1).reshape(28, 28), atol=1 / 127
    )
    strongest = np.argsort(-effects(params)[unit])
    digits = panel.region.locator("dl dd").all_inner_texts()
    assert digits == [", ".join(map(str, strongest[:3])), ", ".join(map(str, strongest[:-4:-1]))]
    expect(
        panel.region.get_by_text(f"Number 2 of 50 by use: it moves the scores by {uses[unit]:.2f}.")
    ).to_be_visible()


def test_pointing_at_a_unit_is_enough(panel):
    units, _uses = order()
    panel.units().nth(12).hover()
    expect(panel.name).to_have_text(f"Hidden unit {units[12]}")


def test_the_table_behind_it(panel):
    units, uses = order()
    panel.expect_units(units, hidden()[0, units].tolist())
    rows = panel.rows()
    assert [row[0] for row in rows] == [f"Hidden unit {unit}" for unit in units]
    assert [float(row[1]) for row in rows] == pytest.approx(uses[units], abs=0.0051)
    assert [float(row[2]) for row in rows] == pytest.approx(hidden()[0, units], abs=0.0051)
    off = [float(row[5].rstrip(" %")) / 100 for row in rows]
    assert off == pytest.approx((hidden() < 0.01).mean(axis=0)[units], abs=0.00051)


def test_dead_units_and_a_network_without_hidden_units(visit):
    panel = UnitsPanel(visit().kobai.wait_until_ready())
    params = {key: value.copy() for key, value in reference.shipped_params().items()}
    params["W1"][:, 3], params["b1"][3] = 0, -20
    panel.kobai.open_file({"name": "dead.pkl", "mimeType": "", "buffer": pickle.dumps(params)})
    panel.kobai.expect_network("dead.pkl")
    panel.come_near()
    last = panel.units().last  # of no use at all
    expect(last).to_have_accessible_name(re.compile("^Hidden unit 3, output 0.00"), timeout=WORK)
    last.click()
    expect(panel.region.get_by_text("this unit is dead")).to_be_visible()

    one = {"W1": params["W1"] @ params["W2"], "b1": params["b2"]}
    panel.kobai.open_file({"name": "one_layer.pkl", "mimeType": "", "buffer": pickle.dumps(one)})
    panel.kobai.expect_network("one_layer.pkl")
    panel.come_near()
    expect(panel.region.get_by_text("This network has no hidden layer")).to_be_visible(timeout=WORK)
    x = reference.images_to_test()[:1].astype(np.float32) / 255
    a = (x @ one["W1"] + one["b1"])[0]
    y = np.exp(a - a.max()) / np.exp(a - a.max()).sum()
    expect(panel.units()).to_have_count(10)
    for digit, item in enumerate(panel.units().all()):
        expect(item).to_have_accessible_name(f"Output for the digit {digit}, output {y[digit]:.2f}")


def test_the_three_layer_network(panel):
    """The first of its two hidden layers."""
    path = reference.ROOT / "static" / "networks" / "three_layer_net.pkl"
    params = pickle.loads(path.read_bytes())  # noqa: S301 (our own file)
    panel.kobai.use("shipped-3")
    panel.come_near()
    expect(panel.region.get_by_text("Kobai’s own, three layers: 50 of 50 units.")).to_be_visible(timeout=WORK)
    x = reference.images_to_test()[0] / 255
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    for item in panel.units().all()[:5]:
        name = item.get_attribute("aria-label")
        unit, output = re.fullmatch(r"Hidden unit (\d+), output ([\d.]+)", name).groups()
        assert float(output) == pytest.approx(z1[int(unit)], abs=0.0051)


def test_a_training_that_ends_is_looked_through_anew(panel):
    panel.kobai.train(iterations=20)
    panel.kobai.wait_until_trained()
    panel.come_near()
    expect(panel.region.get_by_text("yours, 20 iterations: 50 of 50 units.")).to_be_visible(timeout=WORK)
    params = reference.trained(20).network.params
    x = reference.images_to_test()[0] / 255
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    unit, output = re.fullmatch(
        r"Hidden unit (\d+), output ([\d.]+)", panel.units().first.get_attribute("aria-label")
    ).groups()
    assert float(output) == pytest.approx(z1[int(unit)], abs=0.0051)


def test_a_phone_in_japanese(visit):
    kobai = visit("?lang=ja", viewport={"width": 360, "height": 740}, locale="ja-JP").kobai.wait_until_ready()
    kobai.show("examine/units")
    region = kobai.region("What the hidden units look for")
    region.scroll_into_view_if_needed()
    expect(region.get_by_role("button", name=re.compile(r"^ニューロン \d+、出力 0"))).to_have_count(
        50, timeout=WORK
    )
    assert region.evaluate("section => section.scrollWidth <= section.clientWidth")
