"""Panels that ask the worker only when they are about to be seen, and again when a network has changed."""

import js
from pyscript import ffi
from ui.dom import by_id, spawn
from worker_link import worker

MARGIN = "300px"  # so far below or above the window a panel is made ready
_panels = {}  # id of the section -> {"refresh", "near", "stale", "busy"}


def lazy(name, refresh):
    """Await refresh() when the section with this id comes near the window, and again after each change.

    Only once Python is ready; calls never overlap.
    """
    _panels[name] = {"refresh": refresh, "near": False, "stale": True, "busy": False}
    observer.observe(by_id(name))


def all_stale():
    """A network has changed: what is seen is asked for anew now, the rest when it comes near."""
    for panel in _panels.values():
        panel["stale"] = True
    worker_is_ready()


def worker_is_ready():
    """Python runs: what is seen and stale is asked for."""
    for panel in _panels.values():
        _wake(panel)


def _wake(panel):
    if panel["near"] and panel["stale"] and not panel["busy"] and worker.ready():
        spawn(_refresh(panel))


async def _refresh(panel):
    panel["busy"], panel["stale"] = True, False
    try:
        await panel["refresh"]()
    finally:
        panel["busy"] = False
    _wake(panel)


def _on_crossing(entries, *_observer):
    for i in range(entries.length):
        panel = _panels[entries[i].target.id]
        panel["near"] = entries[i].isIntersecting
        _wake(panel)


observer = js.IntersectionObserver.new(
    ffi.create_proxy(_on_crossing), ffi.to_js({"rootMargin": MARGIN + " 0px"})
)
