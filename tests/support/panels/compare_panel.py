"""Two networks side by side, as a learner uses them."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

WORK = 120_000  # ms for both networks to answer for all test images
CELLS = {
    "both_right": "right in both",
    "only_a": "right in A, wrong in B",
    "only_b": "wrong in A, right in B",
    "both_wrong": "wrong in both",
}


class ComparePanel:
    def __init__(self, kobai) -> None:
        self.kobai, self.page = kobai, kobai.page
        kobai.show("examine/compare")
        self.region = kobai.region("Two networks side by side")
        self.a = self.region.get_by_role("combobox", name="Network A", exact=True)
        self.b = self.region.get_by_role("combobox", name="Network B", exact=True)
        self.swap = kobai.button("Swap A and B")
        self.filter = self.region.get_by_role("combobox", name="Images to compare", exact=True)
        self.verdict = self.region.get_by_text(re.compile("^Only one of the two is right|^Both networks get"))

    def come_near(self) -> ComparePanel:
        self.region.scroll_into_view_if_needed()
        expect(self.b).to_be_enabled(timeout=WORK)
        return self

    def against(self, key: str) -> ComparePanel:
        """Put this network beside the one in use, and wait for the result."""
        self.b.select_option(key)
        expect(self.verdict).to_be_visible(timeout=WORK)
        return self

    def cell(self, group: str) -> Locator:
        return self.region.get_by_role("button", name=re.compile(f"^{CELLS[group]}: "))

    def expect_counts(self, counts: dict[str, int]) -> None:
        for group in CELLS:
            expect(self.cell(group)).to_have_text(f"{counts[group]:,}", timeout=WORK)

    def images(self) -> Locator:
        return self.region.get_by_role("button", name=re.compile("^Label "))

    def expect_images(self, images: list[tuple[int, int, int, int]]) -> None:
        """Exactly these images, in this order: label, answer of A, answer of B, index."""
        names = [f"Label {t}: A answers {a}, B answers {b} (test image {i})" for t, a, b, i in images]
        expect(self.images()).to_have_count(len(names))
        for item, name in zip(self.images().all(), names, strict=True):
            expect(item).to_have_accessible_name(name)

    def expect_pair(self, index: int) -> None:
        expect(self.region.locator("figcaption")).to_have_text(re.compile(f"^Test image {index}, label"))

    def pair(self) -> list[tuple[float, float]]:
        """For each digit the probability by A and by B, as shown in percent with two decimals."""
        table = self.region.get_by_role("table", name="The probability of each digit by A and by B")
        rows = table.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        assert [row[2] for row in rows] == [str(digit) for digit in range(10)]
        return [(float(row[0].rstrip(" %")) / 100, float(row[4].rstrip(" %")) / 100) for row in rows]
