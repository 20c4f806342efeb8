"""The panel "Your own digit" as a learner uses it: drawing, buttons, and what is shown."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Locator, expect
from support.browser.at_rest import AT_REST

# the pixels of an image on the page, 28 by 28, one number each
PIXELS = """picture => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 28;
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    return [...context.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0);
}"""
# one can draw; a function, for Trusted Types forbid the looks at a bare expression
DRAWING = "() => document.querySelector('#draw canvas').style.touchAction === 'none'"
PEN = 22  # px, the width that the page's pen has on its paper


class DrawPanel:
    def __init__(self, kobai) -> None:
        self.kobai = kobai
        kobai.show("examine/draw")
        self.page = kobai.page
        self.region = kobai.region("Your own digit")
        self.paper = self.region.get_by_role("img", name=re.compile("Paper to draw on|数字を書く紙"))
        self.picture = self.region.get_by_role("img", name=re.compile("What the network sees|見ている画像"))
        self.verdict = self.region.locator(".verdict")
        self.said = self.region.get_by_role("status")
        self.centred = self.region.get_by_role("checkbox")

    def button(self, name: str) -> Locator:
        return self.region.get_by_role("button", name=re.compile(rf"^{name}$|\({name}\)$"))

    def open(self) -> DrawPanel:
        """Come to the panel and wait until one can draw."""
        self.region.scroll_into_view_if_needed()
        expect(self.region.get_by_text(re.compile("Draw a digit here|ここに数字"))).to_be_visible()
        expect(self.picture).to_have_attribute("src", re.compile("^data:"))
        self.page.wait_for_function(DRAWING)
        return self

    def fresh(self) -> DrawPanel:
        """As after a first visit, by the panel's own buttons."""
        self.region.scroll_into_view_if_needed()
        expect(self.picture).to_have_attribute("src", re.compile("^data:"))
        if self.button("Clear").is_enabled():
            self.button("Clear").click()
        expect(self.verdict).to_have_text("Nothing is drawn yet.")
        self.centred.check()
        return self.open()

    def take(self, index: int) -> None:
        self.button(f"Take test image {index}").click()
        expect(self.picture).to_have_attribute("alt", re.compile(rf"test image {index}$"))

    def place(self) -> tuple[int, int]:
        """The corner of the paper in whole px, so that points on it are whole, too."""
        self.paper.evaluate(
            """canvas => {
                canvas.scrollIntoView({block: 'center', behavior: 'instant'});
                const top = canvas.getBoundingClientRect().top;
                scrollBy({top: top - Math.round(top), behavior: 'instant'});
            }"""
        )
        return self._corner()

    def _corner(self) -> tuple[int, int]:
        return tuple(self.paper.evaluate("c => [c.getBoundingClientRect().x, c.getBoundingClientRect().y]"))

    def place_at_rest(self) -> tuple[int, int]:
        self.paper.evaluate(AT_REST)
        return self.place()

    def write(self, *strokes: np.ndarray) -> list[np.ndarray]:
        """Draw with the mouse; returns the strokes in the canvas's own px.

        When a room above has filled meanwhile and moved the paper, do as one would: undo it, and draw again.
        """
        for _ in range(5):
            left, top = self.place_at_rest()
            drawn = [self._stroke(stroke, left, top) for stroke in strokes]
            if self._corner() == (left, top):
                return drawn
            for _stroke in strokes:
                self.button("Undo").press("Enter")
        raise AssertionError("the paper never came to rest")

    def _stroke(self, stroke: np.ndarray, left: int, top: int) -> np.ndarray:
        points = np.rint(stroke + (left, top))
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        mouse.up()
        return points - (left, top)

    def seen(self) -> np.ndarray:
        """What the page says the network sees, uint8 (28, 28)."""
        return np.array(self.picture.evaluate(PIXELS), dtype=np.uint8).reshape(28, 28)

    def expect_seen(self, image: np.ndarray, within: int = 1) -> None:
        """Wait until the network sees this image, each pixel up to so much."""
        handle = self.picture.element_handle()
        self.page.wait_for_function(
            f"""([picture, wanted, within]) => picture.complete && ({PIXELS})(picture).every(
                (pixel, i) => Math.abs(pixel - wanted[i]) <= within
            )""",
            arg=[handle, image.ravel().tolist(), within],
        )

    def probabilities(self) -> list[float]:
        """The ten shares of the table."""
        cells = self.region.get_by_role("table").locator("tbody td.value").all_inner_texts()
        return [float(re.fullmatch(r"(\d+\.\d\d) %", text)[1]) / 100 for text in cells]
