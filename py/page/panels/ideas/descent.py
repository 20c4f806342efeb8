"""Idea 5: gradient descent on x0**2 + x1**2; descent_loss.py has that on the loss of the network in use."""

import math

from panels.ideas import descent_loss
from panels.ideas.height_map import steps
from panels.ideas.height_picker import HeightPicker
from panels.ideas.latest import Latest
from ui.dom import by_id, on, row, say, signed
from ui.i18n import _, on_language
from ui.lazy_table import LazyTable
from ui.state import State
from worker_link import lazy_room, worker

MOST_ZOOM = 400  # with the learning rate 10 three points of the path, each 19 times as far out


class _Now(State):
    def __init__(self):
        self.x = None
        self.lr = 0.1
        self.path = None
        self.ask = None
        self.bowl = None
        self.table = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.bowl = HeightPicker("descent", _draw, _moved)
    _now.ask = Latest("bowl_descent", _show)
    _now.table = LazyTable("descent-rows", _fill)
    slider = by_id("descent-lr")
    on(slider, "input", lambda event: _choose(round(10 ** float(slider.value), 12)))
    for name, lr in (("small", 1e-10), ("book", 0.1), ("large", 10.0)):
        on(by_id("descent-" + name), "click", lambda event, lr=lr: _choose(lr))
    descent_loss.start(_now.lr)
    lazy_room.lazy("idea-5", _refresh)
    on_language(_draw)


async def _refresh():
    if _now.bowl.known is None:
        _now.bowl.show((await worker.call("bowl"))[0], "f(x0, x1)", ("x0", "x1"), -3.0, 4.0)
    descent_loss.controls()


def _choose(lr):
    _now.lr = lr
    by_id("descent-lr").value = math.log10(lr)
    if _now.x is not None:
        _ask()
    descent_loss.choose(lr)


def _moved(x0, x1):
    _now.x = [x0, x1]
    _ask()


def _ask():
    _now.ask.ask(x0=_now.x[0], x1=_now.x[1], lr=_now.lr)


def _show(answer):
    _now.path = answer
    _now.table.changed()
    _draw()


def _fill():
    answer = _now.path
    by_id("descent-rows").replaceChildren(
        *[
            row(str(k), *[signed(value, 6) for value in x + exact], f"{f:.4g}")
            for k, (x, exact, f) in enumerate(zip(answer["path"], answer["exact"], answer["f"]))
        ]
    )


def _draw():
    answer, bowl = _now.path, _now.bowl
    if answer is None or bowl.known is None:
        return
    path, lr = answer["path"], answer["lr"]
    shown = bowl.begin(_("The path of gradient descent on x0² + x1²"), _zoom(path, bowl.limits[0][1]))
    steps(bowl.plane, path, *shown)
    x0, x1 = path[0]
    bowl.put(x0, x1, _("The start"), _("x0 = {x0}, x1 = {x1}", x0=signed(x0), x1=signed(x1)))
    by_id("descent-lr").setAttribute("aria-valuetext", f"{lr:.3g}")
    say(by_id("descent-lr-says"), f"{lr:.3g}")
    say(by_id("descent-said"), _verdict(lr, path))


def _zoom(path, edge):
    """So far out that the path stays in the picture, but where it flies away only for its first steps.

    From afar the bowl looks as from nearby: heights are 4 times as large at twice the distance, everywhere.
    """
    sizes = [max(abs(x0), abs(x1)) for x0, x1 in path]
    needed = max([edge] + [size for size in sizes if size < MOST_ZOOM * edge])
    if needed == edge:
        return 1
    ten = 10 ** math.floor(math.log10(needed))
    return [round_one * ten for round_one in (1, 2, 4, 8, 10) if round_one * ten >= needed][0] / edge


def _verdict(lr, path):
    last = _(
        "After {steps} steps: ({x0}, {x1}).",
        steps=len(path) - 1,
        x0=signed(path[-1][0]),
        x1=signed(path[-1][1]),
    )
    factor = 1 - 2 * lr
    if abs(factor) > 1:
        why = _(
            "Too large: each step overshoots, and multiplies x by 1 − 2 × {lr} = {factor}. It flies away.",
            lr=f"{lr:.3g}", factor=signed(factor),
        )  # fmt: skip
        if max(abs(value) for value in path[-1]) > 1e11:
            why += " " + _(
                "Far out even the numerical gradient fails: beside such numbers h = 1e-4 is lost in rounding."
            )
    elif factor**20 > 0.9:
        why = _("Too small: after all these steps it has hardly left the start.")
    elif abs(factor) > 0.9:
        why = _("It gets there, but slowly: each step multiplies x by {factor}.", factor=signed(factor))
    else:
        why = _("It gets there: each step multiplies x by {factor}, towards 0.", factor=signed(factor))
    return last + " " + why
