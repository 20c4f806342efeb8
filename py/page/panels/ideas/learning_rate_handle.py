"""The learning rate of idea 7's step, dragged along the curve of what the loss is after it."""

import math

from panels.ideas.latest import Latest
from ui.dom import by_id, on, row
from ui.i18n import _
from ui.state import State
from ui.svg_plane import Handle, Plane, key

LEAST, MOST = -3, 2  # powers of ten: the learning rates of the picture
FINE = 20  # steps of the keyboard within a power of ten
ABOVE = 1.3  # how far the picture reaches above the loss before the step, measured by the best fall


class _Now(State):
    def __init__(self):
        self.answer = None
        self.rate = 0.1
        self.moved = None
        self.ask = None
        self.handle = None
        self.plane = None


_now = _Now()


def start(moved):
    """moved: called when the worker's answer has the numbers of another learning rate."""
    _now.moved = moved
    _now.plane = Plane(by_id("step-plane"), 260, draw)
    _now.handle = Handle(_now.plane, lambda rate, _loss: _to(rate), _nudged)
    _now.ask = Latest("step_at", _answered)
    on(by_id("step-curve-fold"), "toggle", lambda event: _table())


def chosen():
    """The learning rate of the next step."""
    return _now.rate


def show(answer):
    """A step has been taken: what the worker says of it."""
    _now.answer = answer
    draw()
    _table()


def _nudged(across, up):
    """By the keys: so many steps to the right, or upwards, which is the same."""
    _to(10 ** ((round(math.log10(_now.rate) * FINE) + across + up) / FINE))


def _to(rate):
    """Three digits are shown, and they are all there is."""
    rate = float(f"{min(max(rate, 10**LEAST), 10**MOST):.3g}")
    if rate != _now.rate:
        _now.rate = rate
        _now.ask.ask(learning_rate=rate)


def _answered(new):
    answer = _now.answer
    if new["number"] == answer["number"]:  # else it is of the step before
        answer.update(new)
        draw()
        _now.moved()


def draw():
    """The curve of losses over learning rates, and the handle on it."""
    answer, plane = _now.answer, _now.plane
    if answer is None:
        return
    rate, loss, after = answer["learning_rate"], answer["loss"], answer["after"]
    lowest = min([each[1] for each in answer["curve"]])
    room = max(loss - lowest, 1e-6)
    low, high = lowest - 0.15 * room, loss + ABOVE * room
    limits = (10**LEAST, 10**MOST)
    name = _("The loss on the same images after the step, over the learning rate")
    plane.begin(name, limits, (low, high), "x")
    rates = [(10**power, f"{10**power:g}") for power in range(LEAST, MOST + 1)]
    heights = [low + i * (high - low) / 4 for i in range(5)]
    digits = 3 if room > 0.02 else 5
    plane.axes(rates, [(each, f"{each:.{digits}f}") for each in heights], _("learning rate"), _("loss"))
    plane.line(limits[0], loss, limits[1], loss, "third")
    for place, kind in ((2, "second"), (1, "first")):
        plane.curve(_cut([(each[0], each[place]) for each in answer["curve"]], low, high), kind)
    plane.line(rate, low, rate, high, "here")
    if after > high:
        plane.text(
            rate, high, f"\u00a0\u00a0↑ {after:.4f}\u00a0\u00a0", "end" if rate > 1 else "start", "value", -30
        )
    says = _(
        "learning rate {lr}: the loss goes from {before} to {after}",
        lr=f"{rate:.3g}", before=f"{loss:.4f}", after=f"{after:.4f}",
    )  # fmt: skip
    _now.handle.put(rate, min(after, high), _("Learning rate of the step"), says, rate, limits)
    key(
        by_id("step-key"),
        [
            ("first", _("after the step")),
            ("second", _("as the gradient alone foretells")),
            ("third", _("before the step")),
        ],
    )


def _cut(points, low, high):
    """The same line, with a point where it leaves the picture or comes into it."""
    result = points[:1]
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        for edge in (low, high):
            if (y1 - edge) * (y2 - edge) < 0:
                result.append((x1 + (x2 - x1) * (edge - y1) / (y2 - y1), edge))
        result.append((x2, y2))
    return result


def _table():
    """The values behind the picture, once someone looks."""
    answer = _now.answer
    if answer is not None and by_id("step-curve-fold").open:
        rows = [
            row(f"{rate:.3g}", f"{loss:.6f}", f"{foretold:.6f}".replace("-", "−"))
            for rate, loss, foretold in answer["curve"]
        ]
        by_id("step-curve-rows").replaceChildren(*rows)
