"""The rooms below the first screen: they need Python in the worker, so they come once the page is up."""

import aside
import beside
import checkup
import compare
import everything
import excerpts
import gradients
import idea_batches
import idea_data
import idea_derivative
import idea_descent
import idea_gradient
import idea_loss
import idea_step
import ideas
import kept_runs
import mistakes
import mystery
import offline
import opening
import own_digit
import panels
import rooms
import saving
import shelf
import trace_room
import units
import update

ROOMS = (
    own_digit,
    beside,
    compare,
    mistakes,
    units,
    mystery,
    checkup,
    trace_room,
    ideas,
    excerpts,
    idea_data,
    idea_loss,
    idea_derivative,
    idea_gradient,
    idea_descent,
    idea_batches,
    idea_step,
    gradients,
    kept_runs,
    aside,
    shelf,
    saving,
    opening,
    everything,
    offline,
    update,
    rooms,
)


def start():
    for room in ROOMS:
        room.start()


def worker_is_ready():
    saving.show()
    kept_runs.worker_is_ready()
    aside.worker_is_ready()
    everything.worker_is_ready()
    for room in (opening, gradients, checkup, trace_room, ideas, idea_data, idea_batches, idea_step, offline):
        room.worker_is_ready()
    panels.all_stale()  # another worker than before knows nothing of what was asked
