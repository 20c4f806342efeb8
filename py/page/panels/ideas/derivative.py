"""Idea 3: tangent and secant, and how wrong a numerical derivative is for each h."""

from panels.ideas.latest import Latest
from ui.dom import by_id, make, on
from ui.i18n import N_, _, on_language
from ui.state import State
from ui.svg_plane import Handle, Plane, key
from worker_link import lazy_room

FLOOR = 1e-18  # an error of exactly 0 is drawn here
BOOK = 16  # the place of h = 1e-4 among the steps
CURVES = {
    "book": N_("0.01x² + 0.1x, the curve of the book"),
    "sine": N_("sin x"),
    "loss": N_("the loss of the network in use, over one of its weights"),
}


class _Now(State):
    def __init__(self):
        self.answer = None
        self.x = None
        self.ask = None
        self.curve = None
        self.errors = None
        self.handle = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.curve = Plane(by_id("tangent-plane"), 270, _draw_curve)
    _now.errors = Plane(by_id("error-plane"), 320, _draw_errors)
    _now.handle = Handle(_now.curve, lambda x, y: _go(x), _nudged)
    _now.ask = Latest("differences", _on_answer)
    for name in ("derivative-curve", "derivative-numbers"):
        on(by_id(name), "change", lambda event: _choose())
    on(by_id("derivative-h"), "input", lambda event: _show())
    on_language(_show)
    lazy_room.lazy("idea-3", _refresh)


async def _refresh():
    if _now.answer is None or by_id("derivative-curve").value == "loss":
        _choose()


def _choose():
    _now.x = None
    _go(None)


def _go(x):
    _now.ask.ask(
        curve=by_id("derivative-curve").value, x=x, numbers=by_id("derivative-numbers").value
    )  # fmt: skip


def _nudged(across, up):
    if _now.x is None:  # another curve is on its way
        return
    least, most = _now.answer["limits"]
    _now.x += (across + up) * (most - least) / 100
    _now.x = min(max(_now.x, least), most)
    _go(_now.x)


def _on_answer(answer):
    _now.answer, _now.x = answer, answer["x"]
    _show()


def _at():
    """Which step h the slider is at: its right end is h = 1, its left end 1e-16."""
    return 64 - int(by_id("derivative-h").value)


def _show():
    answer = _now.answer
    if answer is None:
        return
    at = _at()
    h, _forward, _central, forward_error, central_error = answer["rows"][at]
    by_id("derivative-h-value").textContent = _power(h)
    by_id("derivative-h").setAttribute("aria-valuetext", _power(h))
    by_id("derivative-exact").textContent = f"{answer['exact']:.12g}"
    for name, i, error in (("forward", 0, forward_error), ("central", 1, central_error)):
        by_id(f"derivative-{name}").textContent = answer["shown"][at][i]
        by_id(f"derivative-{name}-error").textContent = f"{error:.1e}" if error else "0"
        by_id(f"derivative-{name}-best").textContent = _power(answer["best"][i])
        book = answer["rows"][BOOK][3 + i]
        by_id(f"derivative-{name}-book").textContent = f"{book:.1e}" if book else "0"
    by_id("derivative-vanished").textContent = answer["vanished"]
    _draw_curve()
    _draw_errors()
    _fill()


def _power(h):
    """1e-4 for 0.0001, 1.8e-4 between the powers of ten."""
    if h == 1:
        return "1"
    text = f"{h:.1e}".replace("e-0", "e-")
    return text.replace(".0e", "e")


def _fill():
    rows = []
    for h, _forward, _central, forward_error, central_error in _now.answer["rows"][::4]:
        row = make("tr")
        row.append(make("th", _power(h), scope="row"))
        row.append(make("td", f"{forward_error:.1e}"), make("td", f"{central_error:.1e}"))
        rows.append(row)
    by_id("derivative-rows").replaceChildren(*rows)


def _draw_curve():
    answer, plane = _now.answer, _now.curve
    if answer is None:
        return
    least, most = answer["limits"]
    heights = [point[1] for point in answer["curve"]]
    room = (max(heights) - min(heights)) * 0.1
    low, high = min(heights) - room, max(heights) + room
    name = _(CURVES[by_id("derivative-curve").value])
    plane.begin(_("The curve with its tangent and a secant: {curve}", curve=name), (least, most), (low, high))
    parts = [i / 4 for i in range(5)]
    plane.axes(
        [(least + (most - least) * part, f"{least + (most - least) * part:.1f}") for part in parts],
        [(low + (high - low) * part, f"{low + (high - low) * part:.2f}") for part in parts],
        "x",
        "f(x)",
    )
    plane.curve(answer["curve"], "plain")
    x, y = answer["x"], answer["value"]
    h, forward = answer["rows"][_at()][:2]
    for slope, kind in ((answer["exact"], "first"), (forward, "second")):
        plane.curve(_straight(x, y, slope, least, most), kind)
    if x + h <= most and low < answer["ahead"][_at()] < high:
        plane.dot(x + h, answer["ahead"][_at()], "dot")
    says = f"x = {x:.2f}, f(x) = {y:.4f}"
    _now.handle.put(x, y, _("Point on the curve of f"), says, x, (least, most))
    key(
        by_id("tangent-key"),
        [
            ("plain", "f(x)"),
            ("first", _("tangent: the derivative")),
            ("second", _("secant through x and x + h")),
        ],
    )


def _straight(x, y, slope, least, most):
    """Points of a line through (x, y), near enough together to be cut where the plane ends."""
    found = []
    for i in range(201):
        at = least + (most - least) * i / 200
        found.append((at, y + slope * (at - x)))
    return found


def _draw_errors():
    answer, plane = _now.answer, _now.errors
    if answer is None:
        return
    plane.begin(_("Error of the numerical derivative over h"), (1e-16, 1), (FLOOR, 10), log="xy")
    plane.axes(
        [(10.0**power, f"1e{power}" if power else "1") for power in range(-16, 1, 4)],
        [(10.0**power, f"1e{power}" if power else "1") for power in range(-16, 1, 4)],
        "h",
        _("error"),
    )
    rows = answer["rows"]
    plane.curve([(row[0], max(row[4], FLOOR)) for row in rows], "first")
    plane.curve([(row[0], max(row[3], FLOOR)) for row in rows], "second")
    plane.line(1e-4, FLOOR, 1e-4, 10, "third")
    plane.text(1e-4, 1, "1e-4", "start", "value", lift=4)
    row = rows[_at()]
    plane.line(row[0], FLOOR, row[0], 10, "here")
    for error in row[3:]:
        plane.dot(row[0], max(error, FLOOR), "dot")
    key(
        by_id("error-key"),
        [
            ("first", _("central difference")),
            ("second", _("forward difference")),
            ("third", _("h of the book")),
        ],
    )
