"""The worker with CPython and NumPy: starting it, calling it, noticing when it is gone."""

import asyncio
import json

import js
import protocol
from pyscript import document, ffi, window, workers
from ui.i18n import N_, _, say_again
from ui.problems import UNEXPECTED, Problem, Refused, tell
from ui.state import State
from worker_link import doors, liveness

SOURCE = "py/worker/main.py"
SILENCE = 60  # seconds without a sign of life before the page says so

MISSING = N_(
    "Python could not start: the file {file} could not be loaded. Check the connection, then try again."
)
UNFIT = N_(
    "Python could not start: a part of it came damaged or incomplete. Check the connection, then try again."
)
GONE = N_(
    "Python has stopped: the browser ended it, perhaps because memory ran short. What this browser keeps is "
    "still there. Close what you do not need, then start Python again."
)
BROKEN = N_(
    "Python has stopped after an error of its own. What this browser keeps is still there: "
    "start Python again."
)
SILENT = N_(
    "Python has not answered for {seconds} seconds. If you do not want to wait any longer, start Python "
    "again: what this browser keeps stays."
)
AGAIN = N_("Start Python again")

STARTING, READY, STOPPED = "starting", "ready", "stopped"

OWN_KINDS = {
    "gone": "without a message: the worker has come to an end",
    "file": "a file of its start, and how many bytes of it are there",
    "again": "a file of its start is asked for again",
}
_listeners = {}
_pending = []  # tasks that wait for an answer of the worker


class _State(State):
    def __init__(self):
        self.round = 0
        self.script = None
        self.worker = None
        self.phase = STARTING
        self.again = None
        self.failed = None  # (file, kind, why) of a start
        self.ended = False
        self.heard = False
        self.word = ("", "")  # why it ended
        self.notice = None  # the Problem that told of it


_state = _State()


def on(kind, listener):
    """Call listener(message, *buffers) for each message of this kind from the worker.

    Kinds are those of protocol.PROGRESS and of OWN_KINDS.
    """
    assert kind in protocol.PROGRESS or kind in OWN_KINDS, kind
    _listeners.setdefault(kind, []).append(listener)


def _tell(kind, *message):
    for listener in _listeners.get(kind, []):
        listener(*message)


def ready():
    """Whether Python can be called."""
    return _state.phase == READY


def why():
    """Why what needs Python cannot be used now."""
    if _state.phase == STOPPED:
        return _("Python is not running: start it again at the top of the page.")
    return _("Python is still loading.")


def heard():
    """Whether the last worker has said anything; if not, what should have started it is damaged."""
    return _state.heard


def stopped():
    """Whether Python has come to an end, and was not started again."""
    return _state.phase == STOPPED


def lacking(file, kind, why_):
    """The sentence for a file of the start that is not there, or of no use; its kind is boot.js's.

    A folder stands for one of its files: which one is not known.
    """
    named = window.kobai.faultSentence(file, kind, why_)
    return named or (_(UNFIT) if file.endswith("/") else _(MISSING, file=file))


async def start(again):
    """Start a fresh worker; returns what its init() says. Raises Problem when it cannot start.

    again: called when the learner wants Python back after it has stopped.
    """
    _state.round += 1
    name = f"worker-{_state.round}"
    _state.set(phase=STARTING, failed=None, ended=False, heard=False, again=again)
    if _state.round > 1:
        say_again()  # no longer "stopped"
    liveness.sign_of_life()
    response = await _or_problem(window.fetch(SOURCE))  # PyScript waits for ever when it is missing
    if not response.ok:
        why_ = f"{response.status} {response.statusText}"
        raise Problem(lacking(SOURCE, window.kobai.faultOf(SOURCE), why_), why_)
    script = document.createElement("script")
    script.type = "py"
    script.src = SOURCE
    script.setAttribute("worker", "")
    script.setAttribute("name", name)
    document.body.append(script)
    _state.script = script
    while getattr(script, "xworker", None) is None:
        await asyncio.sleep(0.005)
        _watch_start()
    doors.close(script.xworker)
    this = _state.round
    script.xworker.addEventListener("message", ffi.create_proxy(lambda event: _on_message(event, this)))
    script.xworker.addEventListener("error", ffi.create_proxy(_on_worker_error))
    worker = await _or_problem(workers[name])
    worker.on_progress = ffi.create_proxy(_on_progress)
    _state.worker = worker
    answer = (await _or_problem(_call("init", base=js.URL.new("./", document.baseURI).href)))[0]
    _state.phase = READY
    return answer


def stop(notice=None):
    """End the worker at once, whatever it is doing; what waits for an answer of it ends with a Problem.

    notice: the Problem by which the learner was told, and is again when something asks for Python.
    """
    was = _state.phase
    _state.phase, _state.notice = STOPPED, notice
    script, _state.script = _state.script, None
    if script is not None:
        if getattr(script, "xworker", None) is not None:
            script.xworker.terminate()
        script.remove()
    for task in list(_pending):
        task.cancel()
    if was == READY:
        _tell("gone")
    say_again()


