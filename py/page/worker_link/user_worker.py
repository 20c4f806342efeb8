"""The Python that runs the learner's own code: a worker of its own, started when it is first needed.

Nothing that it says is believed but as an answer to a question about that code (docs/security.md).
"""

import json

import js
from pyscript import document, ffi, window
from ui.i18n import N_, _
from ui.problems import UNEXPECTED, Problem, Refused, tell
from worker_link import liveness

SOURCE = "pyodide/own.mjs"
MISSING = N_(
    "Python for your own code could not start: the file {file} could not be loaded. Check the connection, "
    "then press “Trace” again."
)
GONE = N_(
    "The Python that ran your code has stopped: the browser ended it, perhaps because memory ran short. "
    "Nothing else has changed: press “Trace” to run the code again."
)
BROKEN = N_(
    "The Python that ran your code has stopped after an error of its own. Nothing else has changed: press "
    "“Trace” to run the code again."
)

_listeners = []
_now = {"python": None}
_made = {}  # by the executor, of the newest promise
_executor = ffi.create_proxy(lambda resolve, _reject: _made.update(resolve=resolve))


def on_end(listener):
    """Call listener() when this Python has come to an end, and all that it recorded with it."""
    _listeners.append(listener)


def ready():
    """Whether it runs and can be asked."""
    return _now["python"] is not None and _now["python"].is_ready


async def start():
    """Begin it, if it does not run, and wait until it can be asked. Raises Problem when it cannot start."""
    if _now["python"] is None:
        _now["python"] = _Python()
    await _now["python"].wait()


async def call(function, *buffers, **arguments):
    """As worker.call; `start` first. Raises Problem, one without a sentence where it was ended by `end`."""
    python = _now["python"]
    if python is None:
        raise Problem("")
    return await python.call(function, buffers, arguments)


def end(sentence="", details=""):
    """End it at once, whatever it is doing; what waits for an answer of it ends with a Problem."""
    python, _now["python"] = _now["python"], None
    if python is None:
        return
    if not python.over(sentence, details) and sentence:
        tell(Problem(sentence, details))
    for listener in _listeners:
        listener()


class _Promise:
    """One of JavaScript's, to be awaited, and resolved from outside."""

    def __init__(self):
        self.js = window.Promise.new(_executor)
        self.resolve = _made.pop("resolve")


class _Python:
    """One worker, from its start to its end."""

    def __init__(self):
        self.is_ready = False
        self._started = _Promise()
        self._word = None  # why it is over: (sentence, details)
        self._waiting = {}  # number of a question -> promise of its answer
        self._asked = 0
        self._lock = None
        site = js.URL.new("./", document.baseURI).href
        version = document.querySelector('meta[name="kobai-version"]').content
        # the service worker learns from the first file that is asked for which version to answer with
        address = f"{site}{SOURCE}?of={version}.mjs"
        text = (
            f"import({json.dumps(address)}).catch((error) =>"
            f" postMessage({{ kobai: {{ failed: {json.dumps(SOURCE)}, why: String(error) }} }}));\n"
        )
        blob = js.Blob.new(ffi.to_js([text]), ffi.to_js({"type": "text/javascript"}))
        # a worker that is loaded from an address has that file's policy, which on a plain host is none
        self._address = js.URL.createObjectURL(blob)
        self._worker = js.Worker.new(self._address, ffi.to_js({"type": "module"}))
        self._worker.addEventListener("message", ffi.create_proxy(self._on_message))
        self._worker.addEventListener("error", ffi.create_proxy(self._on_error))

    async def wait(self):
        await self._started.js
        if self._word:
            raise Problem(*self._word)

    async def call(self, function, buffers, arguments):
        self._asked += 1
        promise = self._waiting[self._asked] = _Promise()
        self._worker.postMessage(ffi.to_js([self._asked, function, json.dumps(arguments)] + list(buffers)))
        message = await promise.js
        if self._word:
            raise Problem(*self._word)
        reply = getattr(message, "reply", None)
        if reply is None:
            raise Problem(_(UNEXPECTED), str(message.failed))
        answer = json.loads(reply[0])
        if "refused" in answer:
            raise Refused(_(answer["refused"], **answer["values"]), answer["details"])
        return [answer]

    def over(self, sentence, details):
        """Whether someone waits for it, and so will tell of the end."""
        is_awaited = not self.is_ready or bool(self._waiting)
        self._word = (sentence, details)
        self._worker.terminate()
        js.URL.revokeObjectURL(self._address)
        self._started.resolve(None)
        for promise in self._waiting.values():
            promise.resolve(None)
        return is_awaited

    def _on_message(self, event):
        """The reader's code can send whatever it likes: only an answer that is waited for is heard."""
        if self._word:
            return
        answer, kobai = getattr(event.data, "answer", None), getattr(event.data, "kobai", None)
        if type(answer) is int and answer in self._waiting:
            self._waiting.pop(answer).resolve(event.data)
        elif kobai is None:
            return
        elif getattr(kobai, "broken", None):
            end(_(BROKEN), str(kobai.broken))
        elif not self.is_ready:
            self._starting(kobai)

    def _starting(self, kobai):
        """Said by web/pyodide/: no code of the reader's has run yet."""
        if getattr(kobai, "lock", None) and not self._lock:
            self._lock = kobai.lock
            liveness.watch(self._lock, self._gone)
        elif getattr(kobai, "failed", None):
            why = str(getattr(kobai, "why", ""))
            named = window.kobai.faultSentence(kobai.failed, getattr(kobai, "kind", "lost"), why)
            end(named or _(MISSING, file=kobai.failed), why)
        elif getattr(kobai, "ready", None):
            self.is_ready = True
            self._started.resolve(None)

    def _on_error(self, event):
        event.preventDefault()  # an error of the reader's code is none of the page
        if not self.is_ready and not self._word:
            end(_(MISSING, file=SOURCE), str(getattr(event, "message", "")))

    def _gone(self):
        if not self._word:
            end(_(GONE))
