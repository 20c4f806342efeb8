"""A host that is away for seconds during the start, or breaks each download off: nobody need do anything."""

import re
from collections import defaultdict

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import BUSY, CUT_OFTEN, DROPPED, LATE

# a browser's words for it
LOST = "ERR_|503|Failed to (load|fetch)|NetworkError|dynamically imported|MessageEvent"
PATIENCE = 120_000  # ms: the start of a loaded machine, and all the waiting


MOMENTS = [
    ("js/boot.js", DROPPED),  # with everything that is asked for at that moment
    ("worker/main.py", BUSY),
    ("loader.mjs", BUSY),
    ("pyodide.mjs", DROPPED),
    ("library.zip", DROPPED),
]


@pytest.mark.fault("the host is away for seconds, more than once in a start")
def test_a_host_that_is_away_for_seconds_is_waited_for(visit, make_site):
    site = make_site({})
    site.outages = list(MOMENTS)
    begun = visit(site=site)
    begun.watch.announce(LOST)
    kobai = begun.kobai.wait_until_ready(PATIENCE)
    assert site.outages == []  # each has come
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99


@pytest.mark.long
@pytest.mark.fault("files that are not there for seconds")
def test_files_that_come_late_are_waited_for(visit, make_site):
    """Of each way to ask for one: an import, a fetch of PyScript, MicroPython and the page; a style sheet."""
    files = [
        "micropython.mjs",
        "micropython.wasm",
        "page/main.py",
        "modules.bin",
        "sizes.json",
        "css/panels.css",
    ]
    worker = ["pyodide.asm.mjs", "idb-keyval", "pyodide-lock", "numpy-2.4.3", "t10k-labels", "shipped.json"]
    begun = visit(site=make_site(dict.fromkeys(files + worker, LATE)))
    begun.watch.announce(LOST)
    kobai = begun.kobai.wait_until_ready(PATIENCE)
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    expect(kobai.page.get_by_text("This browser gives the page no storage")).to_have_count(0)
    assert (
        kobai.page.evaluate("document.styleSheets.length")
        == kobai.page.locator("link[rel=stylesheet]").count()
    )


@pytest.mark.long
@pytest.mark.fault("each download breaks off after a quarter of the file")
def test_downloads_that_break_off_again_and_again_go_on_where_they_broke(visit, make_site):
    files = ["pyodide.asm.wasm", "numpy-2.4.3", "micropython.wasm"]
    site = make_site(dict.fromkeys(files, CUT_OFTEN))
    begun = visit(site=site)
    begun.watch.announce(LOST)
    kobai = begun.kobai.wait_until_ready(PATIENCE)
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99
    asked = defaultdict(list)
    for name, part in site.asked:
        asked[name].append(part)
    assert len(asked) == len(files)
    for name, parts in asked.items():
        starts = [int(re.match(r"bytes=(\d+)-", part)[1]) for part in parts if part]
        assert len(starts) >= 3, (name, parts)
        assert starts == sorted(starts), (name, parts)  # never from the beginning again
