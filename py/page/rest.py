"""The rooms below the first screen: they need Python in the worker, so they come once the page is up."""

import beside
import checkup
import compare
import gradients
import idea_batches
import idea_data
import idea_derivative
import idea_descent
import idea_gradient
import idea_loss
import idea_step
import ideas
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
    idea_data,
    idea_loss,
    idea_derivative,
    idea_gradient,
    idea_descent,
    idea_batches,
    idea_step,
    gradients,
    shelf,
    saving,
    opening,
    offline,
    update,
    rooms,
)


def start():
    for room in ROOMS:
        room.start()


def worker_is_ready():
    saving.show()
    for room in (
        opening, gradients, checkup, trace_room, ideas, idea_data, idea_batches, idea_step, panels, offline
    ):  # fmt: skip
        room.worker_is_ready()
