"""The living network: tiles, frames and lines against plain NumPy written out here; while it learns, too."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference

COLUMNS, PITCH, EDGE = 10, 34, 3  # tiles side by side; px from one to the next; of gap and frame
ROUNDED = 0.5 / 127 + 0.5 / 255 + 1e-6  # to one of 127 levels of each sign, and to an opacity in bytes
SHOWN = 0.995  # the share of the weights that the colours tell apart

# opacity of each pixel, and whether it is more red than blue; browsers round the colours of faint pixels
PICTURE = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const opacity = [], red = [];
    for (let i = 0; i < data.length; i += 4) { opacity.push(data[i + 3]); red.push(data[i] > data[i + 2]); }
    return [canvas.width, canvas.height, opacity, red];
}"""
LINES = """svg => [...svg.children].map(
    line => [line.getAttribute('class'), line.getAttribute('y2'), line.style.strokeWidth]
)"""


class NetworkPanel:
    def __init__(self, kobai) -> None:
        self.kobai = kobai
        self.region = kobai.region("The network")
        self.canvas = self.region.get_by_role("img", name="The weights of the hidden units")
        self.outputs = self.region.get_by_role("button", name=re.compile(r"^Lines to the digit \d$"))
        self.lines = self.region.locator("#network-lines")

    def expect_moment(self, text: str) -> None:
        expect(self.region.get_by_text(re.compile("^" + text))).to_be_visible()

    def tiles(self) -> tuple[np.ndarray, np.ndarray]:
        """Signed strengths (50, 28, 28) and the opacities (50,) of the frames, each up to 1."""
        width, height, opacity, red = self.canvas.evaluate(PICTURE)
        assert (width, height) == (COLUMNS * PITCH, 5 * PITCH)
        signed = np.array(opacity) / 255 * np.where(red, 1, -1)
        cells = signed.reshape(5, PITCH, COLUMNS, PITCH).swapaxes(1, 2).reshape(50, PITCH, PITCH)
        return cells[:, EDGE:-EDGE, EDGE:-EDGE], np.abs(cells[:, 1, 1])

    def expect_tiles_of(self, params: dict[str, np.ndarray], z: np.ndarray) -> None:
        weights = params["W1"].T.reshape(50, 28, 28)
        limit = np.quantile(np.abs(weights), SHOWN)
        strengths, frames = self.tiles()
        assert strengths == pytest.approx(np.clip(weights / limit, -1, 1), abs=ROUNDED)
        assert frames == pytest.approx(z, abs=0.003)


def z1(params: dict[str, np.ndarray], index: int) -> np.ndarray:
    x = reference.images_to_test()[index].astype(np.float32) / 255
    return 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))


def lines_to(params: dict[str, np.ndarray], index: int, digit: int) -> list[tuple[str, float]]:
    """Colour and width in px of the twelve largest products z1[j] * W2[j, digit]."""
    products = z1(params, index) * params["W2"][:, digit]
    largest = sorted(products.tolist(), key=lambda value: -abs(value))[:12]
    return [("for" if v > 0 else "against", max(0.5, abs(v) / abs(largest[0]) * 7)) for v in largest]


@pytest.fixture
def panel(kobai) -> NetworkPanel:
    panel = NetworkPanel(kobai)
    panel.region.scroll_into_view_if_needed()
    panel.expect_moment("Kobai’s own, 10,000 iterations: 50 hidden units")
    return panel


def expect_lines(panel: NetworkPanel, index: int, digit: int) -> None:
    expect(panel.outputs.nth(digit)).to_have_attribute("aria-current", "true")
    drawn = panel.lines.evaluate(LINES)
    wanted = lines_to(reference.shipped_params(), index, digit)
    assert [kind for kind, _goal, _width in drawn] == [kind for kind, _ in wanted]
    widths = [float(width.removesuffix("px")) for _kind, _goal, width in drawn]
    assert widths == pytest.approx([width for _, width in wanted], abs=0.051)
    assert {float(goal) for _kind, goal, _width in drawn} == {10 * digit + 5}


def test_tiles_frames_and_lines_are_those_of_the_network_in_use(panel):
    params = reference.shipped_params()
    panel.expect_tiles_of(params, z1(params, 0))
    expect_lines(panel, 0, 7)
    panel.kobai.choose(2)  # a 1
    expect_lines(panel, 2, 1)
    panel.expect_tiles_of(params, z1(params, 2))
    panel.outputs.nth(1).press("ArrowDown")
    panel.kobai.page.keyboard.press("ArrowDown")
    panel.kobai.page.keyboard.press("Enter")
    expect_lines(panel, 2, 3)
    expect(panel.region.get_by_text("Lines: the units that speak most for the 3")).to_be_visible()


def test_tiles_grow_while_it_learns_and_are_those_of_the_moment_they_name(panel):
    kobai = panel.kobai
    kobai.train(iterations=100_000, seed=4)
    seen = set()
    while len(seen) < 3:  # three moments, each with a picture of its own
        said = panel.region.get_by_text(re.compile("^yours, [0-9,]+ iterations: 50"))
        seen.add(said.inner_text())
    iteration = kobai.pause()
    panel.expect_moment(f"yours, {iteration:,} iterations: 50 hidden units")
    params = pickle.loads(kobai.save().path().read_bytes())  # noqa: S301  # the page's own
    panel.expect_tiles_of(params, z1(params, 0))


