"""The panels outside the first view: each is started when its page is first shown (web/js/views.js)."""

from panel_list import PANELS  # made by the build from web/panels.json
from panels.living_network import living_network
from panels.look import second_network
from panels.run import kept_runs
from pyscript import document
from ui.dom import by_id, on
from worker_link import lazy_room, worker

_started = []


def start():
    """Start the rest of the first view, and every panel whose markup is in the page."""
    living_network.start()
    second_network.start()
    kept_runs.start()
    _start_what_is_there()
    on(document, "kobai-view", lambda event: _start_what_is_there())


def _start_what_is_there():
    for name, panel in PANELS.items():
        if panel not in _started and by_id(name):
            _started.append(panel)
            panel.start()
            if worker.ready():
                _tell(panel)


def worker_is_ready():
    """Python runs, or runs again: tell every panel that wants to know."""
    kept_runs.worker_is_ready()
    for panel in _started:
        _tell(panel)
    lazy_room.all_stale()  # another worker than before knows nothing of what was asked


def _tell(panel):
    if hasattr(panel, "worker_is_ready"):
        panel.worker_is_ready()
