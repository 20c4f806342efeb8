"""The buttons that step through a recording, the slider over all of it, and playing it."""

import asyncio

from panels.trace.steps import Steps
from pyscript import window
from ui.dom import by_id, enable, on, on_click, whole
from ui.i18n import N_, _
from ui.state import State

PAUSE, PLAY = N_("Pause the trace"), N_("Play")
WAYS = ("back", "forward", "over", "into", "out")  # methods of Steps, and ids of buttons
WHY_NOT = {
    "back": N_("This is the beginning."),
    "forward": N_("This is the end."),
    "over": N_("This is the end."),
    "into": N_("This line calls nothing that is recorded."),
    "out": N_("This is the outermost function."),
}
KEYS = {"ArrowUp": "back", "ArrowDown": "forward", "ArrowRight": "into", "ArrowLeft": "out", " ": "over"}


class _Now(State):
    def __init__(self):
        self.steps = None
        self.at = 0
        self.go = None
        self.playing = None


_now = _Now()  # playing: an object of its own for each play


def start(go, to_line):
    """go: called with the moment to show; to_line: with the number of a line to go to."""
    _now.go = go
    for way in WAYS:
        on(by_id("trace-" + way), "click", lambda event, way=way: _step(way))
    on_click("trace-play", _play_or_pause)
    on(by_id("trace-at"), "input", lambda event: _to(int(by_id("trace-at").value)))
    on(by_id("trace-source"), "keydown", _on_key)
    on(by_id("trace-line"), "change", lambda event: _on_line(to_line))


def load(recording):
    """Take up a recording: its moments and their depths."""
    places = [(source, recording["line"][at]) for at, source in enumerate(recording["source"])]
    _now.steps = Steps(recording["depth"], places)
    by_id("trace-at").max = str(_now.steps.last())


def steps():
    """The Steps of the present recording."""
    return _now.steps


def playing():
    """Whether it goes from moment to moment by itself."""
    return _now.playing is not None


def show(at):
    """Where one is, and which ways lead on from here."""
    _now.at = at
    slider = by_id("trace-at")
    slider.value = str(at)
    slider.setAttribute("aria-valuetext", _where())
    by_id("trace-where").textContent = _where()
    for way in WAYS:
        possible = getattr(_now.steps, way)(at) is not None
        enable("trace-" + way, possible, _(WHY_NOT[way]))


def _where():
    return _("{at} of {all}", at=_now.at + 1, all=_now.steps.last() + 1)


def texts():
    """The name of the button that plays and pauses."""
    button = by_id("trace-play")
    button.textContent = _("Pause") if playing() else _(PLAY)
    button.setAttribute("aria-label", window.kobai.name(PAUSE if playing() else PLAY))


def _step(way):
    pause()
    _now.go(getattr(_now.steps, way)(_now.at))


def _to(at):
    pause()
    _now.go(at)


def _on_key(event):
    last = _now.steps.last()
    if event.key in ("Home", "End"):
        event.preventDefault()
        _to(0 if event.key == "Home" else last)
    elif event.key in KEYS:
        event.preventDefault()
        _step(KEYS[event.key])


def _on_line(to_line):
    field = by_id("trace-line")
    if field.value and field.checkValidity():
        pause()
        to_line(whole(field))
    field.value = ""


async def _play_or_pause():
    if playing():
        pause()
        return
    if _now.at == _now.steps.last():
        _now.go(0)
    mine = _now.playing = object()
    texts()
    while _now.playing is mine:
        await asyncio.sleep(int(by_id("trace-speed").value) / 1000)
        after = _now.steps.forward(_now.at)
        if after is None:
            pause()
        elif _now.playing is mine:
            _now.go(after)


def pause():
    """Stay at the present moment."""
    _now.playing = None
    texts()