def test_another_number_of_units_and_of_layers(panel):
    kobai = panel.kobai
    kobai.train(hidden_units=3, iterations=5)
    kobai.wait_until_trained()
    panel.expect_moment("yours, 5 iterations: 3 hidden units")
    kobai.button("Reset").click()
    expect(kobai.button("Train")).to_be_enabled()
    kobai.train(hidden_units=500, iterations=2)
    kobai.wait_until_trained()
    panel.expect_moment("yours, 2 iterations: the 100 strongest of 500 hidden units")
    kobai.use("shipped-3")
    panel.expect_moment("Kobai’s own, three layers: 50 hidden units")
    expect(panel.region.get_by_text("More hidden layers follow: 1.")).to_be_visible()
    assert panel.lines.evaluate(LINES) == []


def numbers(text: str) -> list[float]:
    return [float(each.replace("−", "-")) for each in re.findall(r"[−-]?\d+\.?\d*(?:e[−-]\d+)?", text)]


def test_which_pixels_push_a_digit_is_one_click_away(panel):
    """The gradient of the score by the pixels times the pixels, by hand: what they add, and the rest."""
    params = reference.shipped_params()
    panel.kobai.choose(4)
    panel.outputs.nth(9).click()
    x = reference.images_to_test()[4].astype(np.float64) / 255
    z = z1(params, 4)
    contributions = x * (params["W1"] @ (z * (1 - z) * params["W2"][:, 9]))
    score = z @ params["W2"][:, 9] + params["b2"][9]
    said = panel.region.get_by_text("Which pixels make it say 9?")
    expect(said).to_be_visible()
    pixels, rest, total = numbers(said.inner_text().split("down:")[1])
    assert pixels == pytest.approx(contributions.sum(), rel=0.006)
    assert total == pytest.approx(score, rel=0.006)
    assert rest == pytest.approx(score - contributions.sum(), rel=0.006)
    _width, _height, opacity, red = panel.kobai.page.locator("#portrait-tint").evaluate(PICTURE)
    signed = np.array(opacity) / 255 * np.where(red, 1, -1)
    assert signed == pytest.approx(contributions / np.abs(contributions).max(), abs=ROUNDED)
    panel.kobai.choose(3)  # of another image nothing is said until it is asked
    expect(said).to_be_hidden()
    expect(panel.kobai.page.locator("#portrait-tint")).to_be_hidden()


def test_what_raising_a_unit_does_to_the_loss_is_on_the_same_tiles(panel):
    """dz1 = (y - t) W2^T of the chosen image; the largest in size has the full colour."""
    params = reference.shipped_params()
    panel.kobai.choose(8)
    panel.region.get_by_role("combobox", name="Frames").select_option("dz1")
    expect(panel.region.get_by_text("orange, it rises; blue, it falls")).to_be_visible()
    y = reference.predict(params, reference.images_to_test()[8:9])[0]
    dz1 = params["W2"] @ (y - np.eye(10)[reference.labels_to_test()[8]])
    width, height, opacity, red = panel.canvas.evaluate(PICTURE)
    signed = (np.array(opacity) / 255 * np.where(red, 1, -1)).reshape(5, PITCH, COLUMNS, PITCH)
    frames = signed.swapaxes(1, 2)[:, :, 1, 1].reshape(50)
    assert frames == pytest.approx(dz1 / np.abs(dz1).max(), abs=0.003)
    panel.region.get_by_role("combobox", name="Frames").select_option("z1")
    panel.expect_moment("Kobai’s own, 10,000 iterations: 50 hidden units")


def test_a_tile_leads_to_its_unit(panel):
    box = panel.canvas.bounding_box()
    tile = box["width"] / COLUMNS
    panel.canvas.click(position={"x": 3.5 * tile, "y": 2.5 * tile})
    page = panel.kobai.page
    expect(page).to_have_url(re.compile(r"#examine/units\?unit=23$"))
    expect(page.locator("#unit-grid [aria-current]")).to_have_attribute("data-index", "23")
    expect(page.get_by_role("heading", level=3, name="Hidden unit 23")).to_be_visible()
    page.go_back()
    expect(panel.canvas).to_be_visible()


def test_why_the_loss_of_an_image_is_what_it_is_is_one_click_away(panel):
    """The point on the curve of −log, with the probabilities of that image to move."""
    kobai = panel.kobai
    kobai.choose(8)  # answered wrong: a 5
    y = reference.predict(reference.shipped_params(), reference.images_to_test()[8:9])[0]
    loss = -np.log(y[5] + 1e-7)
    expect(kobai.page.locator("#answer-loss")).to_have_text(f"Its loss: −log({y[5]:.4g}) = {loss:.4f}")
    kobai.region("Probabilities").get_by_role("link", name="Why?").click()
    idea = kobai.page.locator("#idea-2")
    expect(idea.get_by_text("for test image 8, a 5. Move any of them.")).to_be_visible()
    expect(idea.locator("#loss-entropy")).to_have_text(f"{loss:.4f}")
    point = idea.get_by_role("slider", name="Probability of the correct digit, on the curve")
    expect(point).to_have_attribute("aria-valuetext", f"probability {y[5]:.3f}: loss {loss:.4f}")
    for digit in range(10):
        slider = idea.get_by_role("slider", name=f"Probability of {digit}", exact=True)
        expect(slider).to_have_attribute("aria-valuetext", f"{y[digit]:.3f}")
    point.press("ArrowRight")
    expect(idea.get_by_text("Move any of them.")).to_be_hidden()  # they are no longer those of the image
