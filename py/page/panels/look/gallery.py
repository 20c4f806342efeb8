"""The test images: pages, filters, and choosing one by mouse or keyboard."""

import networks
from panels.look import answer
from ui.dom import by_id, enable, make, on, on_click, spawn, whole
from ui.i18n import _, number, on_language, percent
from ui.roving_grid import Grid
from ui.state import State
from worker_link import worker

FILTERS = ("filter-answer", "filter-digit", "filter-index", "filter-count")


class _Now(State):
    def __init__(self):
        self.start = 0
        self.total = 10000
        self.items = []
        self.chosen = 0
        self.listeners = []
        self.grid = None
        self.measured = None


_now = _Now()


def start(first):
    """first: the answers that ship with the page, so that a click works before Python does."""
    _now.items = first["images"]
    _now.grid = Grid(by_id("thumbs"), lambda index: spawn(choose(index)))
    answer.start()
    _fill()
    answer.show(_now.items[0], networks.name_of_current)
    for name in FILTERS:
        on(by_id(name), "change", lambda event: spawn(_filter()))
    on(by_id("filters"), "submit", lambda event: event.preventDefault())
    on_click("page-back", lambda: page(-1))
    on_click("page-on", lambda: page(1))
    on_click("measure", measure)
    worker.on("measure", _on_measure)
    networks.on_change(look_again)
    on_language(_texts)
    on_language(worker_is_ready)


def worker_is_ready():
    """Say what can be used from now on, or why not yet."""
    for name in FILTERS + ("measure",):
        enable(name, worker.ready(), worker.why())


def on_choose(listener):
    """Call listener(index) each time a test image was chosen."""
    _now.listeners.append(listener)


async def page(step):
    """Show the next page of images (step 1) or the one before (-1)."""
    _now.start = max(0, _now.start + step * int(by_id("filter-count").value))
    await refresh()


async def _filter():
    _now.start = 0
    index = by_id("filter-index")
    if index.value:
        if not index.checkValidity():
            index.reportValidity()
            return
        by_id("filter-answer").value = "all"
        by_id("filter-digit").value = ""
        count = int(by_id("filter-count").value)
        wanted = whole(index)
        index.value = ""
        _now.start = wanted // count * count
        await refresh()
        await choose(wanted)
        return
    await refresh()


async def refresh():
    """Ask the worker for the present page of images and show it."""
    digit = by_id("filter-digit").value
    reply = (
        await worker.call(
            "gallery",
            answer=by_id("filter-answer").value,
            digit=int(digit) if digit else None,
            start=_now.start,
            count=int(by_id("filter-count").value),
        )
    )[0]
    _now.items = reply["items"]
    _now.total = reply["total"]
    _now.start = reply["start"]
    _fill()


async def choose(index):
    """Show this image large, with the probabilities of the network in use."""
    _now.chosen = index
    _now.grid.mark(_now.chosen)
    if worker.ready():
        reply = (await worker.call("look", index=index))[0]
        if _now.chosen == index:
            answer.show(reply, networks.name_of_current)
            for listener in _now.listeners:
                listener(index)
        return
    for image in _now.items:
        if image["index"] == index:
            answer.show(image, networks.name_of_current)


async def look_again():
    """The network in use has changed: ask it about the same image."""
    if not worker.ready():
        return
    _texts_of_measure(None)
    await choose(_now.chosen)
    if by_id("filter-answer").value != "all":
        await refresh()


async def measure():
    """Measure the accuracy of the network in use, with a bar meanwhile."""
    enable("measure", False, _("Measuring…"))
    by_id("measure-bar").hidden = False
    try:
        reply = (await worker.call("measure"))[0]
    finally:
        by_id("measure-bar").hidden = True
        enable("measure", True)
    _texts_of_measure(reply)
    networks.measured(reply)


def _on_measure(message):
    by_id("measure-bar").value = message["done"] / message["all"]
    by_id("measure-result").textContent = _(
        "{correct} of {done} so far", correct=number(message["correct"]), done=number(message["done"])
    )


def _texts_of_measure(reply):
    _now.measured = reply
    text = ""
    if reply:
        text = _(
            "{percent} right: {correct} of {all} test images ({network}).",
            percent=percent(reply["accuracy"]),
            correct=number(reply["correct"]),
            all=number(reply["all"]),
            network=networks.name_of(reply["network"]),
        )
    by_id("measure-result").textContent = text


def _texts():
    _where()
    for item, image in _images():
        _name(item, image)
    _texts_of_measure(_now.measured)


def _name(item, image):
    english = f"Test image {image['index']}, label {image['label']}"
    words = _("Test image {index}, label {label}", index=image["index"], label=image["label"])
    item.alt = english if words == english else f"{words} ({english})"


def _where():
    total = _now.total
    last = _now.start + len(_now.items)
    text = _("No image fits.")
    if total:
        text = _(
            "{first}–{last} of {total}",
            first=number(_now.start + 1),
            last=number(last),
            total=number(total),
        )
    by_id("page-where").textContent = text
    why = _("There are no more images this way.") if worker.ready() else worker.why()
    enable("page-back", worker.ready() and _now.start > 0, why)
    enable("page-on", worker.ready() and last < total, why)


def _fill():
    parts = []
    for image in _now.items:
        item = make("li", role="none")
        picture = make(
            "img", src=image["src"], width="28", height="28", tabindex="-1", data_index=str(image["index"])
        )
        _name(picture, image)
        item.append(picture)
        parts.append(item)
    _now.grid.fill(parts, _now.chosen)
    _where()


def _images():
    pictures = by_id("thumbs").querySelectorAll("img")
    return [(pictures.item(i), image) for i, image in enumerate(_now.items)]
