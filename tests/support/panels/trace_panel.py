"""The Trace room, as a learner walks in it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

WORK = 120_000  # ms for the training images to be loaded, or a recording


class TracePanel:
    def __init__(self, kobai) -> None:
        self.kobai, self.page = kobai, kobai.page
        kobai.show("code")
        self.region = kobai.region("Trace")
        self.why = self.page.get_by_role("region", name="Where the number comes from")

    def come_near(self) -> TracePanel:
        expect(self.button("Trace")).to_be_enabled(timeout=WORK)
        self.region.scroll_into_view_if_needed()
        return self

    def forget_address(self) -> None:
        """The moment leaves the address, so that the next test need not load the page anew."""
        self.page.evaluate("history.replaceState(null, '', location.pathname + location.search)")

    def button(self, name: str) -> Locator:
        either = rf"^{re.escape(name)}$|\({re.escape(name)}\)$"
        return self.region.get_by_role("button", name=re.compile(either))

    def field(self, name: str) -> Locator:
        number = self.region.get_by_role("spinbutton", name=name, exact=True)
        return number.or_(self.region.get_by_role("combobox", name=name, exact=True))

    def trace(self, function: str, **fields: object) -> None:
        """Choose what is to be traced (test_image=…, or training_images=… and seed=…) and press Trace."""
        self.ask(function, **fields)
        self.record()
        self.expect_moment(0)

    def record(self) -> None:
        """Press Trace, and forget the moment of the recording before: it may be of the same number."""
        self.page.evaluate("() => document.querySelector('#trace-now').removeAttribute('data-at')")
        self.button("Trace").click()

    def ask(
        self, function: str, test_image: int | None = None, training_images: int = 0, seed: int = 0
    ) -> None:
        self.field("Function").select_option(function)
        if training_images:
            self.field("With").select_option(str(training_images))
            self.field("Seed of the mini-batch").fill(str(seed))
        elif test_image is not None:
            self.field("With").select_option("image")
            self.field("Number of the test image").fill(str(test_image))

    # ------------------------------------------------------------- the moment

    def expect_moment(self, at: int) -> None:
        """Source, counter and values are those of this moment."""
        expect(self.region.get_by_text(re.compile(rf"^{at + 1} of \d+$"))).to_be_visible(timeout=WORK)
        expect(self.page.locator("#trace-now")).to_have_attribute("data-at", str(at), timeout=WORK)

    def moment(self) -> int:
        text = self.region.get_by_text(re.compile(r"^\d+ of \d+$")).inner_text()
        return int(text.split(" ")[0]) - 1

    def press(self, name: str, times: int = 1) -> None:
        """A step button, and the moment it leads to is on the page."""
        for _ in range(times):
            self.button(name).click()
            self.expect_moment(self.moment())

    def go_to(self, code: str) -> None:
        """Click the line of the source that begins like this."""
        self.line(code).click()
        expect(self.line(code)).to_have_attribute("aria-current", "true")
        self.expect_moment(self.moment())

    def line(self, code: str) -> Locator:
        lines = self.source().locator("[data-line]")
        return lines.filter(has_text=re.compile(rf"^\d+\s*{re.escape(code)}")).first

    def source(self) -> Locator:
        return self.region.get_by_role("group", name=re.compile("^Source of "))

    def source_text(self) -> str:
        lines = self.source().locator("code").all_text_contents()
        return "\n".join(lines).strip()

    def current_line(self) -> str:
        return self.source().locator("[aria-current] code").inner_text().strip()

    # ---------------------------------------------------------- the variables

    def card(self, name: str) -> Locator:
        """What the present line reads or makes under this name."""
        code = self.page.locator("figcaption code", has_text=re.compile(rf"^{re.escape(name)}$"))
        return self.page.locator("#trace-now figure").filter(has=code)

    def bars(self, name: str) -> list[float]:
        return [number(text) for text in self.card(name).locator(".figure").all_inner_texts()]

    def figures(self, name: str) -> tuple[float, float, float]:
        """Smallest, largest, mean, as its line of figures says."""
        text = self.card(name).locator("p.hint").inner_text()
        found = re.search(r"smallest (\S+), largest (\S+), mean (\S+)$", text)
        return tuple(number(each) for each in found.groups())

    # ------------------------------------------------ where a number comes from

    def value(self) -> tuple[str, float]:
        """The number that is explained: its name and its value."""
        name, value = self.why.locator(".why-value").inner_text().split(" = ")
        return name, number(value)

    def expect_value_of(self, name: str) -> None:
        expect(self.why.locator(".why-value")).to_have_text(re.compile(rf"^{re.escape(name)} = "))

    def terms(self) -> list[tuple[str, float]]:
        """The rows of the sum: what is added, and its value; the last is all of it."""
        rows = (
            self.why.get_by_role("table")
            .first.locator("tr")
            .evaluate_all("rows => rows.map(row => [row.cells[0].textContent, row.cells[2].textContent])")
        )
        return [(name, number(value)) for name, value in rows]

    def follow(self, name: str) -> None:
        """Ask where a number of the explanation comes from; the source goes along."""
        self.why.locator(".why-node").get_by_role("button", name=name, exact=True).first.click()
        self.expect_value_of(name)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", ""))
