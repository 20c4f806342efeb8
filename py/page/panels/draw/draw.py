"""The learner's own digit: drawn, or a test image changed by buttons, and what the networks make of it."""

import networks
from panels.draw import drawing_pad, eraser
from panels.look import answer, gallery
from pyscript import document
from ui.dom import by_id, enable, on, on_click, spawn
from ui.i18n import _, on_language
from ui.probability_bars import Bars, in_short, say_verdict
from ui.problems import Problem
from ui.state import State
from worker_link import lazy_room, worker

MOST_UNDO = 50
TURN = 5  # degrees a press
CHANGES = {
    "shift-left": ["shift", 0, -1],
    "shift-right": ["shift", 0, 1],
    "shift-up": ["shift", -1, 0],
    "shift-down": ["shift", 1, 0],
    "turn-left": ["rotate", -TURN],
    "turn-right": ["rotate", TURN],
    "thicken": ["thicken"],
    "thin": ["thin"],
}


class _Now(State):
    def __init__(self):
        self.image = None
        self.changes = []
        self.centred = True
        self.reply = None
        self.restored = False


_now = _Now()


class _Asking(State):
    def __init__(self):
        self.busy = False
        self.again = False
        self.aloud = False


_asking = _Asking()
_before = []  # the state before each of the last actions
_bars = []


def start():
    """Connect its controls; called once, before Python runs."""
    _bars.append(Bars(document.querySelector("#draw-bars tbody")))
    for name in CHANGES:
        _on_change_button(name)
    on_click("noise", _add_noise)
    on_click("draw-take", _take)
    on_click("draw-undo", _undo)
    on_click("draw-start-over", _start_over)
    on_click("draw-clear", _clear)
    on(by_id("draw-centred"), "change", lambda event: spawn(_centre(by_id("draw-centred").checked)))
    eraser.start(_erase, _is_ink)
    gallery.on_choose(lambda index: _buttons())
    lazy_room.lazy("draw", _refresh)
    on_language(_show)


def _on_change_button(name):
    on_click(name, lambda: _act(changes=_now.changes + [CHANGES[name]]))


async def _refresh():
    """First of all what an earlier visit left, then the answers of the networks as they are now."""
    if not _now.restored:
        kept = (await worker.call("kept_digit"))[0]
        if kept:
            _put(kept)
        _now.restored = True
    await _ask()
    try:
        await drawing_pad.load(_stroke_begins, lambda: spawn(_ask()), _stroke_ends)
    except Problem as problem:  # the buttons work without it
        problem.retry = lambda: spawn(_refresh())
        raise problem


# ------------------------------------------------------------------ what there is, and changing it


def _state():
    return dict(_rest(), strokes=drawing_pad.strokes())


def _rest():
    """All but the strokes, which can be long: they travel as the text they are."""
    return {
        "image": _now.image,
        "changes": [list(change) for change in _now.changes],
        "centred": _now.centred,
    }


def _put(state):
    for name in ("image", "changes", "centred"):
        setattr(_now, name, state[name])
    drawing_pad.put(state["strokes"])


def _remember():
    """The state now, so that it can come back."""
    _before.append(_state())
    del _before[:-MOST_UNDO]


def _act(**values):
    """Change the state, show what comes of it, and keep it."""
    _change(**values)
    return _ask_and_keep()


def _change(**values):
    """The state, at once: the next press may come before any task begins. `Undo` goes back before it."""
    _remember()
    _put(dict(_state(), **values))


def _take():
    eraser.put_away()
    return _act(strokes=drawing_pad.NOTHING, image=answer.index(), changes=[])


def _clear():
    eraser.put_away()
    return _act(strokes=drawing_pad.NOTHING, image=None, changes=[])


def _start_over():
    return _act(changes=[])


def _add_noise():
    seed = sum(1 for change in _now.changes if change[0] == "noise")
    return _act(changes=_now.changes + [["noise", seed]])


def _centre(yes):
    return _act(centred=yes)


def _undo():
    if _before:
        _put(_before.pop())
    return _ask_and_keep()


def _erase(spot, more):
    changes = _now.changes
    if more and changes and changes[-1][0] == "erase":
        changes[-1] = changes[-1] + [spot]
    else:
        _change(changes=changes + [["erase", spot]])
    spawn(_ask_and_keep())


