"""Web Locks: what only one tab at a time may have. A lock goes with its worker, however that ends."""

import asyncio

from js import Object, Promise, navigator
from pyodide.ffi import create_once_callable, to_js


async def hold(name, take_over=False):
    """A function that lets go of the lock; None when another tab has it. take_over: take it from that tab."""
    locks = getattr(navigator, "locks", None)  # not on pages that come by http
    if locks is None:
        return lambda: None
    answered = asyncio.get_running_loop().create_future()

    def granted(lock):
        if not lock:
            answered.set_result(None)
            return None
        # held for as long as this is not resolved
        return Promise.new(create_once_callable(lambda resolve, _reject: answered.set_result(resolve)))

    options = {"steal": True} if take_over else {"ifAvailable": True}
    request = locks.request(
        name, to_js(options, dict_converter=Object.fromEntries), create_once_callable(granted)
    )
    lost = asyncio.ensure_future(request)
    lost.add_done_callback(lambda task: task.exception())  # taken over: the next copy notices, by its owner
    return await answered


async def held():
    """The names of all locks that some tab holds."""
    locks = getattr(navigator, "locks", None)
    if locks is None:
        return set()
    return {lock.name for lock in (await locks.query()).held}
