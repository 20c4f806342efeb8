"""Training: the buttons, and what the worker reports."""

import asyncio

import networks
from panels.look import answer
from panels.run import charts, figure, figures, own_tab, settings
from pyscript import document, window
from ui.dom import adrift, by_id, enable, on, on_click, spawn, whole
from ui.i18n import N_, _, date, on_language
from ui.problems import Problem, tell
from ui.state import State
from worker_link import training_images, worker

PRIMARY = ("train", "pause", "continue")  # buttons of which one is to be seen at a time
PACE = "kobai-pace"  # in localStorage: iterations a second
NONE, RUNNING, PAUSED, FINISHED, DIVERGED = "none", "running", "paused", "finished", "diverged"


class _Now(State):
    def __init__(self):
        self.phase = NONE
        self.busy = False
        self.status = None
        self.settings = None
        self.why = ""
        self.back = None
        self.refocus = False  # the button that had the focus has gone: the one in its place gets it


_now = _Now()
STATES = {
    NONE: "",
    RUNNING: N_("The network is learning."),
    PAUSED: N_("Paused. Continue whenever you like."),
    DIVERGED: N_("The training diverged. Reset, and try a smaller learning rate."),
    FINISHED: N_("All iterations are done. Raise their number to continue, or reset to start anew."),
}

LOST = N_(
    "The training was not kept, for it had just begun or this browser keeps nothing. Its settings are still "
    "filled in: “Train” gives the same numbers again."
)


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("train", _train)
    on_click("pause", _pause)
    on_click("continue", _continue)
    on_click("step", _step)
    on_click("reset", _reset)
    on(by_id("iterations"), "input", lambda event: _iterations_changed())
    by_id("pace").value = window.kobai.recall(PACE) or "0"
    if not by_id("pace").value:  # what was kept is none of the choices
        by_id("pace").value = "0"
    on(by_id("pace"), "change", lambda event: spawn(_set_pace()))
    on(by_id("code-fold"), "toggle", lambda event: spawn(_show_code()))
    worker.on("training", _on_progress)
    on(document, "visibilitychange", lambda event: _may_end())  # a phone ends a hidden page without a word
    on(document.defaultView, "pagehide", lambda event: _may_end())
    on_language(_show)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _show()


async def _show_code():
    """The source as the worker has it, asked for when it is first wanted."""
    code = document.querySelector("#code code")
    if by_id("code-fold").open and not code.textContent:
        code.textContent = (await worker.call("network_code"))[0]["code"]


def _may_end():
    if worker.ready() and _now.phase != NONE:
        spawn(worker.call("keep_now"))


async def bring_back(run, take_over=False, shown=False):
    """Put a kept training on the page, to be continued, and return whether that worked.

    If not, the page says why, and nothing has changed.

    take_over: from another tab. shown: its network is the one in use from now on.
    """
    try:
        await _busy(_restore, run, take_over)
        if shown:
            await networks.use("trained")
        return True
    except Problem as problem:
        problem.sentence = _(
            "The training that is kept in this browser could not be brought back. {reason} It is left as "
            "it is.",
            reason=problem.sentence,
        )
        problem.retry = lambda: spawn(bring_back(run, take_over, shown))
        tell(problem)
        return False


async def _restore(run, take_over):
    reply = await training_images.call("restore", run=run, take_over=take_over)
    status = reply[0]
    _now.settings = status["settings"]
    settings.write(status["settings"])
    charts.clear(status["settings"]["iterations"])
    charts.append(reply[1])
    charts.append_accuracies(status["accuracies"])
    charts.draw()
    _now.phase = FINISHED if status["finished"] else PAUSED
    _now.back = status["saved"]
    _put(status)
    figure.possible(charts.count() > 0)
    await networks.reread()


def nothing_kept(why=None):
    """Show a page without a training, after a start of Python that brought none back.

    why: a Problem, which is shown. If there was a training on the page, the page says that it is lost.
    """
    was_there = _now.phase != NONE
    _put(None)
    if was_there:
        _now.phase = NONE
        charts.clear(whole(by_id("iterations")))
        figure.possible(False)
    if why or was_there:
        tell(why or Problem(_(LOST)))


def _put(status):
    """What the worker says of the training on the page; None for none."""
    _now.status = status
    own_tab.remember(status["run"] if status else "")


async def _begin(values):
    """Make a new run from the settings."""
    reply = (await training_images.call("begin", settings=values))[0]
    _now.settings = values
    _put(reply["status"])
    charts.clear(values["iterations"])
    networks.took(reply["network"])
    _show_answer(reply)


def _train():
    async def anew(values):
        await _begin(values)
        await _run()

    return _with_settings(anew)


def _continue():
    async def further(values):
        await worker.call("extend", iterations=values["iterations"])
        _now.settings["iterations"] = values["iterations"]
        charts.expect(values["iterations"])
        await _use_trained()
        await _run()

    return _with_settings(further)


async def _run():
    _now.phase = RUNNING
    _show()
    try:
        _after((await worker.call("train", pace=int(by_id("pace").value)))[0])
    except Exception:
        _now.phase = PAUSED
        raise


async def _pause():
    await worker.call("pause")


async def _set_pace():
    window.kobai.remember(PACE, by_id("pace").value)
    if _now.phase == RUNNING:
        await worker.call("set_pace", pace=int(by_id("pace").value))


