"""The page as a learner uses it: by roles and names, in English unless a test says otherwise."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Download, Locator, Page, expect
from support.browser.start_state import bring_back

# ms; on two idle cores a tenth of it is enough, but the machine may have more to do
START = 120_000  # for Python to start: 3 to 6 s
WORK = 120_000  # for a stretch of training or the first Matplotlib figure
ACTION = 30_000  # for anything that needs no long computation


# a button, and as soon as it can be seen the one that stops what it began
START_AND_STOP = """([start, stop]) => new Promise(done => {
    start.click();
    const look = () => stop.checkVisibility() ? (stop.click(), done()) : requestAnimationFrame(look);
    look();
})"""

# the scripts that translate the page and show its views have done so for the first time
SHOWS_WHAT_THE_ADDRESS_NAMES = """() =>
    window.kobai?.go && !document.documentElement.classList.contains('untranslated')"""
# the view and the page that are to be seen, as the address names them; the place goes there if it is another
PLACE = """place => {
    const view = document.body.dataset.view;
    const page = document.querySelector('.view:not([hidden]) [data-page]:not([hidden])')?.dataset.page;
    const here = page ? `${view}/${page}` : view;
    if (place && place !== here && !(place === view && page)) kobai.go('#' + place);
    return here;
}"""


class KobaiPage:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(ACTION)
        self.address = address

    # ------------------------------------------------------------- coming in

    def open(self, query: str = "?lang=en") -> KobaiPage:
        self.page.goto(self.address + query, wait_until="commit")
        return self

    def wait_until_live(self) -> None:
        """The page's own Python has taken over: the probabilities of the first image are there."""
        expect(self.page.locator("#verdict")).not_to_be_empty(timeout=START)

    def wait_until_ready(self, within: int = START) -> KobaiPage:
        """Python in the worker answers, and every button that can work does. within: ms"""
        expect(self.page.locator("#measure")).to_be_enabled(timeout=within)
        # after the last iteration only Reset works
        expect(self.page.locator(":is(#step, #reset):enabled").first).to_be_attached(timeout=START)
        return self

    def back_to_start(self) -> None:
        """Undo, by the page's own controls, what the test before did."""
        if not self.page.url.split("#")[0].endswith("?lang=en"):
            self.open()
        self.wait_until_ready()
        self.show("train")
        bring_back(self.page, limit=WORK)

    # ------------------------------------------------------------- the views

    def show(self, place: str) -> str:
        """Go to a view or a page of it ("examine/mistakes"), as by a link; returns where one was."""
        self.page.wait_for_function(SHOWS_WHAT_THE_ADDRESS_NAMES)
        return str(self.page.evaluate(PLACE, place))

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """In another view for a moment, then back."""
        was = self.show(place)
        yield
        self.show(was)

    def unfold(self, fold: str) -> None:
        """Open the fold with this id, unless it is open."""
        if self.page.locator(f"#{fold}").get_attribute("open") is None:
            self.page.locator(f"#{fold} > summary").click()

    # ------------------------------------------------------------- the parts

    def button(self, name: str) -> Locator:
        """A button by its English name; in Japanese that name stands in brackets after the Japanese one."""
        return self.page.get_by_role("button", name=re.compile(rf"^{name}$|\({name}\)$"))

    def start_and_stop(self, start: Locator, stop: str) -> None:
        """Press a button, and the one with this id as soon as it is there: no machine is done by then."""
        handles = [start.element_handle(), self.page.locator(f"#{stop}").element_handle()]
        self.page.evaluate(START_AND_STOP, handles)

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=re.compile(rf"^{name}$|\({name}\)$"))

    @property
    def problem(self) -> Locator:
        return self.page.get_by_role("alert").locator("p").first

    @property
    def verdict(self) -> Locator:
        return self.page.locator("#verdict")

    @property
    def network(self) -> Locator:
        return self.field("Network in use")

    def field(self, name: str) -> Locator:
        """A number field or a choice by its name; not one in a row of the shelf."""
        number = self.page.get_by_role("spinbutton", name=name, exact=True)
        choice = self.page.get_by_role("combobox", name=name, exact=True)
        return number.or_(choice.and_(self.page.locator(":not([data-network])")))

    # ------------------------------------------------------------ test images

    def thumbs(self) -> Locator:
        return self.page.locator("#thumbs img")

    def labels(self) -> list[int]:
        return [int(alt.rstrip(")").rsplit(" ", 1)[1]) for alt in self._alts()]

    def indices(self) -> list[int]:
        return [int(re.search(r"Test image (\d+)", alt)[1]) for alt in self._alts()]

    def expect_indices(self, indices: Iterable[int]) -> None:
        """The images shown are these, in this order."""
        expect(self.thumbs()).to_have_count(len(wanted := [int(index) for index in indices]))
        self.page.wait_for_function(
            """wanted => {
                const shown = [...document.querySelectorAll('img[alt^="Test image"][tabindex]')];
                return shown.map(picture => parseInt(picture.alt.slice(11))).join() === wanted.join();
            }""",
            arg=wanted,
        )

    def _alts(self) -> list[str]:
        return self.thumbs().evaluate_all("pictures => pictures.map(picture => picture.alt)")

    def choose(self, index: int) -> None:
        with self.at("train"):
            self.page.locator(f'#thumbs img[data-index="{index}"]').click()
        self.expect_chosen(index)

    def expect_chosen(self, index: int) -> None:
        expect(self.page.locator("#portrait-caption")).to_have_text(
            re.compile(rf"^Test image {index}, label")
        )

    def go_to_image(self, index: int) -> None:
        with self.at("train"):
            self.unfold("filters-fold")
            self.field("Go to image").fill(str(index))
            self.field("Go to image").press("Enter")
            self.expect_chosen(index)

    def probabilities(self) -> list[float]:
        """The ten shares of the table, as shown: percent with two decimals."""
        rows = self.page.locator("#bars tbody tr")
        expect(rows).to_have_count(10)
        cells = rows.evaluate_all(
            "rows => rows.map(row => [row.cells[0].textContent, row.cells[2].textContent])"
        )
        assert [digit for digit, _ in cells] == [str(digit) for digit in range(10)]
        return [float(re.fullmatch(r"(\d+\.\d\d) %", text)[1]) / 100 for _, text in cells]

    def measured_accuracy(self) -> float:
        """Press Measure accuracy and read the figure."""
        result = self.page.locator("#measure-result")
        with self.at("train"):
            self.button("Measure accuracy").click()
            expect(result).to_have_text(re.compile(r"\d"), timeout=WORK)
            expect(self.button("Measure accuracy")).to_be_enabled(timeout=WORK)
        return int(re.search(r"([\d,]+) of 10,000", result.text_content())[1].replace(",", "")) / 10_000

    # --------------------------------------------------------------- training

    def train(self, **settings: object) -> None:
        """Fill in settings (hidden_units=…, iterations=…) and press Train."""
        with self.at("train"):
            self.set(**settings)
            self.button("Train").click()

    def set(self, **settings: object) -> None:
        """Open the settings, fill in some of them, and close them again."""
        with self.at("train"):
            if settings:
                self.unfold("settings-fold")
            for name, value in settings.items():
                field = self.field(name.replace("_", " ").capitalize())
                if name in ("gradient", "computed_by", "pixels"):
                    field.select_option(str(value))
                else:
                    field.fill(str(value))
            if settings:
                self.page.locator("#settings-fold > summary").click()

    def setting(self, name: str) -> Locator:
        """A field of the settings by its id, folded away or in another view though it may be."""
        return self.page.locator(f"#settings #{name}")

    def go_on(self) -> None:
        """Press Continue."""
        with self.at("train"):
            self.button("Continue").click()

    def wait_until_trained(self) -> None:
        expect(self.page.locator("#run-why")).to_contain_text("All iterations are done.", timeout=WORK)

    def wait_until_iteration(self, least: int) -> None:
        self.page.wait_for_function(
            """([name, least]) => {
                const term = [...document.querySelectorAll('dt')].find(dt => dt.textContent.trim() === name);
                return parseInt(term.nextElementSibling.textContent.replace(/,/g, '')) >= least;
            }""",
            arg=["iteration", least],
            timeout=WORK,
        )

    def figure(self, name: str) -> str:
        """One of the figures of the moment: iteration, epoch, loss, test accuracy, …"""
        term = self.page.locator("#run-figures > div").filter(
            has=self.page.locator("dt").filter(has_text=re.compile(rf"^{name}( at [\d,]+)?$"))
        )
        return str(term.locator("dd").text_content())

    def iteration(self) -> int:
        return int(self.figure("iteration").split("/")[0].replace(",", ""))

    def pause(self) -> int:
        """Press Pause; returns the iteration at which it stands."""
        with self.at("train"):
            self.button("Pause").click()
            expect(self.button("Continue")).to_be_enabled(timeout=WORK)
        return self.iteration()

    def step(self) -> None:
        goal = self.iteration() + 1
        with self.at("train"):
            self.button("One step").click()
            self.wait_until_iteration(goal)
            expect(self.button("Reset")).to_be_enabled(timeout=WORK)

    def reset(self) -> None:
        with self.at("train"):
            self.button("Reset").click()
            expect(self.button("Train")).to_be_enabled(timeout=WORK)

    def losses(self, iterations: list[int]) -> list[float]:
        """What the curve says at these iterations, by its slider."""
        slider = self.page.locator("#scrub")
        found = []
        for iteration in iterations:
            with self.at("train"):
                slider.fill(str(iteration))
            text = slider.get_attribute("aria-valuetext")
            at, loss = re.fullmatch(r"iteration ([\d,]+): loss (\d+\.\d{4})", text).groups()
            assert int(at.replace(",", "")) == iteration
            found.append(float(loss))
        return found

    def epochs(self) -> list[tuple[int, float, float, float]]:
        """The table behind the curve: iteration, loss, training accuracy, test accuracy."""
        rows = self.page.locator("#epoch-rows tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return [
            (
                int(i.replace(",", "")),
                float(loss),
                float(train.rstrip(" %")) / 100,
                float(test.rstrip(" %")) / 100,
            )
            for i, loss, train, test in rows
        ]

    # --------------------------------------------------------------- networks

    def use(self, key: str) -> None:
        self.network.select_option(key)
        self.expect_network(self.network.locator("option:checked").inner_text())

    def expect_network(self, name: str) -> None:
        """This network is named in the header and beside the probabilities."""
        expect(self.network.locator("option:checked")).to_have_text(name)
        expect(self.page.locator("#answered-by")).to_have_text("Answered by: " + name)

    def save(self, form: str = "dict") -> Download:
        with self.at("keep"):
            self.field("As").select_option(form)
            with self.page.expect_download() as download:
                self.button("Save network").click()
        return download.value

    def open_file(self, file: object) -> None:
        """Press Open network and pick a file (a path, or Playwright's dict of name, mimeType, buffer)."""
        with self.at("keep"), self.page.expect_file_chooser() as chooser:
            self.button("Open network").press("Enter")  # a click could miss while panels above still fill
        chooser.value.set_files(file)

    def drop_file(self, name: str, data: bytes) -> None:
        """Drag a file from the desktop onto the page."""
        transfer = self.page.evaluate_handle(
            """([name, data]) => {
                const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], name));
                return transfer;
            }""",
            [name, base64.b64encode(data).decode()],
        )
        for kind in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event("main", kind, {"dataTransfer": transfer})

    # ----------------------------------------------------------- below the UI

    def ask_worker(self, function: str, **arguments: object) -> dict:
        """Call the worker as the page does: for figures finer than the page shows."""
        reply = self.page.evaluate(
            """async ([name, text]) =>
                (await document.querySelector('script[worker]').xworker.sync[name](text))[0]""",
            [function, json.dumps(arguments)],
        )
        return json.loads(reply)
