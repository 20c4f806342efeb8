"""The panels below the first screen: they need Python in the worker, so they come once the page is up."""

from panel_list import PANELS  # made by the build from web/panels.json
from panels.living_network import living_network
from panels.look import second_network
from panels.run import kept_runs
from ui import scroll_spy
from worker_link import lazy_room


def start():
    """Start every panel below the first screen."""
    living_network.start()
    second_network.start()
    kept_runs.start()
    for panel in PANELS:
        panel.start()
    scroll_spy.start()


def worker_is_ready():
    """Python runs, or runs again: tell every panel that wants to know."""
    kept_runs.worker_is_ready()
    for panel in PANELS:
        if hasattr(panel, "worker_is_ready"):
            panel.worker_is_ready()
    lazy_room.all_stale()  # another worker than before knows nothing of what was asked
