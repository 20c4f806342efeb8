"""Hours of use in one visit: does the page hold ever more memory?

`python3 build.py bench --long 60` uses the page for 60 minutes, the same round again and again: train,
measure, draw the figure, trace, check up, open and delete a network, look at mistakes, units and ideas, draw
a digit, compare, reset. After each it prints what the page holds. It fails when something ends more than a
tenth above its level after the first round, but for what has a limit of its own: caches, and the code that
the browser compiles, which it counts among the JavaScript heap. The DOM nodes that come with each round are
the browser's as well: it remembers the last 1,000 entries into fields, to undo them.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.heaps import NOTE_MEMORIES, compiled_code, held
from bench.run import browser_options, say
from bench.served import serving
from playwright.sync_api import Browser, expect, sync_playwright
from support.browser.kobai_page import KobaiPage
from support.panels.checkup_panel import CheckupPanel
from support.panels.compare_panel import ComparePanel
from support.panels.draw_panel import DrawPanel
from support.panels.mistakes_panel import MistakesPanel
from support.panels.trace_panel import TracePanel
from support.panels.units_panel import UnitsPanel

ROOT = Path(__file__).resolve().parents[2]
NETWORK = ROOT / "static" / "networks" / "two_layer_net_1000.pkl"
MAY_GROW = 1.1  # times its level after the first round
# Matplotlib keeps the sizes of the last 4,096 texts it wrote, three objects each, some 60 texts a figure
CACHED = {"Python's objects": 3 * 4096}


def train(kobai: KobaiPage) -> None:
    kobai.train(iterations=5000)  # long enough to be paused
    kobai.wait_until_iteration(200)
    kobai.pause()
    kobai.step()
    kobai.go_on()
    kobai.wait_until_trained()
    kobai.measured_accuracy()


def draw_the_figure(kobai: KobaiPage) -> None:
    kobai.button("Draw figure").click()
    picture = kobai.page.get_by_role("img", name="The loss curve, drawn by Matplotlib")
    expect(picture).to_be_visible(timeout=60_000)


def open_and_delete(kobai: KobaiPage) -> None:
    kobai.open_file(NETWORK)
    kobai.expect_network(NETWORK.name)
    row = kobai.region("Shelf of networks").get_by_role("row").filter(has_text=NETWORK.name)
    row.get_by_role("button", name=re.compile("Delete")).click()
    expect(row).to_have_count(0)


def look_at_images(kobai: KobaiPage) -> None:
    for index in range(0, 2000, 100):
        kobai.go_to_image(index)


def trace(kobai: KobaiPage) -> None:
    panel = TracePanel(kobai).come_near()
    for function in ("predict", "gradient"):
        panel.trace(function, test_image=5)
        panel.press("Over", 3)
    panel.forget_address()


def check_up(kobai: KobaiPage) -> None:
    CheckupPanel(kobai).check_up()


def look_at_mistakes(kobai: KobaiPage) -> None:
    kobai.use("shipped")
    panel = MistakesPanel(kobai)
    panel.look()
    panel.choose_cell(4, 9)


def look_at_units(kobai: KobaiPage) -> None:
    UnitsPanel(kobai).come_near()


def draw_a_digit(kobai: KobaiPage) -> None:
    panel = DrawPanel(kobai).fresh()
    kobai.go_to_image(7)
    panel.take(7)


def compare(kobai: KobaiPage) -> None:
    ComparePanel(kobai).come_near().against("shipped-3")


def walk_through_all_rooms(kobai: KobaiPage) -> None:
    """Scroll to each idea and change the language: every panel is then filled, and follows later changes."""
    for number in range(1, 8):
        kobai.page.evaluate(f"kobai.go('#idea-{number}')")
    kobai.page.get_by_role("button", name="日本語").click()
    kobai.page.get_by_role("button", name="English").click()


def reset(kobai: KobaiPage) -> None:
    """The trained network stays on the shelf then, where it may take up memory: it is deleted as well."""
    kobai.use("shipped")
    kobai.reset()
    deletes = kobai.region("Shelf of networks").get_by_role("button", name=re.compile("Delete: "))
    while deletes.count():
        left = deletes.count()
        deletes.first.press("Enter")
        expect(deletes).to_have_count(left - 1)


ROUND: tuple[Callable[[KobaiPage], None], ...] = (
    train, draw_the_figure, look_at_images, trace, check_up, open_and_delete, look_at_mistakes, look_at_units,
    draw_a_digit, compare, walk_through_all_rooms, reset,
)  # fmt: skip


def one_round(kobai: KobaiPage) -> None:
    for part in ROUND:
        part(kobai)


def table(first: dict[str, int], last: dict[str, int]) -> str:
    lines = ["| | after the first round | at the end | ratio |", "|---|---|---|---|"]
    for name, level in first.items():
        lines.append(f"| {name} | {level:,} | {last[name]:,} | {last[name] / level:.3f} |")
    return "\n".join(lines)


def use(browser: Browser, address: str, minutes: float) -> int:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(NOTE_MEMORIES)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    kobai = KobaiPage(page, address).open()
    kobai.wait_until_ready()
    end, rounds, first, now, code = time.monotonic() + 60 * minutes, 0, {}, {}, 0
    while rounds < 2 or time.monotonic() < end:
        one_round(kobai)
        rounds, now = rounds + 1, held(page)
        if not first:
            first, code = now, compiled_code(page)
        grown = ", ".join(f"{now[name] / first[name]:.3f}" for name in first)
        say(f"round {rounds}: {grown}")
    say(f"\n{rounds} rounds in {minutes:g} minutes; bytes, or numbers of things\n\n{table(first, now)}")
    compiled = compiled_code(page) - code
    say(f"Of the JavaScript heap of the page, {compiled:,} bytes are code compiled since then.")
    may_come = CACHED | {"JavaScript heap of the page": compiled}
    too_much = [name for name in first if now[name] > MAY_GROW * first[name] + may_come.get(name, 0)]
    for line in errors + [f"{name} grew by more than a tenth" for name in too_much]:
        say(f"error: {line}")
    return int(bool(errors or too_much))


def main() -> int:
    """Returns the exit code."""
    with serving(ROOT / "dist", ROOT / "static", None) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browser_options())
        try:
            return use(browser, address + "watched/", float(sys.argv[1]))
        finally:
            browser.close()


if __name__ == "__main__":
    sys.exit(main())
