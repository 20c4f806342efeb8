"""The panel "Works offline": what is kept in this browser, with its size; keeping more, removing it."""

import asyncio

import js
from panels.offline import service_worker, update
from pyscript import window
from ui.dom import by_id, enable, on_click, spawn
from ui.i18n import N_, _, on_language
from ui.state import State
from worker_link import worker

GROUPS = ("core", "training", "figure")
WHY = {
    "network": N_("A file could not be fetched. Check the connection, then press “Keep for offline” again."),
    "wrong": N_(
        "The server lacks a file of this version, or has another in its place, so it was not kept. Often a "
        "new version is just being put out: please try again in a few minutes."
    ),
    "portal": N_(
        "Instead of a file a web page came, probably the login page of this network, and it was not kept. "
        "Log in to the network, then press “Keep for offline” again."
    ),
    "full": N_(
        "The browser has no room left for this page, so not everything is kept. Free some space, then press "
        "“Keep for offline” again; until then the page works on with a network."
    ),
    "stopped": N_("Stopped. What has arrived is kept."),
}
STATES = {
    "waiting": N_("It begins by itself once Python is ready and the page is idle."),
    "fetching": N_("Fetching for offline use: {done} of {all} MB."),
    "kept": N_("This page now works without a network."),
    "all": N_("This page now works without a network, with everything it can do."),
    "damaged": N_("Some files are missing: press “Keep for offline” to fetch them."),
    "removed": N_("The offline copy is removed. The page now needs a network again."),
    "refused": N_(
        "This browser keeps no offline copy here: it takes https, and some browsers refuse it in private "
        "windows. Everything else works."
    ),
}
LARGE = {"data/train-images": "training", "pyodide/matplotlib-": "figure"}  # how a file begins -> its group
AWAKE = 15  # seconds between two signs to the worker: browsers stop one that hears nothing for half a minute
SILENCE = 60  # seconds without progress after which fetching counts as failed

_used = []  # groups that were loaded in this visit and are still to be kept


class _Now(State):
    def __init__(self):
        self.state = "waiting"
        self.groups = None
        self.why = ""  # of a failure
        self.details = ""
        self.done = 0
        self.all = 0
        self.sign = 0.0  # when fetching last went on
        self.stopped = False  # Stop was pressed since the last Keep
        self.asked = False  # the learner has pressed a button: what comes of it is spoken
        self.spoken = ""
        self.persist = None  # whether the browser promised not to remove the copy
        self.healed = False  # what lacked of the core was asked for in this visit
        self.behind = False  # a newer version could not be fetched


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    update.start()
    on_click("offline-keep", _keep)
    on_click("offline-stop", _stop)
    on_click("offline-remove", _remove)
    worker.on("file", _on_file)
    service_worker.on("state", _on_state)
    service_worker.on("progress", _on_progress)
    service_worker.on("failed", _on_failed)
    service_worker.on("removed", lambda message: _become("removed", groups=None))
    service_worker.on("refused", lambda message: _become("refused", details=message["details"]))
    if not service_worker.wanted():
        _now.state = "removed"
    on_language(_show)


def worker_is_ready():
    """Python runs: from now on the page has time to keep itself."""
    if _now.state == "waiting":
        service_worker.start_when_idle()
    _show()


def _on_file(file, count, done):
    """Large data has been loaded: the learner will want it again."""
    for beginning, group in LARGE.items():
        if done and file.startswith(beginning):
            _used.append(group)
            _keep_used()


def _keep_used():
    groups = _now.groups
    if groups and _used:
        lacking = [name for name in _used if groups[name]["kept"] < groups[name]["bytes"]]
        _used.clear()
        if lacking:
            service_worker.say("keep", groups=lacking)


def _become(state, **more):
    enters = state == "fetching" and _now.state != "fetching"
    _now.state = state
    _now.why = _now.details = ""
    _now.set(**more)
    _show()
    if enters:
        spawn(_attend())


async def _attend():
    """While files are fetched, keep the worker awake, and notice when nothing comes any more."""
    _now.sign = js.Date.now()
    while _now.state == "fetching":
        service_worker.say("awake")
        await asyncio.sleep(AWAKE)
        if _now.state == "fetching" and js.Date.now() - _now.sign > SILENCE * 1000:
            service_worker.say("stop")
            _become("failed", why="network")


