"""The check-up as a learner uses it."""

import re

from playwright.sync_api import expect

WORK = 120_000  # ms that a check-up may take on a slow machine


class CheckupPanel:
    def __init__(self, kobai):
        self.kobai = kobai
        kobai.show("examine/checkup")
        self.region = kobai.page.get_by_role("region", name=re.compile(r"Is something wrong\?"))
        self.button = self.region.get_by_role("button", name=re.compile("Check up this network"))
        self.stop = self.region.get_by_role("button", name=re.compile("Stop the check-up"))
        self.standing = self.region.locator("#checkup-standing")
        self.findings = self.region.locator("#checkup-findings > li")

    def check_up(self):
        """Check up the network in use, and wait for what is said."""
        self.button.scroll_into_view_if_needed()
        self.button.click()
        self.wait()
        return self

    def wait(self):
        expect(self.button).to_be_enabled(timeout=WORK)  # it is not from the click on
        expect(self.stop).to_be_hidden()

    def causes(self):
        """Title and certainty of each finding, in order."""
        heads = self.findings.locator("h3").evaluate_all(
            "heads => heads.map(head => [...head.childNodes].map(part => part.textContent.trim()))"
        )
        return [tuple(part for part in head if part) for head in heads]

    def numbers(self, finding=0):
        """What was measured -> (here, reference), of a finding."""
        rows = self.findings.nth(finding).locator("details tbody tr")
        cells = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
        return {name: (here, book) for name, here, book in cells}

    def curve(self):
        """The table behind the curve: iteration, least, mean, most."""
        rows = self.region.locator("#checkup-rows tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return [tuple(float(text.replace(",", "")) for text in row) for row in rows]
