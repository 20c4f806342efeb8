"""The service worker, which keeps the page for use without a network: registering it, and the talk with it.

What is said is JSON text; what it may be is in web/service-worker.js.
"""

import asyncio
import json

import js
from pyscript import document, ffi, window
from ui.state import State

WORKER = "service-worker.js"
CHOICE = "kobai-offline"  # in localStorage: whether the learner removed the offline copy
IDLE = 5000  # ms after which it begins even if the page is never idle

_listeners = {}


class _Now(State):
    def __init__(self):
        self.registration = None
        self.heard = False


_now = _Now()


def version():
    """The version that this page was loaded with."""
    return document.querySelector('meta[name="kobai-version"]').content


def on(kind, listener):
    """Call listener(message) for each message of this kind.

    From the worker: state, progress, failed, removed; from here: waiting (a new version), refused.
    """
    _listeners.setdefault(kind, []).append(listener)


def _tell(kind, message):
    for listener in _listeners.get(kind, []):
        listener(message)


def wanted():
    """Whether the learner wants an offline copy: yes, until it was removed."""
    return window.kobai.recall(CHOICE) != "removed"


def want(yes):
    """Remember whether the learner wants an offline copy."""
    window.kobai.remember(CHOICE, "wanted" if yes else "removed")


def start_when_idle():
    """Register once the page has nothing better to do, if the learner has not removed the copy."""
    if not wanted():
        return
    begin = ffi.create_proxy(lambda *_deadline: asyncio.create_task(register()))
    if getattr(window, "requestIdleCallback", None):
        window.requestIdleCallback(begin, ffi.to_js({"timeout": IDLE}))
    else:
        window.setTimeout(begin, IDLE)


async def register():
    """Register the worker: it fetches the core and says so. Tells "refused" where there can be none."""
    container = getattr(js.navigator, "serviceWorker", None)
    if container is None:
        _tell("refused", {"details": ""})
        return
    if not _now.heard:
        _now.heard = True
        container.addEventListener("message", ffi.create_proxy(_on_message))
        container.addEventListener("controllerchange", ffi.create_proxy(lambda event: _greet()))
    try:
        registration = await container.register(WORKER)
    except Exception as error:
        _tell("refused", {"details": " ".join(str(a) for a in error.args)})
        return
    if registration is None:  # a browser's add-on may do nothing at all
        _tell("refused", {"details": ""})
        return
    if _now.registration is None:
        registration.addEventListener("updatefound", ffi.create_proxy(lambda event: _on_update()))
    _now.registration = registration
    _on_update()
    asyncio.create_task(_greet_when_active())


async def _greet_when_active():
    await js.navigator.serviceWorker.ready  # never, when its files cannot be fetched: "failed" is told then
    _greet()


async def in_use():
    """Wait until the worker can be spoken to; at the latest until its first fetching has failed."""
    registration = _now.registration
    while not registration.active and (registration.installing or registration.waiting):
        await asyncio.sleep(0.1)


def say(kind, **message):
    """Say something to the worker in use; False when there is none yet."""
    registration = _now.registration
    worker = registration and registration.active
    if not worker:
        return False
    message["say"] = kind
    worker.postMessage(json.dumps(message))
    return True


def _greet():
    say("hello", version=version())


def _on_message(event):
    message = json.loads(event.data)
    _tell(message["say"], message)


def _on_update():
    installing = _now.registration.installing
    if installing:
        installing.addEventListener("statechange", ffi.create_proxy(lambda event: _tell_of_waiting()))
    _tell_of_waiting()


def _tell_of_waiting():
    registration = _now.registration
    if registration.waiting and registration.active:  # the very first one, too, waits for a moment
        _tell("waiting", {})


async def let_waiting_in():
    """Let the version that waits take over; returns when it has, or when none waits."""
    registration = _now.registration
    if registration.waiting:
        registration.waiting.postMessage(json.dumps({"say": "update"}))
    while registration.waiting:
        await asyncio.sleep(0.05)


async def remove():
    """Delete the offline copy and the worker; it stays removed until the learner wants it again."""
    want(False)
    say("remove")
    await _now.registration.unregister()
