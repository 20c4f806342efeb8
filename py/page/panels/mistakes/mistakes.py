"""The room of mistakes: what the network answers wrong, and whether its probabilities can be trusted."""

import networks
from panels.mistakes import calibration, confusion_matrix, mistaken_images, precision_recall
from ui.dom import by_id
from ui.i18n import _, number, on_language, percent
from ui.problems import Refused
from ui.state import State
from worker_link import lazy_room, worker


class _Now(State):
    def __init__(self):
        self.reply = None
        self.refused = ""


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    mistaken_images.start(confusion_matrix.mark)
    confusion_matrix.start(mistaken_images.show_cell)
    calibration.start()
    on_language(_show)
    lazy_room.lazy("mistakes", _refresh)


async def _refresh():
    """The network in use is another one, or has learned."""
    try:
        _now.reply = (await worker.call("mistakes"))[0]
        _now.refused = ""
    except Refused as refused:  # a diverged network has no answers: no fault of the page
        _now.reply, _now.refused = None, refused.sentence
    _show()
    if _now.reply:
        await mistaken_images.refresh()


def _show():
    reply = _now.reply
    by_id("mistakes-body").hidden = reply is None
    by_id("mistakes-summary").textContent = _summary(reply) if reply else _now.refused
    if reply:
        confusion_matrix.show(reply)
        precision_recall.show(reply)
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
