"""The reliability curve as SVG: what the network says across, how often it is right upwards."""

from ui import svg
from ui.dom import by_id
from ui.i18n import _, number, percent

SIDE = 300  # of the square, in units of the drawing
LEFT, TOP = 46, 10  # where it begins
LARGEST, SMALLEST = 9, 3.5  # radius of a dot for the most answers, and for few
_parts = {}


def draw(curve):
    """curve: the bins, dicts of above, up_to, count, sure, right, low, high."""
    _parts["band"] = svg.shape("rect", y=TOP, height=SIDE, x=LEFT, width=0, **{"class": "band"})
    filled = [one for one in curve if one["count"]]
    most = max(one["count"] for one in filled)
    ranges = [_line(one["sure"], one["low"], one["sure"], one["high"], "range") for one in filled]
    by_id("calibration-chart").replaceChildren(
        _parts["band"],
        *_axes(),
        _line(0, 0, 1, 1, "diagonal"),
        svg.path([(_x(one["sure"]), _y(one["right"])) for one in filled], "curve"),
        *ranges,
        *[_dot(one, most) for one in filled],
    )


def mark(one):
    """Show which answers one asks about: those between above and up_to."""
    _parts["band"].setAttribute("x", str(_x(one["above"])))
    _parts["band"].setAttribute("width", str(_x(one["up_to"]) - _x(one["above"])))


def _axes():
    shapes = []
    for percentage in range(0, 101, 20):
        at = percentage / 100
        shapes.append(_line(at, 0, at, 1, "rule"))
        shapes.append(_line(0, at, 1, at, "rule"))
        shapes.append(svg.label(_x(at), TOP + SIDE + 18, str(percentage)))
        shapes.append(svg.label(LEFT - 8, _y(at) + 4, str(percentage), "end"))
    shapes.append(svg.label(LEFT + SIDE / 2, TOP + SIDE + 38, _("it says (%)")))
    upwards = svg.label(0, 0, _("it is right (%)"))
    upwards.setAttribute("transform", f"translate(14 {TOP + SIDE / 2}) rotate(-90)")
    return shapes + [upwards]


def _dot(one, most):
    """The larger the more answers; what it stands for is said under the pointer."""
    radius = max(SMALLEST, LARGEST * (one["count"] / most) ** 0.5)
    dot = svg.shape("circle", cx=_x(one["sure"]), cy=_y(one["right"]), r=radius, **{"class": "dot"})
    words = _(
        "says {sure}, right in {right} of {count}",
        sure=percent(one["sure"], 1),
        right=percent(one["right"], 1),
        count=number(one["count"]),
    )
    dot.append(svg.shape("title", words))
    return dot


def _x(share):
    return LEFT + share * SIDE


def _y(share):
    return TOP + (1 - share) * SIDE


def _line(x1, y1, x2, y2, kind):
    return svg.line(_x(x1), _y(y1), _x(x2), _y(y2), kind)
