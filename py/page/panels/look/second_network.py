"""What the network beside says, as marks on the bars of the network in use."""

import networks
from panels.look import gallery
from pyscript import document
from ui.dom import by_id, make, spawn
from ui.i18n import _, on_language
from ui.probability_bars import in_short
from ui.state import State
from worker_link import worker


class _Now(State):
    def __init__(self):
        self.network = None
        self.probabilities = None
        self.marks = []
        self.line = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.line = make("p", **{"class": "hint beside"})
    by_id("answered-by").after(_now.line)
    cells = document.querySelectorAll("#bars tbody td:nth-child(2)")
    for digit in range(10):
        mark = make("span", **{"class": "mark"})
        cells.item(digit).append(mark)
        _now.marks.append(mark)
    gallery.on_choose(lambda index: spawn(_refresh()))
    on_language(_show)


async def _refresh():
    """The network beside is another one, or another image was chosen."""
    key = networks.beside()
    _now.network = None
    if key is not None and key != networks.current():
        reply = (await worker.call("beside_probabilities"))[0]
        if reply:
            _now.network, _now.probabilities = key, reply["probabilities"]
    _show()


def _show():
    key = _now.network
    shown = key is not None and networks.about(key) is not None
    _now.line.hidden = not shown
    for mark in _now.marks:
        mark.hidden = not shown
    if not shown:
        return
    probabilities = _now.probabilities
    for digit, mark in enumerate(_now.marks):
        mark.style.left = f"{probabilities[digit] * 100:.3f}%"
    _now.line.textContent = _(
        "Blue lines: {network}, which answers {answer}",
        network=networks.name_of(key),
        answer=in_short(probabilities),
    )
