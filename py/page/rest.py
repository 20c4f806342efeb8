"""The rooms below the first screen: they need Python in the worker, so they come once the page is up."""

from panels.checkup import checkup
from panels.compare import compare
from panels.draw import draw
from panels.gradients import gradients
from panels.ideas import batches, data, derivative, descent, excerpts, gradient, ideas, loss, step
from panels.keep import backup, opening, saving, shelf, unreadable
from panels.look import second_network
from panels.mistakes import mistakes
from panels.mystery import mystery
from panels.offline import offline, update
from panels.run import kept_runs
from panels.trace import trace
from panels.units import units
from ui import scroll_spy
from worker_link import lazy_room

ROOMS = (
    draw,
    second_network,
    compare,
    mistakes,
    units,
    mystery,
    checkup,
    trace,
    ideas,
    excerpts,
    data,
    loss,
    derivative,
    gradient,
    descent,
    batches,
    step,
    gradients,
    kept_runs,
    unreadable,
    shelf,
    saving,
    opening,
    backup,
    offline,
    update,
    scroll_spy,
)


def start():
    for room in ROOMS:
        room.start()


def worker_is_ready():
    saving.show()
    kept_runs.worker_is_ready()
    unreadable.worker_is_ready()
    backup.worker_is_ready()
    for room in (opening, gradients, checkup, trace, ideas, data, batches, step, offline):
        room.worker_is_ready()
    lazy_room.all_stale()  # another worker than before knows nothing of what was asked
