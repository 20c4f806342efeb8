"""The few words of the DOM that the panels speak."""

import asyncio

import problems
from pyscript import document, ffi


def by_id(name):
    return document.getElementById(name)


def on(element, event, handler):
    element.addEventListener(event, ffi.create_proxy(handler))


def on_click(name, coroutine_function):
    """Run an async function at each click of the element with this id.

    Its task begins later, perhaps after the next click. What must change at once is changed by a plain
    function that returns the coroutine of the rest.
    """
    on(by_id(name), "click", lambda event: spawn(coroutine_function()))


def spawn(coroutine):
    """Start a coroutine; what it fails with is told, never swallowed."""

    async def guarded():
        try:
            await coroutine
        except Exception as error:
            problems.tell(error)

    return asyncio.create_task(guarded())


def make(tag, text="", **attributes):
    """A new element; the text is text, never markup."""
    element = document.createElement(tag)
    if text:
        element.textContent = text
    for name, value in attributes.items():
        element.setAttribute(name.replace("_", "-"), value)
    return element


def enable(name, possible, why=""):
    """Make a control usable, or say why it is not."""
    control = by_id(name)
    control.disabled = not possible
    control.title = "" if possible else why
