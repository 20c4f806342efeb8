"""Tests of the built site in a real browser.

Run by `python3 build.py test`, or `.venv/bin/python -m pytest tests/panels` after `build.py build`. The site
is dist/ (or the folder named by KOBAI_SITE), served below a sub-path; the browser is the one that
KOBAI_CHROMIUM names, or Playwright's own, or the system's Chromium. A test fails on its own assertions, and
on a request to another origin, uncaught error or console error that it did not announce. A failed test leaves
a screenshot and the console in test-results/, and with `--tracing on` Playwright's trace, which makes all a
third slower.

`kobai` is a ready page that the tests of one file share, brought back to its start before each; `visit(...)`
opens a page of its own in a fresh context, for first visits, and, with `site=…` from `make_site`, for faults.
Helpers, in support/: browser/kobai_page.py (what a user does), reference.py (what the page should show),
browser/faulty_server.py, browser/watch.py.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import Site, serving
from support.browser.kobai_page import ACTION, KobaiPage
from support.browser.places import PLACE_OF
from support.browser.watch import Watch

# Before NumPy is imported: its threads would fight the browser for the cores (ten times slower, measured)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
WIDE = {"width": 1280, "height": 900}
expect.set_options(timeout=ACTION)
# the service worker answers from what it kept: only tests of that want it (offline/test_offline.py)
DEFAULTS = {"locale": "en-US", "viewport": WIDE, "service_workers": "block"}
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # V8 compiles hot WebAssembly a second time, with all its optimizations: half of the processor time of a
    # start, which pages that live for seconds do not get back
    "--js-flags=--no-wasm-inlining --wasm-tiering-budget=52000000",
]


def pytest_addoption(parser):
    parser.addoption("--every-asset", action="store_true", help="each file of the site with each fault")


def pytest_configure(config):
    config.addinivalue_line("markers", "fault(name): what is done to the page, for the table at the end")
    config.site_folder = Path(os.environ.get("KOBAI_SITE") or ROOT / "dist")


def pytest_collection_modifyitems(items):
    for item in items:
        for marker in item.iter_markers("fault"):
            item.user_properties.append(("fault", marker.args[0]))


def pytest_terminal_summary(terminalreporter):
    """fault, tried, survived: of all tests that did something to the page."""
    tried, survived = Counter(), Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, fault in report.user_properties:
                if name == "fault" and report.when == "call":
                    tried[fault] += 1
                    survived[fault] += outcome == "passed"
    if tried:
        terminalreporter.section("faults: tried, survived")
    for fault in sorted(tried):
        terminalreporter.write_line(f"{tried[fault]:5}  {survived[fault]:5}  {fault}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    own = Path(playwright.chromium.executable_path)
    path = os.environ.get("KOBAI_CHROMIUM") or (None if own.is_file() else shutil.which("chromium"))
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    chosen = {"executable_path": path} if path else {}
    return browser_type_launch_args | chosen | {"args": root + FLAGS}


@pytest.fixture(scope="session")
def site_folder(request) -> Path:
    folder = request.config.site_folder
    assert (folder / "index.html").is_file(), "Build the site first: python3 build.py build"
    return folder


@pytest.fixture(scope="session")
def site(site_folder):
    with serving(site_folder) as running:
        yield running


@pytest.fixture
def make_site(site_folder):
    """A server of the test's own, with faults: make_site({"numpy-2.4.3": MISSING})."""
    with ExitStack() as stack:

        def make(faults: dict[str, str]) -> Site:
            own = stack.enter_context(serving(site_folder))
            own.faults.update(faults)
            return own

        yield make


class Visit:
    """One browser context on one site, watched; traced: keep what Playwright's viewer shows of a failure."""

    def __init__(self, browser, site: Site, traced: bool, **options: object) -> None:
        parts = urlsplit(site.address)
        self.context = browser.new_context(**DEFAULTS | options)
        self.watch = Watch(self.context, f"{parts.scheme}://{parts.netloc}")
        self.traced = traced
        if traced:
            self.context.tracing.start(snapshots=True)
        self.kobai = KobaiPage(self.context.new_page(), site.address)
        self.failed = False  # the last test on it: what it left may be anything

    def begin(self) -> None:
        if self.traced:
            self.context.tracing.start_chunk()

    def end(self, node) -> list[str]:
        """Keep what explains a failure; returns what went wrong behind the test's back."""
        wrong = self.watch.verdict()
        self.failed = bool(wrong) or getattr(node, "failed", False)
        if not self.failed:
            if self.traced:
                self.context.tracing.stop_chunk()
            return wrong
        folder = ROOT / "test-results" / re.sub(r"[^\w.-]+", "-", node.nodeid.rsplit("/", 1)[-1])[:120]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "console.txt").write_text("\n".join(self.watch.lines), encoding="utf-8")
        for number, page in enumerate(self.context.pages):
            page.screenshot(path=folder / f"page{number}.png", full_page=True)
        if self.traced:
            self.context.tracing.stop_chunk(path=folder / "trace.zip")
        return wrong


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if outcome.get_result().failed:
        item.failed = True


@pytest.fixture(scope="session")
def traced(pytestconfig) -> bool:
    return pytestconfig.getoption("--tracing") != "off"


@pytest.fixture
def visit(browser, site, traced, request):
    """visit(query="?lang=en", site=…, **context options) opens a page in a fresh context: a Visit."""
    visits: list[Visit] = []

    def open_page(query: str = "?lang=en", site: Site = site, before=None, **options: object) -> Visit:
        new = Visit(browser, site, traced, **options)
        visits.append(new)
        new.begin()
        if before:
            before(new.kobai.page)
        new.kobai.open(query)
        return new

    yield open_page
    wrong = [line for each in visits for line in each.end(request.node)]
    for each in visits:
        each.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def shared_visit(browser, site, traced):
    shared = Visit(browser, site, traced)
    yield shared
    shared.context.close()


@pytest.fixture
def kobai(shared_visit, request):
    """A ready page as after a first visit, shared by the tests of one file, at the panel of their folder."""
    shared_visit.begin()
    try:
        if shared_visit.failed:
            shared_visit.kobai.open()
        shared_visit.kobai.back_to_start()
        shared_visit.kobai.show(PLACE_OF.get(request.path.parent.name, "train"))
    except BaseException:
        request.node.failed = True
        shared_visit.end(request.node)
        raise
    yield shared_visit.kobai
    wrong = shared_visit.end(request.node)
    assert not wrong, "\n".join(wrong)
