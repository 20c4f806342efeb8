"""Idea 1: learning from 100, 1,000 and 60,000 images, and the accuracy on images never seen."""

import math

from ui.dom import adrift, by_id, enable, on_click, row
from ui.i18n import _, number, on_language, percent
from ui.lazy_table import LazyTable
from ui.state import State
from ui.svg_plane import Handle, Plane, key
from worker_link import lazy_room, training_images, worker
from worker_link.job import Job

SIZES = ((100, "first"), (1000, "second"), (60000, "third"))  # training images, class of their curves
LIFT = 0.035  # of the point above the axis, so that it covers no number there


class _Now(State):
    def __init__(self):
        self.before = {}
        self.measured = {}
        self.trained = None
        self.at = 1000
        self.handle = None
        self.job = None
        self.plane = None
        self.table = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.plane = Plane(by_id("data-plane"), 320, _draw)
    _now.handle = Handle(_now.plane, _moved, _nudged)
    _now.table = LazyTable("data-rows", _fill)
    for size, _kind in SIZES:
        _on_size(size)
    _now.job = Job("data", "learn_from", _show)
    worker.on("learn_from", _on_progress)
    lazy_room.lazy("idea-1", _refresh)
    on_language(_show)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _show()


async def _refresh():
    if not _now.before:
        answer = (await worker.call("learned_before"))[0]
        _now.before = dict(answer["before"])
        _show()


def _on_size(size):
    on_click(f"data-{size}", lambda: _begin(size))


def _begin(size):
    learning = _now.job.begin(lambda: _learn(size))
    by_id("data-stop").focus()
    return _and_back(learning, f"data-{size}")


async def _and_back(learning, button):
    """The focus returns to the button, which is usable again, unless the learner has gone elsewhere."""
    try:
        await learning
    finally:
        if adrift():
            by_id(button).focus()


async def _learn(size):
    await training_images.load()
    if not _now.job.stopped:
        answer = (await worker.call("learn_from", size=size))[0]
        _now.measured[size], _now.trained = answer["measured"], size


def _on_progress(message):
    news = len(_now.measured.get(message["size"], [])) != len(message["measured"])
    _now.measured[message["size"]] = message["measured"]
    _now.job.tell(message["iteration"] / 5000)
    if news:
        _draw()
        _now.table.changed()


def _show():
    busy = _now.job.busy
    for size, _kind in SIZES:
        enable(f"data-{size}", worker.ready() and not busy, worker.why())
    _now.job.controls()
    _draw()
    _now.table.changed()
    by_id("data-said").textContent = "" if busy else _said()


def _said():
    """The last accuracies of the training that was the last one here."""
    size = _now.trained
    if not _now.measured.get(size):
        return ""
    _iteration, seen, unseen = _now.measured[size][-1]
    return _(
        "With {count} images: {seen} right on those learned from, {unseen} on unseen ones.",
        count=number(size), seen=percent(seen), unseen=percent(unseen),
    )  # fmt: skip


def _rows(size):
    """[iteration, seen, unseen]: as measured here, and from there on as measured before."""
    here = _now.measured.get(size, [])
    return here + _now.before.get(size, [])[len(here) :]


def _shares(seen, unseen):
    """Both accuracies and their difference, in words."""
    return [percent(share).replace("-", "−") for share in (seen, unseen, seen - unseen)]


def _fill():
    rows = []
    for size, _kind in SIZES:
        for iteration, seen, unseen in _rows(size):
            shares = _shares(seen, unseen)
            rows.append(row(number(size), number(iteration), *shares))
    by_id("data-rows").replaceChildren(*rows)


def _moved(x, _y):
    places = [line[0] for line in _rows(100)]
    _now.at = min(places, key=lambda place: abs(math.log10(place / x)))
    _draw()


def _nudged(across, up):
    places = [line[0] for line in _rows(100)]
    at = places.index(_now.at) + across + up
    _now.at = places[min(max(at, 0), len(places) - 1)]
    _draw()


def _draw():
    plane, at = _now.plane, _now.at
    if not _now.before:
        return
    plane.begin(_("Accuracy over the iterations, on seen and on unseen images"), (90, 12000), (0, 1), log="x")
    plane.axes(
        [(place, number(place)) for place in (100, 300, 1000, 3000)],
        [(tenth / 10, f"{tenth * 10} %") for tenth in range(0, 11, 2)],
        _("iteration"),
        _("accuracy"),
    )
    plane.line(at, 0, at, 1, "here")
    here = []
    for size, kind in SIZES:
        rows = _rows(size)
        plane.curve([line[:2] for line in rows], kind + " seen")
        plane.curve([(line[0], line[2]) for line in rows], kind + " unseen")
        plane.text(5400, rows[-1][2], number(size), "start", "value", lift=-4)
        for iteration, seen, unseen in _now.measured.get(size, []):
            plane.dot(iteration, seen, "dot", 3)
            plane.dot(iteration, unseen, "dot", 3)
        here += [line for line in rows if line[0] == at]
    key(
        by_id("data-key"),
        [("plain seen", _("images learned from")), ("plain unseen", _("unseen test images"))]
        + [(kind + " seen", _("{count} images", count=number(size))) for size, kind in SIZES],
    )
    _read(at, here)


def _read(at, here):
    """What the six curves say at this iteration; here: a row of _rows for each of SIZES."""
    after = _("after {count} iterations", count=number(at))
    by_id("data-here-at").textContent = after
    lines, says = [], [after]
    for (size, _kind), (_at, seen, unseen) in zip(SIZES, here):
        images = _("{count} images", count=number(size))
        shares = _shares(seen, unseen)
        lines.append(row(images, *shares))
        says.append(
            _(
                "{images}: {seen} learned from, {unseen} unseen",
                images=images,
                seen=shares[0],
                unseen=shares[1],
            )
        )
    by_id("data-here").replaceChildren(*lines)
    _now.handle.put(at, LIFT, _("Iterations at which the curves are read"), "; ".join(says), at, (100, 5000))
    (_at, few_seen, few_unseen), (_at, many_seen, many_unseen) = here[0], here[-1]
    if few_unseen >= many_unseen:
        text = _(
            "So early the network that sees only its 100 images, again and again, is ahead on both kinds."
        )
    else:
        text = _(
            "Judged by the images they learned from, the network with 100 images beats the one with 60,000: "
            "{few_seen} to {many_seen}. On images that neither has seen it loses: {few_unseen} to "
            "{many_unseen}. It knows its 100 images by heart, and only unseen images show that.",
            few_seen=percent(few_seen), many_seen=percent(many_seen),
            few_unseen=percent(few_unseen), many_unseen=percent(many_unseen),
        )  # fmt: skip
    by_id("data-means").textContent = text
