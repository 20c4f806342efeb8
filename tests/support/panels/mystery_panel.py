"""The 86.52 % mystery as a learner uses it, and what it should show."""

from __future__ import annotations

import json
import re
from functools import cache

from kobai.lessons.mystery import POINTS, Experiment
from kobai.training.c_engine import load
from playwright.sync_api import Locator, expect
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder
from support import reference
from support.browser.kobai_page import WORK, KobaiPage

BUTTONS = (
    "Train 1,000 iterations",
    "Go on to 10,000",
    "Now with learning rate 0.01",
    "Now with pixels 0 to 255",
    "What we know",
)


@cache
def curve(road: str, seed: int, iterations: int) -> dict[int, float]:
    """Iteration -> test accuracy, by the native engine under CPython."""
    native = load(compile_engine.compile_native(Project(reference.ROOT), Cache(user_cache_folder())))
    images = (*reference.training_set(), reference.images_to_test(), reference.labels_to_test())
    followed = Experiment(road, seed, *images, native)
    for _ in followed.pieces(iterations):
        pass
    return dict(zip(POINTS, followed.accuracy, strict=False))


def other_seeds(run: str, iterations: int) -> tuple[str, str]:
    """The worst and the best accuracy in the reference table, as shown."""
    table = json.loads((reference.ROOT / "static" / "reference" / "training.json").read_text())
    at = table["iterations"].index(iterations)
    accuracies = [row[at] for row in table["runs"][run]["test_accuracy"]]
    return shown(min(accuracies)), shown(max(accuracies))


def shown(accuracy: float) -> str:
    return f"{accuracy * 100:.2f} %"


class MysteryPanel:
    def __init__(self, kobai: KobaiPage) -> None:
        self.kobai = kobai
        kobai.show("examine/mystery")
        self.region = kobai.region("The 86.52 % mystery")
        self.region.scroll_into_view_if_needed()
        again = kobai.button("Start again")
        if again.is_visible():  # left so by the test before
            again.click()
        expect(self.button(1)).to_be_enabled()
        kobai.field("Seed of the experiment").fill("0")

    def button(self, step: int) -> Locator:
        """The large button that leads to this step."""
        return self.kobai.button(BUTTONS[step - 1])

    def mark(self, step: int) -> Locator:
        """The step in the list above."""
        return self.region.get_by_role("list", name="Steps").get_by_role("button").nth(step - 1)

    def go(self, step: int) -> str:
        """Press the large button and wait: the story, spaces plain."""
        self.button(step).click()
        expect(self.mark(step)).to_have_attribute("aria-current", "step", timeout=WORK)
        return self.story()

    def look_back(self, step: int) -> str:
        """A step that is done, from the list above; its story."""
        self.mark(step).click()
        expect(self.mark(step)).to_have_attribute("aria-current", "step")
        return self.story()

    def story(self) -> str:
        return re.sub(r"\s+", " ", self.region.locator("#mystery-story").inner_text())

    def table(self) -> dict[int, list[str]]:
        """Iteration -> the cells behind it, for each road the learner's and other seeds'."""
        rows = self.region.locator("details table tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return {int(row[0].replace(",", "")): row[1:] for row in rows}
