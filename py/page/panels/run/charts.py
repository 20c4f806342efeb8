"""The loss curve and the accuracy per epoch, drawn by uPlot.

The series live in JavaScript typed arrays; Python only hands them on.
"""

import js
from pyscript import ffi
from ui import uplot_axes
from ui.dom import by_id, make, on, on_click, whole
from ui.i18n import _, number, percent
from ui.state import State

HEIGHTS = {"loss": 190, "accuracy": 140}  # px
LOW = {"loss": 120, "accuracy": 110}  # in a low window, where the curve is to be seen without scrolling
LOW_WINDOW = 800  # px
LOSS_RANGE = {"min": {"soft": 0, "mode": 1, "pad": 0}, "max": {"soft": 2.5, "mode": 1, "pad": 0.05}}


class _Now(State):
    def __init__(self):
        self.count = 0
        self.room = 0
        self.x = None
        self.loss = None
        self.accuracies = None
        self.range = None
        self.last = 1


_now = _Now()
_plots = {}


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("zoom-in", lambda: _zoom(0.5))
    on_click("zoom-out", lambda: _zoom(2))
    on_click("zoom-all", lambda: _zoom(None))
    on(by_id("scrub"), "input", lambda event: _scrubbed())
    clear(whole(by_id("iterations")))
    uplot_axes.keep_up_to_date(by_id("loss-chart"), _build, _resize)


def count():
    """How many losses are drawn."""
    return _now.count


def clear(iterations):
    """An empty curve with room for this many iterations."""
    _now.set(count=0, room=0, range=None, last=iterations)
    _now.accuracies = uplot_axes.array([js.Array.new() for _column in range(3)])  # iteration, training, test
    _make_room(iterations)
    by_id("epoch-rows").replaceChildren()
    by_id("scrub").disabled = True
    by_id("scrub-value").textContent = ""
    by_id("curve-empty").hidden = False
    draw()


def append(losses):
    """losses: Float64Array of the iterations since the last call; none while the first takes long."""
    by_id("curve-empty").hidden = True
    if not losses.length:
        return
    count = _now.count + losses.length
    if count > _now.room:
        _make_room(2 * count)
    _now.loss.set(losses, _now.count)
    _now.count = count
    scrub = by_id("scrub")
    follows = scrub.value == scrub.max
    scrub.max = str(count)
    scrub.disabled = False
    if follows:
        scrub.value = str(count)


def append_accuracies(accuracies):
    """accuracies: list of [iteration, training accuracy, test accuracy]."""
    columns = _now.accuracies
    for iteration, train, test in accuracies:
        columns[0].push(iteration)
        columns[1].push(train * 100)
        columns[2].push(test * 100)
        loss = _loss_at(iteration)
        line = make("tr")
        line.append(
            make("th", number(iteration), scope="row"),
            make("td", f"{loss:.4f}"),
            make("td", percent(train)),
            make("td", percent(test)),
        )
        by_id("epoch-rows").append(line)


def expect(iterations):
    """The run will have this many iterations: the width of the whole curve."""
    _now.last = iterations
    draw()


def draw():
    """Show all losses and accuracies that have come."""
    if "loss" not in _plots:
        return
    count = _now.count
    least, most = _now.range or (0, max(_now.last, count, 1))
    x = _now.x.subarray(0, count)
    _plots["loss"].setData(uplot_axes.array([x, _now.loss.subarray(0, count)]), False)
    _plots["accuracy"].setData(_now.accuracies, False)
    for plot in _plots.values():
        plot.setScale("x", ffi.to_js({"min": least, "max": most}))
    if not count:
        _plots["loss"].setScale("y", ffi.to_js({"min": 0, "max": 2.5}))  # nothing there to fit


def _make_room(room):
    loss = js.Float64Array.new(room)
    if _now.count:
        loss.set(_now.loss.subarray(0, _now.count))
    iterations = js.Float64Array.new(js.Array.new(room + 1).keys()).subarray(1)  # 1, 2, 3, ...
    _now.set(x=iterations, loss=loss, room=room)


def _loss_at(iteration):
    return _now.loss.at(iteration - 1)


def _build():
    """Make both charts anew, in the present language and colours."""
    for plot in _plots.values():
        plot.destroy()
    cursor = {"sync": {"key": "kobai"}, "points": {"size": 7}, "drag": {"x": True, "y": False}}
    iteration = {"label": _("iteration")}
    loss_series = {
        "label": _("loss"),
        "stroke": uplot_axes.style("--accent"),
        "width": 1,
        "points": {"show": False},
    }
    train = {"label": _("training accuracy"), "stroke": uplot_axes.style("--blue"), "width": 2}
    test = {
        "label": _("test accuracy"),
        "stroke": uplot_axes.style("--vermillion"),
        "width": 2,
        "dash": [6, 4],
    }
    _plots["loss"] = _plot(
        "loss", [iteration, loss_series], [uplot_axes.axis(), uplot_axes.axis(_("loss"))], cursor, LOSS_RANGE
    )
    _plots["accuracy"] = _plot(
        "accuracy",
        [iteration, train, test],
        [uplot_axes.axis(_("iteration")), uplot_axes.axis(_("accuracy (%)"))],
        cursor,
        [0, 100],
    )
    draw()


def _plot(kind, series, axes, cursor, y_range):
    place = by_id(kind + "-chart")
    place.replaceChildren()
    options = {
        "width": max(place.clientWidth, 200),
        "height": _height(kind),
        "series": series,
        "axes": axes,
        "cursor": cursor,
        "legend": {"live": True},
        "scales": {"x": {"time": False, "auto": False}, "y": {"range": y_range}},
        "hooks": {"setSelect": [_selected]},
    }
    return js.uPlot.new(ffi.to_js(options), ffi.to_js([[] for _unused in series]), place)


def _height(kind):
    return (LOW if js.innerHeight < LOW_WINDOW else HEIGHTS)[kind]


def _selected(plot, *rest):
    """A stretch was marked with the pointer: look closer at it."""
    box = plot.select
    if box.width > 2:
        _now.range = (plot.posToVal(box.left, "x"), plot.posToVal(box.left + box.width, "x"))
        plot.setSelect(ffi.to_js({"left": 0, "width": 0, "top": 0, "height": 0}), False)
        draw()


def _zoom(factor):
    whole = max(_now.last, _now.count, 1)
    if factor is None:
        _now.range = None
    else:
        least, most = _now.range or (0, whole)
        middle = int(by_id("scrub").value) if not by_id("scrub").disabled else (least + most) / 2
        half = max((most - least) * factor / 2, 5)
        least, most = max(0, middle - half), min(whole, middle + half)
        _now.range = None if (least, most) == (0, whole) else (least, most)
    draw()


def _scrubbed():
    at = int(by_id("scrub").value)
    words = _("iteration {iteration}: loss {loss}", iteration=number(at), loss=f"{_loss_at(at):.4f}")
    by_id("scrub-value").textContent = words
    by_id("scrub").setAttribute("aria-valuetext", words)
    plot = _plots["loss"]
    left = plot.valToPos(at, "x")
    plot.setCursor(ffi.to_js({"left": left, "top": plot.valToPos(_loss_at(at), "y")}))


def _resize():
    for kind, plot in _plots.items():
        width = by_id(kind + "-chart").clientWidth
        if width and width != plot.width:
            plot.setSize(ffi.to_js({"width": width, "height": _height(kind)}))
