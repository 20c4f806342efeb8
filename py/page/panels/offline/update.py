"""The notice that a new version is ready; it is applied when the learner says so, and not before."""

from panels.offline import service_worker
from panels.run import run
from pyscript import window
from ui.dom import by_id, on_click
from ui.i18n import N_, _, on_language
from ui.state import State

READY = N_(
    "A new version of Kobai is ready. Updating reloads the page; your training and your networks are kept."
)
UNKEPT = N_(
    "This browser keeps nothing across a reload: save your network to a file first, then press “Update now” "
    "again."
)


class _Now(State):
    def __init__(self):
        self.sentence = ""
        self.warned = False


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("update-now", _update)
    on_click("update-later", _later)
    service_worker.on("waiting", lambda message: _notice(READY))
    service_worker.on("state", _on_state)
    on_language(_show)


def _on_state(message):
    # another tab has let it in; this one stays what it is
    if message["version"] != service_worker.version() and not message["arriving"]:
        _notice(READY)


def _notice(sentence):
    _now.sentence = sentence
    _show()


def _show():
    sentence = _now.sentence and _(_now.sentence)
    by_id("update-sentence").textContent = sentence
    by_id("update-spoken").textContent = sentence
    by_id("update").hidden = not sentence


async def _later():
    _notice("")


async def _update():
    kept = await run.come_to_rest()
    if not kept and not _now.warned:
        _now.warned = True
        _notice(UNKEPT)
        return
    await service_worker.let_waiting_in()
    window.location.reload()
