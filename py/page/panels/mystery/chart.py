"""The chart of the mystery: test accuracy over the iterations, the memo's figure, bands of other seeds."""

import js
from pyscript import ffi
from ui import uplot_axes
from ui.dom import by_id, make
from ui.i18n import N_, _, number, percent
from ui.state import State

HEIGHT = 340
ITERATIONS = [100, 10000]  # of the x axis, whose scale is logarithmic: all that happens has room
PERCENT = [50, 100]  # of the y axis
ROWS = (100, 200, 500, 1000, 2000, 5000, 10000)  # of the table
ORDER = ("book", "slow", "raw")  # MicroPython's dicts have none
ROADS = {  # name, colour, dash
    "book": (N_("as in the book"), "--blue", []),
    "slow": (N_("learning rate 0.01"), "--vermillion", [9, 4]),
    "raw": (N_("pixels 0 to 255"), "--green", [3, 3]),
}
BAND = "2e"  # opacity, two hexadecimal digits


class _Now(State):
    def __init__(self):
        self.reference = None
        self.plot = None
        self.curves = {}
        self.bands = {}
        self.columns = {}
        self.rows = None
        self.figure = None
        self.points = None


_now = _Now()


def start(reference):
    """reference: what the worker's mystery_reference says."""
    points = reference["points"]
    _now.set(
        reference=reference,
        points=ffi.to_js(points),
        figure=ffi.to_js([reference["figure"] * 100] * len(points)),
    )
    uplot_axes.keep_up_to_date(by_id("mystery-chart"), _build, _resize)


def draw(curves, bands):
    """curves: road -> accuracies at the first points. bands: road -> at how many points its band is shown."""
    roads = _roads()
    changed = [
        road
        for road in ORDER
        if curves.get(road) != _now.curves.get(road) or bands.get(road) != _now.bands.get(road)
    ]
    _now.curves, _now.bands = curves, bands
    for road in changed:
        _now.columns[road] = _columns(road)
    if _roads() != roads or _now.plot is None:
        _build()
    elif changed:
        _fill()


def _roads():
    """Those that are drawn, in order."""
    return [road for road in ORDER if road in _now.curves]


def _build():
    """The chart anew: other roads, another language, other colours."""
    if _now.plot is not None:
        _now.plot.destroy()
    _now.rows = None
    memo = {
        "label": _("the memo’s figure"),
        "stroke": uplot_axes.style("--ink"),
        "width": 1.5,
        "dash": [2, 4],
        "class": "memo",
    }
    series = [{"label": _("iteration")}, memo]
    bands = []
    for road in _roads():
        name, colour, dash = ROADS[road]
        colour = uplot_axes.style(colour)
        series.append({"label": _(name), "stroke": colour, "width": 2.5, "dash": dash, "class": road})
        for _edge in ("most", "least"):
            series.append({"class": "band", "width": 0})
        bands.append({"series": [len(series) - 2, len(series) - 1], "fill": colour + BAND})
    for each in series[1:]:
        each["points"] = {"show": False}
    place = by_id("mystery-chart")
    options = {
        "width": max(place.clientWidth, 200),
        "height": HEIGHT,
        "series": series,
        "bands": bands,
        "axes": [uplot_axes.axis(_("iterations")), uplot_axes.axis(_("test accuracy (%)"))],
        "cursor": {"drag": {"x": False, "y": False}},
        "legend": {"live": True},
        "scales": {"x": {"time": False, "distr": 3, "range": ITERATIONS}, "y": {"range": PERCENT}},
    }
    _now.plot = js.uPlot.new(ffi.to_js(options), ffi.to_js([[] for _unused in series]), place)
    by_id("mystery-figure").textContent = _("the memo: {figure}", figure=percent(_now.reference["figure"]))
    by_id("mystery-note").textContent = _(
        "From one number below the chart to the next, the iterations are ten times as many. The pale bands "
        "are where {seeds} trainings with other seeds went.",
        seeds=_now.reference["seeds"],
    )
    _fill()
    js.requestAnimationFrame(_place_figure_later)  # uPlot knows its own size only then


def _fill():
    parts = [_now.points, _now.figure]
    for road in _roads():
        parts += _now.columns[road]
    _now.plot.setData(uplot_axes.array(parts))
    rows = [(road, len(_rows(road)), _now.bands.get(road)) for road in _roads()]
    if rows != _now.rows:
        _now.rows = rows
        _fill_table()


def _columns(road):
    """JavaScript's arrays of a road: the learner's accuracies, the best and the worst of the other seeds."""
    others, shown = _now.reference["roads"][road], _now.bands.get(road, 0)
    accuracy = _now.curves.get(road, [])
    return [
        _column(accuracy, len(accuracy)),
        _column(others["most"], shown),
        _column(others["least"], shown),
    ]


def _column(accuracy, count):
    """In percent, with nothing behind the first `count`."""
    missing = len(_now.reference["points"]) - count
    return ffi.to_js([value * 100 for value in accuracy[:count]] + [None] * missing)


def _rows(road):
    """Those of the table that the learner's own training has come to."""
    points = _now.reference["points"]
    return [iteration for iteration in ROWS if points.index(iteration) < len(_now.curves[road])]


def _fill_table():
    reference = _now.reference
    head = make("tr")
    head.append(make("th", _("iteration"), scope="col"))
    for road in _roads():
        name = _(ROADS[road][0])
        head.append(
            make("th", _("{road}: yours", road=name), scope="col"),
            make("th", _("{road}: other seeds", road=name), scope="col"),
        )
    rows = []
    for iteration in ROWS:
        at = reference["points"].index(iteration)
        row = make("tr")
        row.append(make("th", number(iteration), scope="row"))
        for road in _roads():
            accuracy = _now.curves[road]
            least, most = (reference["roads"][road][edge][at] for edge in ("least", "most"))
            others = f"{percent(least)} – {percent(most)}" if at < _now.bands.get(road, 0) else "–"
            yours = percent(accuracy[at]) if at < len(accuracy) else "–"
            row.append(make("td", yours), make("td", others))
        rows.append(row)
    by_id("mystery-head").replaceChildren(head)
    by_id("mystery-rows").replaceChildren(*rows)


def _place_figure(*_time):
    """The words at the line: just above its left end."""
    plot, words = _now.plot, by_id("mystery-figure")
    top = plot.over.offsetTop + plot.valToPos(_now.reference["figure"] * 100, "y")
    words.style.left = f"{plot.over.offsetLeft + 6}px"
    words.style.top = f"{top - words.offsetHeight}px"


_place_figure_later = ffi.create_proxy(_place_figure)


def _resize():
    plot, width = _now.plot, by_id("mystery-chart").clientWidth
    if width and width != plot.width:
        plot.setSize(ffi.to_js({"width": width, "height": HEIGHT}))
        _place_figure()
