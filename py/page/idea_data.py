"""Idea 1: learning from 100, 1,000 and 60,000 images, and the accuracy on images never seen."""

import trainer
import training_images
from dom import by_id, enable, make, on_click
from plane import Plane, key
from words import _, number, on_language, percent

SIZES = ((100, "first"), (1000, "second"), (60000, "third"))  # training images, class of their curves
_now = {"measured": {}, "busy": None, "stopped": False, "iteration": 0}


def start():
    _now["plane"] = Plane(by_id("data-plane"), 300, _draw)
    for size, _kind in SIZES:
        _on_size(size)
    on_click("data-stop", _stop)
    trainer.on("learn_from", _on_progress)
    on_language(_show)


def worker_is_ready():
    _show()


def _on_size(size):
    on_click(f"data-{size}", lambda: _learn(size))


async def _learn(size):
    _now.update({"busy": size, "stopped": False, "iteration": 0})
    _show()
    by_id("data-stop").focus()
    try:
        await training_images.load()
        if not _now["stopped"]:
            answer = (await trainer.call("learn_from", size=size))[0]
            _now["measured"][size] = answer["measured"]
    finally:
        _now["busy"] = None
        _show()
        by_id(f"data-{size}").focus()


async def _stop():
    _now["stopped"] = True
    await trainer.call("stop_learning")


def _on_progress(message):
    news = len(_now["measured"].get(message["size"], [])) != len(message["measured"])
    _now["measured"][message["size"]] = message["measured"]
    _now["iteration"] = message["iteration"]
    by_id("data-bar").value = message["iteration"] / 5000
    if news:
        _draw()
        _fill()


def _show():
    busy = _now["busy"]
    for size, _kind in SIZES:
        enable(f"data-{size}", trainer.ready() and busy is None, trainer.why())
    by_id("data-stop").hidden = busy is None
    by_id("data-bar").hidden = busy is None
    _draw()
    _fill()
    by_id("data-said").textContent = "" if busy else _said()


def _said():
    """The last accuracies for each number of images that was learned from."""
    known = [size for size, _kind in SIZES if _now["measured"].get(size)]
    parts = []
    for size in known:
        iteration, seen, unseen = _now["measured"][size][-1]
        parts.append(
            _(
                "With {count} images: {seen} right on those learned from, {unseen} on unseen ones.",
                count=number(size), seen=percent(seen), unseen=percent(unseen),
            )
        )  # fmt: skip
    return " ".join(parts)


def _fill():
    rows = []
    for size, _kind in SIZES:
        for iteration, seen, unseen in _now["measured"].get(size, []):
            row = make("tr")
            row.append(make("th", number(size), scope="row"))
            for text in (number(iteration), percent(seen), percent(unseen), percent(seen - unseen)):
                row.append(make("td", text))
            rows.append(row)
    by_id("data-rows").replaceChildren(*rows)


def _draw():
    plane = _now["plane"]
    plane.begin(_("Accuracy over the iterations, on seen and on unseen images"), (90, 5600), (0, 1), log="x")
    plane.axes(
        [(at, number(at)) for at in (100, 300, 1000, 3000)],
        [(tenth / 10, f"{tenth * 10} %") for tenth in range(0, 11, 2)],
        _("iteration"),
        _("accuracy"),
    )
    for size, kind in SIZES:
        measured = _now["measured"].get(size, [])
        plane.curve([(row[0], row[1]) for row in measured], kind + " seen")
        plane.curve([(row[0], row[2]) for row in measured], kind + " unseen")
        for row in measured[-1:]:
            plane.text(row[0], row[2], number(size), "end", "value", lift=-14)
    key(
        by_id("data-key"),
        [("plain seen", _("images learned from")), ("plain unseen", _("unseen test images"))]
        + [(kind + " seen", _("{count} images", count=number(size))) for size, kind in SIZES],
    )
