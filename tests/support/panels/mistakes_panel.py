"""The room of mistakes as a learner sees it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect
from support.browser.kobai_page import START, WORK, KobaiPage

IMAGE = re.compile(r"Label (\d), answer (\d), ([\d.]+) % sure: test image (\d+)")


class MistakesPanel:
    def __init__(self, kobai: KobaiPage) -> None:
        self.kobai, self.page = kobai, kobai.page
        kobai.show("examine/mistakes")
        self.region = kobai.region("Mistakes")
        self.matrix = self.region.get_by_role("grid")
        self.list = self.region.get_by_role("group", name="Mistaken images to choose from")
        self.title = kobai.region("Mistaken images").get_by_role("heading")
        self.large = kobai.region("Mistaken images").get_by_role(
            "table", name="The probability of each digit"
        )

    def look(self, network: str = "Kobai’s own, 10,000 iterations") -> MistakesPanel:
        """Go there, and wait until it shows this network; then list all mistakes, and ask for "95 %"."""
        self.region.scroll_into_view_if_needed()
        expect(self.region.get_by_text(f"{network}: ")).to_be_visible(timeout=START)
        if self.everything.is_visible():
            self.everything.click()
        self.sure.fill("95")
        return self

    @property
    def everything(self) -> Locator:
        return self.region.get_by_role("button", name="All mistakes")

    def filter(self, name: str, digit: str) -> None:
        """name: "Label" or "Answer"; digit: "" for any."""
        self.region.get_by_role("combobox", name=name, exact=True).select_option(digit)

    @property
    def sure(self) -> Locator:
        return self.region.get_by_role("slider")

    def counts(self) -> list[list[int]]:
        """All numbers of the matrix, the sums at the end of each row and in the last row."""
        rows = self.matrix.locator("tbody tr, tfoot tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].slice(1).map(cell => cell.textContent.replace(/,/g, '')))"
        )
        return [[int(text) for text in row] for row in rows]

    def cell(self, label: int, answer: int) -> Locator:
        return self.matrix.get_by_role("gridcell", name=re.compile(rf"^Label {label}, answer {answer}: "))

    def choose_cell(self, label: int, answer: int) -> None:
        self.cell(label, answer).click()
        self.expect_title(f"Label {label}, answer")

    def expect_title(self, words: str) -> None:
        expect(self.title).to_contain_text(words, timeout=WORK)

    def images(self) -> list[tuple[int, int, float, int]]:
        """label, answer, how sure in percent, index of each image that is listed."""
        names = self.list.get_by_role("button").evaluate_all(
            "buttons => buttons.map(button => button.getAttribute('aria-label'))"
        )
        found = [IMAGE.fullmatch(name).groups() for name in names]
        return [(int(label), int(answer), float(sure), int(index)) for label, answer, sure, index in found]

    def expect_images(self, indices: list[int]) -> None:
        self.page.wait_for_function(
            """wanted => {
                const all = document.querySelectorAll('[aria-label="Mistaken images to choose from"] button');
                const shown = [...all].map(one => one.getAttribute('aria-label').split(' ').at(-1));
                return shown.join() === wanted.join();
            }""",
            arg=[int(index) for index in indices],
            timeout=WORK,
        )

    def image(self, index: int) -> Locator:
        return self.list.get_by_role("button", name=re.compile(rf" {index}$"))

    def table(self, region: str) -> list[list[str]]:
        rows = self.kobai.region(region).locator("table tbody tr")
        return rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
