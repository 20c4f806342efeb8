"""The 60,000 training images: loaded when a panel first needs them."""

import asyncio

from worker_link import loading, worker

_now = {"loaded": False, "loading": None}
worker.on("gone", lambda: _now.update({"loaded": False}))


async def load():
    """Return once the worker has the images; several panels may wait at the same time."""
    if _now["loaded"]:
        return
    if _now["loading"] is None:
        _now["loading"] = asyncio.create_task(_load())
    await _now["loading"]


async def _load():
    loading.aim("train")
    try:
        await worker.call("load_training_images")
        _now["loaded"] = True
    finally:
        loading.aim("")
        _now["loading"] = None
