"""A Chromium of one's own that discards a tab, as browsers do when memory is short, above all on phones.

It refuses while anything is attached to the tab, and so Playwright has to let go of the browser meanwhile; a
tab in whose fields somebody has typed it does not discard at all.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from websockets.sync.client import connect

LIMIT = 60  # s for a discard and the load after it
# the browser's own page about tabs; its rows stand in shadow trees
DISCARD = """(async (title) => {
    const all = (node) => [...node.querySelectorAll('*')]
        .flatMap((each) => each.shadowRoot ? [each, ...all(each.shadowRoot)] : [each]);
    const row = () => all(document).find((each) => each.tagName === 'TR' && each.textContent.includes(title));
    const press = (name) => all(row()).find((each) => each.textContent.trim() === name).click();
    const until = async (action, seen) => {
        while (!row() || !seen.test(row().textContent)) {
            if (row()) press(action);
            await new Promise(requestAnimationFrame);
        }
    };
    await until('[Urgent Discard]', /discarded \\(urgent\\)/);
    await until('[Load]', /\\sloaded/);
})"""


@contextmanager
def chromium(program: str, arguments: list[str], folder: Path) -> Iterator[str]:
    """The address of a headless Chromium whose pages for developers are open; ended, whatever happens."""
    folder.mkdir()
    (folder / "Local State").write_text(json.dumps({"internal_only_uis_enabled": True}))
    own = [
        "--headless",
        "--log-level=3",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
    ]
    process = subprocess.Popen(
        [program, *arguments, *own], stderr=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        said = (re.search(r"listening on (ws://\S+)", line) for line in process.stderr)
        yield next(found[1] for found in said if found)
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT)


def discard(browser_address: str, page_of_tabs: str, title: str) -> None:
    """Discard the tab of this title and load it again. page_of_tabs: the target of chrome://discards."""
    address = re.sub(r"/devtools/browser/.*", f"/devtools/page/{page_of_tabs}", browser_address)
    call = {"expression": f"{DISCARD}({json.dumps(title)})", "awaitPromise": True}
    with connect(address, max_size=None) as socket:
        socket.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": call}))
        answer = json.loads(socket.recv(timeout=LIMIT))
    assert "exceptionDetails" not in answer["result"], answer
