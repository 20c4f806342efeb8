"""The loss curve as Matplotlib draws it, with the code that does."""

import js
from pyscript import document, ffi
from ui.dom import by_id, enable, on_click
from ui.i18n import _, on_language
from ui.state import State
from worker_link import loading, worker


class _Now(State):
    def __init__(self):
        self.drawn = False
        self.loaded = False
        self.addresses = {}
        self.possible = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("figure-draw", _begin)
    on_language(_show)


def possible(yes):
    """A figure can be drawn once there is a loss to draw."""
    _now.possible = yes
    _show()


def _show():
    yes = _now.possible
    why = _("Train first: the figure shows your loss curve.")
    enable("figure-draw", yes, why)
    by_id("figure-why").textContent = "" if yes else why
    by_id("figure").alt = _("The loss curve, drawn by Matplotlib") if _now.drawn else ""


def _begin():
    enable("figure-draw", False, _("Drawing…"))
    by_id("figure-why").textContent = _("Drawing…")
    return _draw()


async def _draw():
    if not _now.loaded:
        loading.aim("matplotlib")
    try:
        answer, svg, png = await worker.call("figure")
    finally:
        loading.aim("")
        _show()
    _now.loaded = True
    _now.drawn = True
    for kind, data, mime in (("svg", svg, "image/svg+xml"), ("png", png, "image/png")):
        if kind in _now.addresses:
            js.URL.revokeObjectURL(_now.addresses[kind])
        blob = js.Blob.new(ffi.to_js([data]), ffi.to_js({"type": mime}))
        _now.addresses[kind] = js.URL.createObjectURL(blob)
        by_id("figure-" + kind).href = _now.addresses[kind]
        by_id("figure-" + kind).hidden = False
    by_id("figure").src = _now.addresses["svg"]
    by_id("figure").hidden = False
    by_id("figure-fold").hidden = False
    document.querySelector("#figure-code code").textContent = answer["code"]
    _show()
