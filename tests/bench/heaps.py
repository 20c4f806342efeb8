"""What a page holds in memory: heaps, DOM nodes, listeners, and proxies between JavaScript and Python.

Asked of the site `watched`, whose loader keeps Pyodide at hand.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

# Notes every WebAssembly memory of the page: its one module is MicroPython's.
NOTE_MEMORIES = """
(() => {
  const memories = (window.benchMemories = []);
  for (const way of ["instantiate", "instantiateStreaming"]) {
    const was = WebAssembly[way];
    WebAssembly[way] = async (...given) => {
      const made = await was.apply(WebAssembly, given);
      const { exports } = made.instance ?? made;
      memories.push(...Object.values(exports).filter((each) => each instanceof WebAssembly.Memory));
      return made;
    };
  }
})();
"""
FRAMES = """async () => {
  for (let frames = 30; frames; frames -= 1) await new Promise((done) => requestIdleCallback(done));
}"""
OF_THE_PAGE = """
() => ({
  "MicroPython's memory": benchMemories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  "JavaScript objects held by MicroPython": proxy_js_ref.filter((each) => each !== undefined).length,
})
"""
OF_THE_WORKER = """
() => ({
  "Python's memory (WebAssembly)": benchPyodide._module.HEAPU8.byteLength,
  "Python's objects": benchPyodide.runPython("import gc; gc.collect(); len(gc.get_objects())"),
})
"""


def ask_targets(page: Page, method: str) -> list[dict[str, Any]]:
    """The answers of the page and of each of its workers, in this order, to a command without parameters."""
    session = page.context.new_cdp_session(page)
    found = [session.send(method)]
    answers: list[dict[str, Any]] = []

    def ask(event: dict[str, Any]) -> None:
        if event["targetInfo"]["type"] != "worker":  # the service worker is another matter
            return
        request = json.dumps({"id": 1, "method": method})
        session.send("Target.sendMessageToTarget", {"sessionId": event["sessionId"], "message": request})

    def hear(event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if message.get("id") == 1:  # the rest are events
            answers.append(message["result"])

    session.on("Target.attachedToTarget", ask)
    session.on("Target.receivedMessageFromTarget", hear)
    session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False})
    while len(answers) < len(page.workers):
        page.evaluate("null")  # events arrive while a command waits for its answer
    session.detach()
    return found + answers


def _collected(page: Page) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The heaps of page and worker, and the counts of the DOM, after a collection and some idle frames."""
    ask_targets(page, "HeapProfiler.collectGarbage")
    page.evaluate(FRAMES)
    in_page, in_worker = ask_targets(page, "Runtime.getHeapUsage")
    session = page.context.new_cdp_session(page)
    counters = session.send("Memory.getDOMCounters")
    session.detach()
    return in_page, in_worker, counters


def held(page: Page) -> dict[str, int]:
    """Everything that could grow, after the garbage was collected; bytes, or numbers of things."""
    found = dict(page.workers[0].evaluate(OF_THE_WORKER))
    in_page, in_worker, counters = _collected(page)
    while True:  # what a finaliser lets go of is collected by a later one
        again = _collected(page)
        shrank = again[0]["usedSize"] < 0.995 * in_page["usedSize"] or again[2]["nodes"] < counters["nodes"]
        in_page, in_worker, counters = again
        if not shrank:
            break
    found |= page.evaluate(OF_THE_PAGE)
    found |= {
        "JavaScript heap of the page": int(in_page["usedSize"]),
        "JavaScript heap of the worker": int(in_worker["usedSize"]),
        "DOM nodes": counters["nodes"],
        "event listeners": counters["jsEventListeners"],
    }
    return found


def compiled_code(page: Page) -> int:
    """Bytes of the JavaScript heap of the page that are code: what is used more, the browser compiles."""
    session = page.context.new_cdp_session(page)
    parts: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: parts.append(event["chunk"]))
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    session.detach()
    snapshot = json.loads("".join(parts))
    meta, nodes = snapshot["snapshot"]["meta"], snapshot["nodes"]
    fields = meta["node_fields"]
    code = meta["node_types"][fields.index("type")].index("code")
    kinds, sizes = nodes[fields.index("type") :: len(fields)], nodes[fields.index("self_size") :: len(fields)]
    return sum(size for kind, size in zip(kinds, sizes, strict=True) if kind == code)
