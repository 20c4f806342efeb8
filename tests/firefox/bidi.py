"""Control one tab of Firefox by WebDriver BiDi over a WebSocket, without a driver program."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.browser.at_rest import AT_REST
from websockets.sync.client import ClientConnection, connect

PREFERENCES = {  # nothing that asks the network or the reader
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
    "intl.accept_languages": "en-US, en",
}
EVENTS = ["log.entryAdded", "network.beforeRequestSent", "browsingContext.downloadEnd"]
START = 60  # s until Firefox listens
REPLY = 60  # s that any command may take, beyond what it waits for
# a look at each frame of the page, so that an answer is there as soon as it can be seen
LOOK = """async (...given) => {{
    const end = performance.now() + {milliseconds};
    for (;;) {{
        const answer = await ({function})(...given);
        if (answer || performance.now() > end) return answer;
        await new Promise(requestAnimationFrame);
    }}
}}"""


COME_TO_REST = f"selector => ({AT_REST})(document.querySelector(selector))"


class Tab:
    """The one tab: commands, and the events that came meanwhile."""

    def __init__(self, socket: ClientConnection, downloads: Path) -> None:
        self._socket, self._number = socket, 0
        self.events: list[tuple[str, dict]] = []
        self.version = self.send("session.new", capabilities={})["capabilities"]["browserVersion"]
        self.send("session.subscribe", events=EVENTS)
        place = {"type": "allowed", "destinationFolder": str(downloads)}
        self.send("browser.setDownloadBehavior", downloadBehavior=place)
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]
        size = {"width": 1280, "height": 900}
        self.send("browsingContext.setViewport", context=self.context, viewport=size)

    def send(self, method: str, seconds: float = REPLY, **params: object) -> dict:
        """One command and its result; raises RuntimeError when Firefox refuses."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = self._receive(seconds)
            if answer.get("id") == self._number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def _receive(self, seconds: float) -> dict:
        answer = json.loads(self._socket.recv(timeout=seconds))
        if answer["type"] == "event":
            self.events.append((answer["method"], answer["params"]))
        return answer

    def go(self, url: str) -> None:
        """Until the new page can be asked; its scripts may still be on their way."""
        self.send("browsingContext.navigate", context=self.context, url=url, wait="interactive")

    def run(self, function: str, *arguments: object, seconds: float = REPLY) -> object:
        """Call a JavaScript function in the page with plain values; its result as a plain value."""
        call = f"async () => JSON.stringify((await ({function})(...{json.dumps(arguments)})) ?? null)"
        result = self.send(
            "script.callFunction",
            functionDeclaration=call,
            target={"context": self.context},
            awaitPromise=True,
            seconds=seconds,
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def wait(self, function: str, *arguments: object, seconds: float = 30) -> object:
        """Wait until the answer is true; raises TimeoutError that shows the question."""
        look = LOOK.format(function=function, milliseconds=seconds * 1000)
        answer = self.run(look, *arguments, seconds=seconds + REPLY)
        if not answer:
            raise TimeoutError(f"in vain for {seconds} s: {function} {arguments}")
        return answer

    def element(self, selector: str) -> dict:
        found = self.send(
            "browsingContext.locateNodes",
            context=self.context,
            locator={"type": "css", "value": selector},
            maxNodeCount=1,
        )["nodes"]
        assert found, f"{selector} is not on the page"
        return {"sharedId": found[0]["sharedId"]}

    def pointer(self, actions: list[dict]) -> None:
        source = {
            "type": "pointer",
            "id": "mouse",
            "parameters": {"pointerType": "mouse"},
            "actions": actions,
        }
        self.send("input.performActions", context=self.context, actions=[source])

    def click(self, selector: str) -> None:
        """A real click in the middle of an element, once it can take one."""
        self.wait(
            "s => { const e = document.querySelector(s); return e && !e.disabled && !e.hidden; }", selector
        )
        self.run(COME_TO_REST, selector)
        origin = {"type": "element", "element": self.element(selector)}
        button = {"button": 0}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        self.pointer([move, {"type": "pointerDown"} | button, {"type": "pointerUp"} | button])

    def give_file(self, selector: str, file: Path) -> None:
        self.send("input.setFiles", context=self.context, element=self.element(selector), files=[str(file)])

    def downloaded(self, seconds: float = 60) -> Path:
        """The file of the next download that ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number, (method, params) in enumerate(self.events):
                if method == "browsingContext.downloadEnd":
                    del self.events[number]
                    assert params["status"] == "complete"
                    return Path(params["filepath"])
            self._receive(max(0.01, end - time.monotonic()))
        raise TimeoutError("no download")


@contextmanager
def firefox(program: str, folder: Path) -> Iterator[Tab]:
    """A headless Firefox with a fresh profile below `folder`; ended, whatever happens."""
    profile, downloads = folder / "profile", folder / "downloads"
    profile.mkdir(parents=True)
    downloads.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [
        program,
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port",
        "0",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    try:
        with connect(_address(process) + "/session", max_size=None) as socket:
            yield Tab(socket, downloads)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen) -> str:
    """Where Firefox listens, by its own word; what else it says is read too, or its pipe would fill."""
    said: list[str] = []
    addresses: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                addresses.put(found[1])
        addresses.put(None)  # Firefox has ended

    threading.Thread(target=listen, daemon=True).start()
    try:
        address = addresses.get(timeout=START)
    except queue.Empty:
        address = None
    if address is None:
        raise RuntimeError("Firefox did not start: " + "".join(said)[-2000:])
    return address
