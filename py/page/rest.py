"""The rooms below the first screen: they need Python in the worker, so they come once the page is up."""

import beside
import checkup
import compare
import gradients
import ideas
import mistakes
import mystery
import opening
import own_digit
import panels
import rooms
import saving
import shelf
import trace_room
import units

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
    gradients,
    shelf,
    saving,
    opening,
    rooms,
)


def start():
    for room in ROOMS:
        room.start()


def worker_is_ready():
    saving.show()
    for room in (opening, gradients, checkup, ideas, trace_room, panels):
        room.worker_is_ready()
