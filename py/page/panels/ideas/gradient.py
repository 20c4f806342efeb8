"""Idea 4: partial derivatives and the gradient, of x0**2 + x1**2; for the loss: gradient_loss.py."""

from panels.ideas import gradient_loss
from panels.ideas.height_map import pull
from panels.ideas.height_picker import HeightPicker
from panels.ideas.latest import Latest
from ui import svg_surface
from ui.dom import by_id, on, row, say, signed
from ui.i18n import _, on_language
from ui.state import State
from worker_link import lazy_room, worker


class _Now(State):
    def __init__(self):
        self.point = None
        self.ask = None
        self.bowl = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.bowl = HeightPicker("bowl", _draw, lambda x0, x1: _now.ask.ask(x0=x0, x1=x1))
    _now.ask = Latest("bowl_gradient", _show)
    on(by_id("bowl-turn"), "input", lambda event: _draw())
    gradient_loss.start()
    lazy_room.lazy("idea-4", _refresh)
    on_language(_draw)


async def _refresh():
    if _now.bowl.known is None:
        _now.bowl.show((await worker.call("bowl"))[0], "f(x0, x1)", ("x0", "x1"), 3.0, 2.0)
    gradient_loss.controls()


def _show(answer):
    _now.point = answer
    _draw()


def _draw():
    point, bowl = _now.point, _now.bowl
    if point is None or bowl.known is None:
        return
    (x0, x1), (d0, d1) = point["x"], point["grad"]
    bowl.begin(_("x0² + x1² as colours, with arrows down the slope"))
    for a, b, da, db in bowl.known["field"]:
        pull(bowl.plane, a, b, (da, db), 4 * (abs(da) + abs(db)) ** 0.5 + 4, "slope")
    pull(bowl.plane, x0, x1, (d0, d1), 12 * (d0 * d0 + d1 * d1) ** 0.5, "first")
    says = _(
        "x0 = {x0}, x1 = {x1}: partial derivatives {d0} and {d1}",
        x0=signed(x0), x1=signed(x1), d0=signed(d0), d1=signed(d1),
    )  # fmt: skip
    bowl.put(x0, x1, _("The point (x0, x1)"), says)
    name = _("x0² + x1² as a surface; the point lies on it at height {height}", height=signed(point["f"]))
    net = [line[::2] for line in bowl.known["heights"][::2]]
    turn = float(by_id("bowl-turn").value)
    svg_surface.draw(by_id("bowl-surface"), name, bowl.limits[0][1], net, turn, (x0, x1, point["f"]))
    by_id("bowl-rows").replaceChildren(
        row("x", signed(x0, 4), signed(x1, 4)),
        row(_("partial derivative"), signed(d0, 4), signed(d1, 4)),
    )
    say(by_id("bowl-f"), f"f(x) = {signed(point['f'], 4)}")
