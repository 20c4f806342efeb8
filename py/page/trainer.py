"""The worker named "trainer": starting it, calling it, noticing when it is gone."""

import asyncio
import json

import js
from problems import UNEXPECTED, Problem, Refused
from pyscript import document, ffi, window, workers
from words import N_, _

SOURCE = "py/worker/main.py"
SILENCE = 60  # seconds without a sign of life during the start before the page says so

MISSING = N_(
    "Python could not start: the file {file} could not be loaded. Check the connection, then try again."
)

_listeners = {}
_state = {"round": 0, "script": None, "worker": None, "ready": False, "last_sign": 0.0, "failed": None}


def on(kind, listener):
    """Call listener(message, *buffers) for each message of this kind from the worker."""
    _listeners.setdefault(kind, []).append(listener)


def _tell(kind, *message):
    for listener in _listeners.get(kind, []):
        listener(*message)


def ready():
    return _state["ready"]


async def start():
    """Start a fresh worker; returns what its init() says. Raises Problem when it cannot start."""
    _state["round"] += 1
    name = f"trainer-{_state['round']}"
    stop()
    _state["failed"] = None
    _sign_of_life()
    response = await _or_problem(window.fetch(SOURCE))  # PyScript waits for ever when it is missing
    if not response.ok:
        raise Problem(_(MISSING, file=SOURCE), f"{response.status} {response.statusText}")
    script = document.createElement("script")
    script.type = "py"
    script.src = SOURCE
    script.setAttribute("worker", "")
    script.setAttribute("name", name)
    document.body.append(script)
    _state["script"] = script
    while getattr(script, "xworker", None) is None:
        await asyncio.sleep(0.005)
        _watch_silence()
    script.xworker.addEventListener("message", ffi.create_proxy(_on_message))
    script.xworker.addEventListener("error", ffi.create_proxy(_on_worker_error))
    worker = await _or_problem(workers[name])
    worker.on_progress = ffi.create_proxy(_on_progress)
    _state["worker"] = worker
    answer = (await _or_problem(_call("init", base=js.URL.new("./", document.baseURI).href)))[0]
    _state["ready"] = True
    return answer


def stop():
    """End the worker at once, whatever it is doing."""
    _state["ready"] = False
    if _state["script"] is not None:
        _state["script"].xworker.terminate()
        _state["script"].remove()
        _state["script"] = None


async def call(function, *buffers, **arguments):
    """Call an exported function of the worker: a list of its answer (a dict) and any typed arrays.

    Raises Problem with the learner's sentence when the worker refuses.
    """
    if not ready():
        raise Problem(_("Python is not ready yet. Please wait a moment."))
    return await _call(function, *buffers, **arguments)


async def _call(function, *buffers, **arguments):
    try:
        reply = await getattr(_state["worker"], function)(json.dumps(arguments), *buffers)
    except Exception as error:
        details = str(error.args[2]) if len(error.args) > 2 else repr(error)
        raise Problem(_(UNEXPECTED), details) from error
    answer = json.loads(reply[0])
    if "refused" in answer:
        raise Refused(_(answer["refused"], **answer["values"]), answer["details"])
    return [answer] + [reply[i] for i in range(1, reply.length)]


async def _or_problem(awaitable):
    """Wait, but not for ever: a failed file or a long silence ends the wait."""
    done = {}

    async def wait():
        try:
            done["value"] = await awaitable
        except Exception as error:
            done["error"] = error

    asyncio.create_task(wait())
    while not done:
        _watch_silence()
        await asyncio.sleep(0.02)
    if "error" in done:
        _watch_silence()
        error = done["error"]
        if isinstance(error, Problem):
            raise error
        raise Problem(_("Python could not start."), " ".join(str(a) for a in error.args))
    return done["value"]


def _watch_silence():
    if _state["failed"]:
        file, why = _state["failed"]
        raise Problem(_(MISSING, file=file), why)
    if js.Date.now() - _state["last_sign"] > SILENCE * 1000:
        raise Problem(_("Python has not answered for {seconds} seconds. Please try again.", seconds=SILENCE))


def _sign_of_life():
    _state["last_sign"] = js.Date.now()


def _on_message(event):
    message = getattr(event.data, "kobai", None)
    if message is None:
        return
    _sign_of_life()
    failed = getattr(message, "failed", None)
    if failed:
        if not ready():
            _state["failed"] = (failed, message.why)
    else:
        _tell("file", message.file, message.bytes, getattr(message, "done", False))


def _on_worker_error(event):
    if not ready() and not _state["failed"]:
        details = getattr(event, "message", None) or str(getattr(event, "error", ""))
        _state["failed"] = (SOURCE, str(details))


def _on_progress(text, *buffers):
    _sign_of_life()
    message = json.loads(text)
    _tell(message["kind"], message, *buffers)
