"""One of the chapter's ideas, as a learner uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect
from support.browser.at_rest import AT_REST
from support.browser.places import IDEAS


class IdeaPanel:
    def __init__(self, kobai, number: int) -> None:
        self.kobai, self.page = kobai, kobai.page
        kobai.show(f"ideas/{IDEAS[number - 1]}")
        self.article = self.page.locator(f"#idea-{number}")
        self.article.scroll_into_view_if_needed()

    def element(self, name: str) -> Locator:
        return self.article.locator("#" + name)

    def text(self, name: str) -> str:
        return self.element(name).inner_text()

    def press(self, name: str) -> None:
        self.kobai.button(name).click()

    def exactly(self, name: str) -> Locator:
        """The button of just this name."""
        return self.article.get_by_role("button", name=name, exact=True)

    def handle(self, name: str) -> Locator:
        return self.article.get_by_role("slider", name=name, exact=True)

    def drag(self, handle: Locator, across: float, down: float) -> None:
        """By the pointer, so many CSS pixels."""
        handle.evaluate(AT_REST)
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + across, y + down, steps=4)
        mouse.up()
        self.expect_answered()

    def expect_answered(self) -> None:
        """The pictures show what the last question of all was about."""
        expect(self.page.locator("#ideas")).not_to_have_attribute("aria-busy", "true")

    def unfold(self, table: str) -> Locator:
        """Open the fold around the table with this id, by the keyboard; its rows."""
        self._press_fold(table)
        rows = self.element(table).locator("xpath=ancestor-or-self::table").locator("tbody tr")
        expect(rows.first).to_be_visible()
        return rows

    def fold(self, table: str) -> None:
        self._press_fold(table)
        expect(self.element(table)).to_be_hidden()

    def _press_fold(self, table: str) -> None:
        self.element(table).locator("xpath=ancestor::details").locator("summary").press("Enter")

    def grid(self, name: str) -> tuple[list[float], list[float], list[list[float]]]:
        """A table of heights: the heads of its columns, those of its rows, and the heights, top row first."""
        table = self.element(name)
        assert set(table.locator("thead th").evaluate_all("all => all.map(th => th.scope)")) == {"col"}
        assert set(table.locator("tbody th").evaluate_all("all => all.map(th => th.scope)")) == {"row"}
        columns, rows, heights = (
            [_number(text) for text in table.locator(which).all_inner_texts()]
            for which in ("thead th", "tbody th", "td")
        )
        heights = [height for height in heights if height is not None]  # the corner is empty
        width = len(columns)
        return columns, rows, [heights[i : i + width] for i in range(0, len(heights), width)]

    def expect_named_regions(self) -> None:
        """What scrolls can be reached by the keyboard, and has a name."""
        for region in self.article.locator(".idea-table").all():
            assert region.get_attribute("tabindex") == "0"
            assert region.get_attribute("role") == "group"
            assert region.get_attribute("aria-label")

    def rows(self, name: str) -> Locator:
        return self.element(name).locator("tr")

    def numbers(self, name: str) -> list[list[float]]:
        """The cells of a table's body that are no heads; a dash is NaN."""
        cells = self.rows(name).evaluate_all(
            "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
        )
        return [
            [float("nan") if cell == "–" else float(cell.rstrip("°").replace("−", "-")) for cell in row]
            for row in cells
        ]

    def expect_changed(self, name: str, before: list[float]) -> None:
        """The first row shows other numbers than these."""
        first = self.rows(name).first.locator("td").first
        expect(first).not_to_have_text(f"{before[0]:.4g}".replace("-", "−"))


def _number(text: str) -> float | None:
    return float(text.replace("−", "-")) if text.strip() else None
