"""An eraser over what the network sees, moved by the arrow keys or the pointer."""

from ui.dom import by_id, on
from ui.i18n import _, on_language
from ui.state import State

SIDE = 28
STEPS = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}


class _Now(State):
    def __init__(self):
        self.row = 14
        self.column = 14
        self.in_hand = False
        self.erase = None
        self.ink = None


_now = _Now()


def start(erase, ink):
    """erase(spot, more): wipe a [row, column], `more` in one gesture; ink(row, column): is any there?"""
    _now.erase, _now.ink = erase, ink
    on(by_id("draw-eraser"), "click", lambda event: take(not _now.in_hand))
    frame = by_id("seen-frame")
    on(frame, "keydown", _on_key)
    on(frame, "pointerdown", _on_pointer)
    on(frame, "pointermove", _on_pointer)
    on_language(_show)


def take(in_hand):
    """Take the eraser into the hand, or put it down; the focus goes with it."""
    _now.in_hand = in_hand
    _show()
    by_id("seen-frame" if in_hand else "draw-eraser").focus()


def put_away():
    """There is something else to do: the eraser is put down, the focus stays."""
    if _now.in_hand:
        _now.in_hand = False
        _show()


def _show():
    in_hand, frame = _now.in_hand, by_id("seen-frame")
    by_id("draw-eraser").setAttribute("aria-pressed", "true" if in_hand else "false")
    by_id("eraser-spot").hidden = by_id("eraser-how").hidden = not in_hand
    frame.className = "seen erasing" if in_hand else "seen"
    if in_hand:
        frame.tabIndex = 0
        frame.setAttribute("role", "application")  # the arrow keys are for the eraser, in a screen reader too
        frame.setAttribute("aria-label", _("Eraser"))
    else:
        for name in ("tabindex", "role", "aria-label"):
            frame.removeAttribute(name)
    spot = by_id("eraser-spot").style
    spot.top, spot.left = (f"{(getattr(_now, name) - 1) / SIDE * 100:.3f}%" for name in ("row", "column"))


def _on_key(event):
    if not _now.in_hand:
        return
    if event.key in STEPS:
        down, right = STEPS[event.key]
        _go(_now.row + down, _now.column + right)
        sentence = _("Row {row}, column {column}: empty.", row=_now.row + 1, column=_now.column + 1)
        if _now.ink(_now.row, _now.column):
            sentence = _("Row {row}, column {column}: ink.", row=_now.row + 1, column=_now.column + 1)
        by_id("draw-spoken").textContent = sentence
    elif event.key in (" ", "Enter"):
        _now.erase([_now.row, _now.column], False)
    elif event.key == "Escape":
        take(False)
    else:
        return
    event.preventDefault()


def _on_pointer(event):
    if not _now.in_hand or not event.buttons & 1:
        return
    event.preventDefault()
    place = by_id("seen-frame").getBoundingClientRect()
    before = (_now.row, _now.column)
    _go(
        int((event.clientY - place.top) / place.height * SIDE),
        int((event.clientX - place.left) / place.width * SIDE),
    )
    more = event.type == "pointermove"
    if not more or before != (_now.row, _now.column):
        _now.erase([_now.row, _now.column], more)


def _go(row, column):
    _now.row, _now.column = (min(max(at, 0), SIDE - 1) for at in (row, column))
    _show()