def _on_state(message):
    if message["arriving"]:
        return
    groups = message["groups"]
    if _now.state == "failed":  # an answer that comes late: what was said of the failure stays
        _now.groups = groups
        _show()
        return
    lacking = [name for name in GROUPS if groups[name]["kept"] < groups[name]["bytes"]]
    if "core" in lacking:
        _become("damaged", groups=groups)
        if not _now.healed:
            _now.healed = True  # once a visit; then the learner decides
            service_worker.say("keep", groups=["core"])
    else:
        _become("kept" if lacking else "all", groups=groups)
    _keep_used()


def _on_progress(message):
    if not message["arriving"]:
        _become("fetching", done=message["done"], all=message["all"], sign=js.Date.now())


def _on_failed(message):
    if message["arriving"]:
        _now.behind = True
        _now.details = message["details"]
        _show()
    else:
        _become("failed", why=message["why"], details=message["details"])


async def _keep():
    _now.asked, _now.stopped = True, False
    service_worker.want(True)
    _become("fetching", done=0, all=0)
    spawn(_ask_to_persist())
    await service_worker.register()
    if _now.state != "refused":
        await service_worker.in_use()
        service_worker.say("keep", groups=GROUPS)
        if _now.stopped:  # before it could begin: what the worker says of it comes last
            service_worker.say("stop")


async def _ask_to_persist():
    """A browser short of room then leaves the copy alone; some ask the learner first."""
    storage = getattr(window.navigator, "storage", None)
    if storage and getattr(storage, "persist", None):
        _now.persist = await storage.persist()
        _show()


async def _stop():
    _now.stopped = True
    service_worker.say("stop")


async def _remove():
    _now.asked = True
    await service_worker.remove()
    _become("removed", groups=None)


def megabytes(count):
    """Bytes as MB (10**6 bytes) with one decimal."""
    return f"{count / 1e6:.1f}"


def _show():
    state, groups = _now.state, _now.groups
    for name in GROUPS:
        part = groups and groups[name]
        by_id(f"offline-{name}-size").textContent = megabytes(part["bytes"]) + " MB" if part else "–"
        by_id(f"offline-{name}-kept").textContent = _kept(part) if part else "–"
    fetching = state == "fetching"
    said = _sentence()
    by_id("offline-said").textContent = said
    _speak(said, int(10 * _now.done / _now.all) if fetching and _now.all else -1)
    by_id("offline-bar").hidden = not fetching
    by_id("offline-bar").value = _now.done / _now.all if _now.all else 0
    by_id("offline-keep").hidden = fetching
    by_id("offline-stop").hidden = not fetching
    may_keep = state in ("kept", "damaged", "failed", "removed")
    why = _(STATES[state]) if state in ("waiting", "all", "refused") else ""
    enable("offline-keep", may_keep, why)
    enable("offline-remove", bool(groups) and not fetching, _("There is no offline copy."))
    by_id("offline-fold").hidden = not _now.details
    by_id("offline-details").textContent = _now.details
    version = _("Version {version}", version=service_worker.version()[:8])
    if _now.behind:
        version += " " + _(
            "A newer version could not be fetched whole, so this one stays; the next visit tries again."
        )
    by_id("offline-version").textContent = version


def _speak(said, tenth):
    """A screen reader hears what the learner asked for: each change, and while fetching every tenth."""
    now = said if tenth < 0 else tenth
    if _now.asked and _now.spoken != now:
        _now.spoken = now
        by_id("offline-spoken").textContent = said


def _sentence():
    state = _now.state
    if state == "failed":
        return _(WHY[_now.why])
    if state == "fetching":
        return _(STATES[state], done=megabytes(_now.done), all=megabytes(_now.all))
    said = _(STATES[state])
    if state == "kept":
        lacking = sum(part["bytes"] - part["kept"] for part in _now.groups.values())
        said += " " + _("For all of it {size} MB more are to be kept.", size=megabytes(lacking))
    if state in ("kept", "all") and _now.persist is False:
        said += " " + _("The browser may remove it if it runs short of room.")
    return said


def _kept(part):
    if part["kept"] >= part["bytes"]:
        return _("kept")
    if part["kept"] == 0:
        return _("not yet")
    return _("{done} of {all} MB", done=megabytes(part["kept"]), all=megabytes(part["bytes"]))