def _step():
    async def one(values):
        if _now.phase == NONE:
            await _begin(values)
        else:
            await _use_trained()
        _after((await worker.call("step"))[0])

    return _with_settings(one)


def _with_settings(action):
    """The action with the settings, unless one is out of range: then its field says so."""
    values = settings.read()  # before the fields are locked: a locked one cannot take the focus
    return None if values is None else _busy(action, values)


def _after(status):
    _put(status)
    _now.phase = FINISHED if status["finished"] else PAUSED
    if status.get("diverged"):
        _now.phase = DIVERGED
        tell(Problem(_(status["diverged"], **status["values"])))
    networks.trained(status)
    spawn(networks.changed())


def _reset():
    async def reset():
        await worker.call("reset")
        _now.phase = NONE
        _put(None)
        charts.clear((settings.read() or {"iterations": 1})["iterations"])
        figure.possible(False)
        await networks.reread()

    return _busy(reset)


async def come_to_rest():
    """Pause a running training and wait until it stands; False when the browser refused to keep it."""
    while _now.busy:
        if _now.phase == RUNNING:
            await _pause()
        await asyncio.sleep(0.02)
    return not _now.status or not _now.status["not_kept"]


async def prepare(values):
    """Put settings into the panel, the book's where `values` names none, and lead the learner to Train.

    A run in progress is paused and reset first; its network stays on the shelf.
    """
    await come_to_rest()
    if _now.phase != NONE:
        await _reset()
    settings.write_the_books()
    settings.write(values)
    charts.clear(whole(by_id("iterations")))
    window.kobai.go("#train")
    by_id("settings-fold").open = True
    by_id("train").focus()
    by_id("run-why").textContent = by_id("run-spoken").textContent = _(
        "The settings are filled in. Press “Train”."
    )


def _busy(action, *arguments):
    """The coroutine of an action: one at a time, a double click does nothing twice."""
    if _now.busy:
        return _nothing()
    _now.busy, _now.back = True, None
    _show()
    return _until_done(action, arguments)


async def _nothing():
    pass


async def _until_done(action, arguments):
    try:
        await action(*arguments)
    finally:
        _now.busy = False
        _show()


def _on_progress(message, losses):
    charts.append(losses)
    charts.append_accuracies(message["accuracies"])
    charts.draw()
    was_kept = not _now.status or not _now.status["not_kept"]
    _put(message)
    if message["images_done"]:  # a long step can be paused, as a run can
        _now.phase = RUNNING
    if message["images_done"] or was_kept != (not message["not_kept"]):
        _show()
    _show_answer(message)
    networks.trained(message)
    figure.possible(True)
    _figures()


def _show_answer(message):
    """What the network that learns says of the chosen image, if it is the one in use."""
    if message["probabilities"] and message["index"] == answer.index():
        answer.update(message["probabilities"])


async def _use_trained():
    if networks.current() != "trained":
        await networks.use("trained")


def _iterations_changed():
    if _now.phase == FINISHED and by_id("iterations").validity.valid:
        _show()


def _can_continue():
    if _now.phase == PAUSED:
        return True
    field = by_id("iterations")
    return _now.phase == FINISHED and field.validity.valid and whole(field) > _now.status["iteration"]


def _show():
    phase, busy, ready = _now.phase, _now.busy, worker.ready()
    loading_why = worker.why()
    if document.activeElement.id in PRIMARY:
        _now.refocus = True
    by_id("train").hidden = phase != NONE
    by_id("pause").hidden = phase != RUNNING
    by_id("continue").hidden = phase not in (PAUSED, FINISHED, DIVERGED)
    enable("train", ready and not busy and phase == NONE, loading_why)
    enable("pause", phase == RUNNING, "")
    enable(
        "continue", ready and not busy and _can_continue(), _(STATES[phase]) if STATES[phase] else loading_why
    )
    done = phase in (FINISHED, DIVERGED) and not _can_continue()
    enable("step", ready and not busy and not done, loading_why if not ready else _(STATES[phase] or ""))
    enable(
        "reset",
        ready and not busy and phase != NONE,
        loading_why if not ready else _("There is nothing to reset yet."),
    )
    settings.lock(phase != NONE or busy)
    _keep_focus()
    why = loading_why if not ready else (_(STATES[phase]) if STATES[phase] else "")
    if _now.back:
        back = _("The training of {date} is back.", date=date(_now.back))
        why = back + " " + why
    if _now.status and _now.status["not_kept"]:
        not_kept = _now.status["not_kept"]
        why += " " + _(not_kept["refused"], **not_kept["values"])
    if _now.why != why:
        _now.why = by_id("run-spoken").textContent = why
    by_id("run-why").textContent = why + figures.of_slow_gradient(
        _now.status, _now.settings, phase == RUNNING
    )
    by_id("run-next").hidden = phase != FINISHED
    _figures()


def _keep_focus():
    """From Train to Pause to Continue, so that the Space key goes on doing what is to be done next."""
    if not _now.refocus:
        return
    if not adrift():
        _now.refocus = document.activeElement.id in PRIMARY
        return
    for name in PRIMARY:
        button = by_id(name)
        if not button.hidden and not button.disabled:
            button.focus()
            return


def _figures():
    figures.show(_now.status, _now.settings, _now.phase == RUNNING)
