"""Short functions for what the panels do with the DOM."""

import asyncio

from pyscript import document, ffi
from ui import problems


def by_id(name):
    """The element with this id."""
    return document.getElementById(name)


def whole(field):
    """The whole number in a field that is valid; 1e3 is one to the browser, though not to int."""
    return int(float(field.value))


def on(element, event, handler):
    """Call handler(event) at each event of this kind."""
    element.addEventListener(event, ffi.create_proxy(handler))


def on_click(name, function):
    """Call a function at each click of the element with this id, and run the coroutine that it returns.

    The task of a coroutine begins later, perhaps after the next click: what must change at once, as a button
    that must not be pressed twice, is changed by a plain function, which returns the rest, or None.
    """

    def clicked(_event):
        rest = function()
        if rest is not None:
            spawn(rest)

    on(by_id(name), "click", clicked)


def adrift():
    """Whether what had the focus is gone, or cannot be used any more: only then may it be given elsewhere."""
    active = document.activeElement
    return active.isSameNode(document.body) or active.matches(":disabled, [hidden], [hidden] *")


def spawn(coroutine):
    """Start a coroutine, and show the error that it ends with, if any."""

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


def row(first, *cells):
    """A table row: a heading, then cells."""
    line = make("tr")
    line.append(make("th", first, scope="row"), *[make("td", cell) for cell in cells])
    return line


def say(place, text):
    """The same text again would be read out again."""
    if place.textContent != text:
        place.textContent = text


def signed(value, digits=3):
    """-0.5 with a real minus sign."""
    return f"{value:.{digits}g}".replace("-", "−")
