"""One of the chapter's ideas, as a learner uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect


class IdeaPanel:
    def __init__(self, kobai, number: int) -> None:
        self.kobai, self.page = kobai, kobai.page
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