def need():
    """Raise a Problem when Python cannot be called now; where it has ended, the one that said so."""
    if stopped():
        raise _state.notice or Problem(_("Python is not running."), "", begin_again, AGAIN)
    if not ready():
        raise Problem(_("Python is not ready yet. Please wait a moment."))


async def call(function, *buffers, **arguments):
    """Call an exported function of the worker: a list of its answer (a dict) and any typed arrays.

    Raises Problem with the learner's sentence when the worker refuses, or comes to its end before it answers.
    """
    need()
    if not _pending:
        liveness.sign_of_life()
        asyncio.create_task(_wait_with_patience())
    return await _call(function, *buffers, **arguments)


async def cancel(job):
    """Let a job of protocol.JOBS end early: its call is answered soon after."""
    await call("cancel", job=job)


async def _call(function, *buffers, **arguments):
    reply, failure, task = None, None, asyncio.current_task()
    _pending.append(task)
    try:
        reply = await getattr(_state.worker, function)(json.dumps(arguments), *buffers)
    except asyncio.CancelledError:
        pass  # by stop()
    except Exception as error:  # raised below: MicroPython complains of exceptions within another
        failure = str(error.args[2]) if len(error.args) > 2 else repr(error)
    finally:
        _pending.remove(task)
    if failure is not None:
        raise Problem(_(UNEXPECTED), failure)
    if reply is None:
        raise Problem(*_state.word, begin_again, AGAIN)
    liveness.sign_of_life()
    answer = json.loads(reply[0])
    if "refused" in answer:
        raise Refused(_(answer["refused"], **answer["values"]), answer["details"])
    return [answer] + [reply[i] for i in range(1, reply.length)]


def _has_ended(sentence, details=""):
    """End the worker, if it runs. All calls on their way end with a Problem, which is shown."""
    if stopped():
        return
    _state.ended, _state.word = True, (sentence, details)
    if ready():
        notice = Problem(sentence, details, begin_again, AGAIN)
        stop(notice)
        tell(notice)


async def _wait_with_patience():
    """While calls are on their way: after a long silence the learner may wait on or start Python anew."""
    told = False
    while _pending and ready():
        await asyncio.sleep(0.25)
        silent = liveness.silence() > SILENCE
        if silent and not told:
            tell(Problem(_(SILENT, seconds=SILENCE), "", begin_again, AGAIN))
        told = silent


def begin_again():
    """The learner wants another worker: end this one, if it still runs, without a word."""
    if not stopped():
        _state.word = ("", "")
        stop()
    _state.again()


async def _or_problem(awaitable):
    """Wait, but not for ever: a failed file, the end of the worker or a long silence ends the wait."""
    done = {}

    async def wait():
        try:
            done["value"] = await awaitable
        except Exception as error:
            done["error"] = error

    asyncio.create_task(wait())
    while not done:
        _watch_start()
        await asyncio.sleep(0.02)
    if "error" in done:
        _watch_start()
        error = done["error"]
        if isinstance(error, Problem):
            raise error
        raise Problem(_(UNFIT), " ".join(str(a) for a in error.args))
    return done["value"]


def _watch_start():
    if _state.failed:
        file, kind, why_ = _state.failed
        raise Problem(lacking(file, kind, why_), why_)
    if _state.ended:
        raise Problem(*_state.word, begin_again, AGAIN)
    if liveness.silence() > SILENCE:
        raise Problem(_("Python has not answered for {seconds} seconds. Please try again.", seconds=SILENCE))


def _on_message(event, this):
    """this: the round of the worker that sends it; one that was ended may have the last word."""
    message = getattr(event.data, "kobai", None)
    if message is None or this != _state.round:
        return
    _state.heard = True
    liveness.sign_of_life()
    lock, failed, broken = (getattr(message, kind, None) for kind in ("lock", "failed", "broken"))
    if lock:
        liveness.watch(lock, lambda: _has_ended(_(GONE)) if _state.round == this else None)
    elif broken:
        _has_ended(_(BROKEN), broken)
    elif failed:
        if not ready() and not _state.failed:  # what fails later is a consequence
            _state.failed = (failed, message.kind, message.why)
    elif getattr(message, "again", None):
        _tell("again", message.again, message.tried, message.tries)
    else:
        _tell("file", message.file, message.bytes, getattr(message, "done", False))


def _on_worker_error(event):
    if not ready() and not _state.failed:
        details = getattr(event, "message", None) or str(getattr(event, "error", ""))
        _state.failed = (SOURCE, "lost", str(details))


def _on_progress(text, *buffers):
    liveness.sign_of_life()
    message = json.loads(text)
    _tell(message["kind"], message, *buffers)
