"""The 60,000 training images: loaded when a panel first needs them."""

import asyncio

from ui.state import State
from worker_link import loading, worker


class _Now(State):
    def __init__(self):
        self.loaded = False
        self.loading = None


_now = _Now()
worker.on("gone", lambda: _now.set(loaded=False))


async def load():
    """Return once the worker has the images; several panels may wait at the same time."""
    if _now.loaded:
        return
    if _now.loading is None:
        _now.loading = asyncio.create_task(call("load_training_images"))
    try:
        await _now.loading
    finally:
        _now.loading = None


async def call(function, **arguments):
    """As worker.call, for a function that loads the images first; the page shows how far that is."""
    if _now.loaded:
        return await worker.call(function, **arguments)
    loading.aim("train")
    try:
        reply = await worker.call(function, **arguments)
        _now.loaded = True
    finally:
        loading.aim("")
    return reply
