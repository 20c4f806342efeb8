"""The room of mistakes: what the network answers wrong, and whether its probabilities can be trusted."""

import calibration
import confusion
import digit_scores
import mistaken_images
import networks
import panels
import trainer
from dom import by_id
from problems import Refused
from words import _, number, on_language, percent

_now = {"reply": None, "refused": ""}


def start():
    mistaken_images.start(confusion.mark)
    confusion.start(mistaken_images.show_cell)
    calibration.start()
    on_language(_show)
    panels.lazy("mistakes", _refresh)


async def _refresh():
    """The network in use is another one, or has learned."""
    try:
        _now["reply"] = (await trainer.call("mistakes"))[0]
        _now["refused"] = ""
    except Refused as refused:  # a diverged network has no answers: no fault of the page
        _now["reply"], _now["refused"] = None, refused.sentence
    _show()
    if _now["reply"]:
        await mistaken_images.refresh()


def _show():
    reply = _now["reply"]
    by_id("mistakes-body").hidden = reply is None
    by_id("mistakes-summary").textContent = _summary(reply) if reply else _now["refused"]
    if reply:
        confusion.show(reply)
        digit_scores.show(reply)
        calibration.show(reply["calibration"])


def _summary(reply):
    matrix = reply["matrix"]
    images = sum(sum(row) for row in matrix)
    wrong = images - sum(matrix[digit][digit] for digit in range(10))
    return _(
        "{network}: {wrong} of the {all} test images are answered wrong, {percent} right.",
        network=networks.name_of(reply["network"], reply["about"]),
        wrong=number(wrong),
        all=number(images),
        percent=percent(1 - wrong / images),
    )
