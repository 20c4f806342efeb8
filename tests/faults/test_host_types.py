"""Hosts that give files another type, and networks that answer with their login page."""

import re

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import PORTAL
from support.browser.kobai_page import START

ANYTHING = "."  # a browser logs such faults in words of its own


@pytest.mark.fault("modules of a type that browsers refuse, then WebAssembly of another type")
def test_a_refused_module_is_named_with_its_type_and_webassembly_of_any_type_will_do(visit, make_site):
    site = make_site({})
    begun = visit(site=site)
    begun.watch.announce(ANYTHING)
    kobai = begun.kobai
    for part, file, kind in (
        (".mjs", "mpy/micropython.mjs", "text/plain"),
        ("pyodide.asm.mjs", "pyodide/pyodide.asm.mjs", "text/plain"),
        ("loader.mjs", "pyodide/loader.mjs", "application/octet-stream"),
    ):
        site.types = {part: kind}
        kobai.open()
        expect(kobai.problem).to_contain_text(f"sends the file {file} as “{kind}”", timeout=START)
    site.types = {
        "micropython.wasm": "application/octet-stream",
        "pyodide.asm.wasm": "text/plain",
        "kobai_engine.wasm": "",
    }
    with kobai.page.expect_navigation(wait_until="commit"):
        kobai.button("Try again").click()
    begun.watch.verdict()  # what was announced is over: from here on nothing in the console
    kobai.wait_until_ready()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    expect(kobai.page.locator("#engine-note")).to_be_hidden()


PORTALS = [  # of each way to ask for a file
    "sizes.json",
    "micropython.mjs",
    "pyodide/loader.mjs",
    "modules.bin",
    "numpy-2.4.3",
    "js/boot.js",
]
FURTHER_PORTALS = [  # with --every-asset: of each kind of file
    "pyodide-lock.json",
    "pyodide.asm.mjs",
    "py/page/main.py",
    "py/worker/main.py",
    "library.zip",
    "micropython.wasm",
    "pyodide.asm.wasm",
    "t10k-labels",
    "pyscript/core",
    "uPlot.iife",
]


@pytest.mark.fault("the login page of a network in place of a file")
def test_a_login_page_in_place_of_a_file_is_called_what_it_is(visit, make_site, request):
    every = request.config.getoption("--every-asset")
    site = make_site({PORTALS[0]: PORTAL})
    begun = visit(site=site)
    begun.watch.announce(ANYTHING)
    kobai = begun.kobai
    told = kobai.page.get_by_role("alert").filter(has_text=re.compile("login page of this network"))
    for file in PORTALS + (FURTHER_PORTALS if every else []):
        if file not in site.faults:
            site.faults = {file: PORTAL}
            kobai.open()
        expect(told, file).to_contain_text(file, timeout=START)
        assert "Check the connection" not in told.inner_text(), file
    site.faults = {"train-images": PORTAL, "matplotlib-3.10.8": PORTAL}  # met later in a visit
    told.get_by_role("button", name="Try again").click()
    kobai.wait_until_ready(2 * START)
    kobai.train(iterations=2)
    expect(told).to_contain_text("train-images")
