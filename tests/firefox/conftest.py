"""The main path in Firefox: one browser for all tests of this folder, spoken to by bidi.py.

`python3 build.py test` finds or installs Firefox and names it in KOBAI_FIREFOX. Where there is none, it does
not choose this folder, and its summary says so; chosen by hand without Firefox, the tests fail.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from firefox.bidi import Tab, firefox
from sitebuild.check.browser import FIREFOX_COMMANDS
from support.browser.offline_host import hosting

ROOT = Path(__file__).resolve().parents[2]

LOCAL = ("data", "blob", "about", "resource", "chrome", "moz-extension")


@pytest.fixture(scope="session")
def site():
    folder = Path(os.environ.get("KOBAI_SITE") or ROOT / "dist")
    assert (folder / "index.html").is_file(), "Build the site first: python3 build.py build"
    with hosting(folder) as running:
        yield running


@pytest.fixture(scope="session")
def tab(tmp_path_factory):
    program = os.environ.get("KOBAI_FIREFOX") or next(filter(None, map(shutil.which, FIREFOX_COMMANDS)), None)
    assert program, "There is no Firefox here: install it (Debian: firefox-esr) to run these tests"
    with firefox(program, tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture(autouse=True)
def watched(tab: Tab, site):
    """No console error, no uncaught error, no request to another origin."""
    tab.events.clear()
    yield
    tab.run("() => 0")  # events that are on their way arrive before this answer
    origin = urlsplit(site.address)[:2]
    wrong = [
        f"{params['type']} {params['level']}: {params['text']}"
        for method, params in tab.events
        if method == "log.entryAdded" and params["level"] == "error"
    ]
    for method, params in tab.events:
        if method == "network.beforeRequestSent":
            address = urlsplit(params["request"]["url"])
            if address.scheme not in LOCAL and address[:2] != origin:
                wrong.append(f"request elsewhere: {params['request']['url']}")
    assert not wrong, "\n".join(wrong)