def _stroke_begins():
    _remember()
    by_id("drawing-pad-hint").hidden = True


def _stroke_ends():
    spawn(_ask_and_keep())


# ------------------------------------------------------------------ asking and showing


async def _ask_and_keep():
    _asking.aloud = True
    await _ask()
    await worker.call("keep_digit", drawing_pad.strokes(), rest=_rest())


async def _ask():
    """The answers to the present state; while one question is on its way, later ones become a single one."""
    _asking.again = True
    if _asking.busy:
        return
    _asking.busy = True
    try:
        while _asking.again:
            _asking.again = False
            call = worker.call(
                "read_digit", drawing_pad.strokes(), pen=drawing_pad.PEN, side=drawing_pad.SIDE, **_rest()
            )
            _now.reply = (await call)[0]
            _show()
        if _asking.aloud:  # not while one draws: a screen reader would never come to an end
            _asking.aloud = False
            by_id("draw-spoken").textContent = by_id("draw-verdict").textContent
    finally:
        _asking.busy = False


def _is_ink(row, column):
    return _now.reply["ink"][row * eraser.SIDE + column] == "1"


def _show():
    _buttons()
    reply = _now.reply
    if not reply:
        return
    by_id("seen").src = reply["seen"]
    by_id("seen").alt = _alt(reply)
    by_id("drawing-pad-image").hidden = reply["paper"] is None
    if reply["paper"]:
        by_id("drawing-pad-image").src = reply["paper"]["src"]
    label = reply["paper"]["label"] if reply["paper"] else None
    if reply["empty"]:
        eraser.put_away()
        _bars[0].show(None)
        by_id("draw-verdict").textContent = _("Nothing is drawn yet.")
        by_id("draw-verdict").className = "verdict"
        by_id("draw-by").textContent = by_id("draw-beside").textContent = by_id("draw-other").textContent = ""
        return
    first = reply["answers"][0]
    _bars[0].show(first["probabilities"], label)
    say_verdict(by_id("draw-verdict"), first["probabilities"], label)
    by_id("draw-by").textContent = _("Answered by: {network}", network=networks.name_of(first["network"]))
    by_id("draw-beside").textContent = " ".join(_beside(second) for second in reply["answers"][1:])
    by_id("draw-other").textContent = _other(reply["other"])


def _alt(reply):
    if reply["empty"]:
        return _("What the network sees: nothing")
    if reply["paper"]:
        if _now.changes or drawing_pad.strokes() != drawing_pad.NOTHING:
            return _("What the network sees: test image {index}, with your changes", index=_now.image)
        return _("What the network sees: test image {index}", index=_now.image)
    return _("What the network sees: your drawing")


def _beside(second):
    name = networks.name_of(second["network"])
    return _("Beside it, {network}: {answer}.", network=name, answer=in_short(second["probabilities"]))


def _other(probabilities):
    if probabilities is None:
        return _("A test image is centred and scaled already.")
    if _now.centred:
        return _("As it lies on the paper, the answer would be {answer}.", answer=in_short(probabilities))
    return _("Centred and scaled, the answer would be {answer}.", answer=in_short(probabilities))


def _buttons():
    """What can be used now, and why the rest cannot."""
    ready, reply = worker.ready(), _now.reply
    loading = worker.why()
    something = bool(reply) and not reply["empty"]
    nothing = _("Draw something first, or take a test image.") if ready else loading
    for name in list(CHANGES) + ["noise", "draw-eraser", "draw-clear"]:
        enable(name, something, nothing)
    enable("draw-undo", bool(_before), _("There is nothing to undo."))
    enable("draw-start-over", bool(_now.changes), _("Nothing has been changed."))
    enable("draw-take", ready, loading)
    by_id("draw-take").textContent = _("Take test image {index}", index=answer.index())
    centred = by_id("draw-centred")
    centred.checked = _now.centred
    enable("draw-centred", ready and _now.image is None, _("A test image is centred and scaled already."))
    by_id("drawing-pad-hint").hidden = something
    by_id("drawing-pad-hint").textContent = _("Draw a digit here") if ready else loading
