"""A host that is away for seconds during the start, or breaks each download off: nobody need do anything."""

import re
from collections import defaultdict

import pytest
from faulty_server import BUSY, CUT_OFTEN, DROPPED
from playwright.sync_api import expect

LOST = "ERR_|503|Failed to (load|fetch)|NetworkError|dynamically imported|MessageEvent"  # a browser's words for it

OUTAGES = {
    # what is no fetch: a script, a module
    "scripts": [("boot.js", DROPPED), ("micropython.mjs", BUSY), ("loader.mjs", DROPPED)],
    "page": [("page/main.py", BUSY), ("modules.bin", DROPPED), ("sizes.json", BUSY)],
    "worker": [("worker/main.py", DROPPED), ("pyodide.mjs", DROPPED), ("library.zip", BUSY)],
}


@pytest.mark.fault("the host is away for seconds, three times in one start")
@pytest.mark.parametrize("moments", OUTAGES)
def test_a_host_that_is_away_for_seconds_is_waited_for(visit, make_site, moments):
    site = make_site({})
    site.outages = list(OUTAGES[moments])
    begun = visit(site=site)
    begun.watch.announce(LOST)
    begun.kobai.wait_until_live()
    kobai = begun.kobai.wait_until_ready()
    assert site.outages == []  # each has come
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99


@pytest.mark.fault("each download breaks off after a quarter of the file")
def test_downloads_that_break_off_again_and_again_go_on_where_they_broke(visit, make_site):
    files = ["pyodide.asm.wasm", "numpy-2.4.3", "micropython.wasm"]
    site = make_site(dict.fromkeys(files, CUT_OFTEN))
    begun = visit(site=site)
    begun.watch.announce(LOST)
    begun.kobai.wait_until_live()
    kobai = begun.kobai.wait_until_ready()
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
