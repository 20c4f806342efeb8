"""Find the browsers of the end-to-end tests: Playwright's own, the system's, or Debian's by apt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ..errors import BuildError

Places = dict[str, tuple[str, ...]]  # by sys.platform
COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
)
FIREFOX_COMMANDS = ("firefox-esr", "firefox")
FIREFOX_PLACES: Places = {
    "darwin": ("/Applications/Firefox.app/Contents/MacOS/firefox",),
    "win32": (r"C:\Program Files\Mozilla Firefox\firefox.exe",),
}
PLACES: Places = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
}
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
FIREFOX_PACKAGES = ["firefox-esr"]
PACKAGES = ["chromium", "fonts-noto-cjk"]  # the fonts make Japanese visible in screenshots


def playwright_has_one(python: str) -> bool:
    """True when `playwright install chromium` was run for the Playwright of this Python."""
    answer = subprocess.run([python, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and Path(answer.stdout.strip()).is_file()


def system_browser() -> str | None:
    """The path of an installed Chromium, Chrome or Edge."""
    return _installed(COMMANDS, PLACES)


def _installed(commands: tuple[str, ...], places: Places) -> str | None:
    found = next((path for command in commands if (path := shutil.which(command))), None)
    return found or next((place for place in places.get(sys.platform, ()) if Path(place).is_file()), None)


def _install(packages: list[str]) -> None:
    """Debian's packages, where apt-get is and root may; otherwise nothing."""
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return
    print(f"Installing {' and '.join(packages)} by apt-get", flush=True)
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def find(python: str) -> str:
    """The browser's path, "" for Playwright's own; installs Debian's when root may.

    Raises BuildError when there is none.
    """
    if playwright_has_one(python):
        return ""
    if path := system_browser():
        return path
    _install(PACKAGES)
    if path := system_browser():
        return path
    raise BuildError(
        f"No browser for the end-to-end tests was found: run '{python} -m playwright install chromium', "
        "or install Chromium or Chrome, and try again."
    )


def find_firefox() -> str:
    """Firefox's path, installed by apt when root may; "" and a printed word when there is none.

    None is no failure: not every distribution has Firefox as a package, and the other tests stand without it.
    """
    if path := _installed(FIREFOX_COMMANDS, FIREFOX_PLACES):
        return path
    _install(FIREFOX_PACKAGES)
    path = _installed(FIREFOX_COMMANDS, FIREFOX_PLACES)
    if not path:
        print(
            "No Firefox was found or could be installed: the tests in tests/firefox are not run.", flush=True
        )
    return path or ""
