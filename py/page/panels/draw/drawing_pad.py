"""The canvas one draws on, with signature_pad, which is loaded when it is first needed."""

import asyncio

import js
from pyscript import document, ffi, window
from ui.dom import by_id, make, on
from ui.i18n import _
from ui.problems import Problem
from ui.state import State

SOURCE = "signature_pad/signature_pad.umd.min.js"
SIDE = 280  # px on the page, as in panels/draw/panel.css
PEN = 22  # px, the same for mouse, finger and pen, however fast
NEAREST = 2  # px between two points that are told apart
NOTHING = "[]"  # no strokes


class _Now(State):
    def __init__(self):
        self.pad = None
        self.strokes = NOTHING


_now = _Now()  # the strokes until there is a pad


async def load(begun, moved, ended):
    """Make the canvas one to draw on, if it is not yet; the three are called as strokes begin, grow and end.

    Raises Problem when signature_pad cannot be loaded.
    """
    if _now.pad:
        return
    await _load_script()
    canvas = by_id("draw-canvas")
    sharp = max(window.devicePixelRatio, 1)
    canvas.width = canvas.height = int(SIDE * sharp)
    canvas.getContext("2d").scale(sharp, sharp)
    # the widths are radii; without throttling no point of a fast stroke is lost
    options = {"minWidth": PEN / 2, "maxWidth": PEN / 2, "dotSize": PEN / 2, "minDistance": NEAREST}
    pad = js.SignaturePad.new(canvas, ffi.to_js(dict(options, throttle=0, penColor="white")))
    _now.pad = pad
    put(_now.strokes)

    def end(event):
        _finish_line()
        ended()

    on(pad, "beginStroke", lambda event: begun())
    on(pad, "afterUpdateStroke", lambda event: moved())
    on(pad, "endStroke", end)


async def _load_script():
    if hasattr(js, "SignaturePad"):
        return
    done = []
    script = make("script", src=SOURCE)
    on(script, "load", lambda event: done.append(True))
    on(script, "error", lambda event: done.append(False))
    document.head.append(script)
    while not done:
        await asyncio.sleep(0.02)
    if not done[0]:
        script.remove()
        raise Problem(
            _("The file {file} could not be loaded. Check the connection, then try again.", file=SOURCE)
        )


def _finish_line():
    """signature_pad draws a line up to its last point but one; the last one twice, and all of it is drawn."""
    points = _now.pad.toData().at(-1).points
    points.push(points.at(-1))
    _now.pad.redraw()


def strokes():
    """All strokes as JSON text: groups of points in px of the page."""
    if not _now.pad:
        return _now.strokes
    return js.JSON.stringify(_now.pad.toData(), ffi.to_js(["points", "x", "y"]))


def put(text):
    """Have these strokes on the paper instead."""
    _now.strokes = text
    if _now.pad and text != strokes():
        _now.pad.fromData(js.JSON.parse(text))
