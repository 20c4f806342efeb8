"""Trace with a program of the learner's own."""

from __future__ import annotations

from playwright.sync_api import expect
from support.panels.trace_panel import TracePanel

WORK = 120_000


class UserCodePanel(TracePanel):
    @property
    def text(self):
        return self.region.get_by_role("textbox", name="Your own code")

    @property
    def printed(self):
        return self.region.get_by_role("group", name="What the code printed")

    def run(self, code: str) -> None:
        self.field("Function").select_option("code")
        self.text.fill(code)
        self.record()
        expect(self.source().locator("code")).to_have_text(code.rstrip("\n").split("\n"), timeout=WORK)
        self.expect_moment(0)

    def end(self) -> None:
        self.source().focus()
        self.page.keyboard.press("End")
        self.expect_moment(self.moment())
