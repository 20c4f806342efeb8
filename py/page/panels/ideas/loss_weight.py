"""Idea 2, on the network in use: its loss and its accuracy over one weight that one moves."""

from panels.ideas.latest import Latest
from ui.dom import by_id, on, row
from ui.i18n import _, number, on_language
from ui.lazy_table import LazyTable
from ui.state import State
from ui.svg_plane import Handle, Plane


class _Now(State):
    def __init__(self):
        self.sweep = None
        self.ask = None
        self.correct = None
        self.handles = None
        self.loss = None
        self.table = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.loss = Plane(by_id("weight-loss"), 190, _draw)
    _now.correct = Plane(by_id("weight-correct"), 190, _draw)
    _now.handles = {
        name: Handle(getattr(_now, name), lambda value, _y: _move(value), _nudge)
        for name in ("loss", "correct")
    }
    _now.table = LazyTable("weight-rows", _fill)
    _now.ask = Latest("along_weight", _on_sweep)
    on(by_id("weight-digit"), "change", lambda event: ask())
    on(by_id("weight-value"), "input", lambda event: _draw())
    on_language(_draw)


def ask():
    """For the curves of the network in use."""
    _now.ask.ask(digit=int(by_id("weight-digit").value))


def _on_sweep(answer):
    _now.sweep = answer if answer["values"] else None
    by_id("weight-pictures").hidden = by_id("weight-value").disabled = not answer["values"]
    _now.table.changed()
    if _now.sweep is None:
        by_id("weight-said").textContent = _(
            "{name}[{unit}, {digit}] is {value}: the weights of this network are too large for this picture.",
            name=answer["name"], unit=answer["unit"], digit=answer["digit"], value=answer["value"],
        )  # fmt: skip
        return
    slider = by_id("weight-value")
    slider.max = str(len(answer["values"]) - 1)
    slider.value = str(len(answer["values"]) // 2)  # where the network has it
    _draw()


def _fill():
    sweep = _now.sweep or {"values": [], "loss": [], "correct": []}
    by_id("weight-rows").replaceChildren(
        *[
            row(f"{value:.2f}".replace("-", "−"), f"{loss:.4f}", str(correct))
            for value, loss, correct in zip(sweep["values"], sweep["loss"], sweep["correct"])
        ]
    )


def _move(value):
    """To the nearest of the values that are known."""
    least, most = _now.sweep["values"][0], _now.sweep["values"][-1]
    _put(round((value - least) / (most - least) * (len(_now.sweep["values"]) - 1)))


def _nudge(across, up):
    _put(int(by_id("weight-value").value) + across + up)


def _put(at):
    by_id("weight-value").value = str(min(max(at, 0), len(_now.sweep["values"]) - 1))
    _draw()


def _say(sweep):
    at = int(by_id("weight-value").value)
    words = _(
        "{name}[{unit}, {digit}] = {value}: loss {loss}, {correct} of {images} images recognised.",
        name=sweep["name"],
        unit=sweep["unit"],
        digit=sweep["digit"],
        value=f"{sweep['values'][at]:.2f}".replace("-", "−"),
        loss=f"{sweep['loss'][at]:.4f}",
        correct=sweep["correct"][at],
        images=number(sweep["images"]),
    )
    by_id("weight-said").textContent = words
    by_id("weight-value").setAttribute("aria-valuetext", words)
    return words


def _draw():
    sweep = _now.sweep
    if not sweep:
        return
    says = _say(sweep)
    at = int(by_id("weight-value").value)
    values = sweep["values"]
    ticks = [(value, f"{value:.0f}".replace("-", "−")) for value in range(-12, 13, 2)]
    ticks = [tick for tick in ticks if values[0] <= tick[0] <= values[-1]]
    least, most = min(sweep["correct"]), max(sweep["correct"])
    least, most = least - 1, max(most + 1, least + 3)
    counts = [count for count in range(least, most + 1) if count % max((most - least) // 5, 1) == 0]
    for name, limits, y_ticks, y_name in (
        ("loss", (0, max(sweep["loss"]) * 1.1), None, _("loss")),
        ("correct", (least, most), [(count, str(count)) for count in counts], _("recognised")),
    ):
        plane, heights = getattr(_now, name), sweep[name]
        plane.begin(_("{what} over the value of one weight", what=y_name), (values[0], values[-1]), limits)
        y_ticks = y_ticks or [(limits[1] * part / 4, f"{limits[1] * part / 4:.2f}") for part in range(5)]
        plane.axes(ticks, y_ticks, _("value of the weight"), y_name)
        points = [(value, heights[i]) for i, value in enumerate(values)]
        if name == "correct":  # steps: flat, then straight up
            points = [(x, y) for i, y in enumerate(heights) for x in values[i : i + 2]]
        plane.curve(points, "first" if name == "loss" else "second seen")
        plane.line(values[at], limits[0], values[at], heights[at], "here")
        words = _("The weight, on the curve: {what}", what=y_name)
        _now.handles[name].put(values[at], heights[at], words, says, values[at], (values[0], values[-1]))
