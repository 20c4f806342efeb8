"""The reliability curve as SVG: what the network says across, how often it is right upwards."""

from dom import by_id
from pyscript import document
from words import _, number, percent

SIDE = 300  # of the square, in units of the drawing
LEFT, TOP = 46, 10  # where it begins
LARGEST, SMALLEST = 9, 3.5  # radius of a dot for the most answers, and for few
_parts = {}


def draw(curve):
    """curve: the bins, dicts of above, up_to, count, sure, right, low, high."""
    band = _shape("rect", "band", y=TOP, height=SIDE, x=LEFT, width=0)
    _parts["band"] = band
    shapes = [band]
    for percentage in range(0, 101, 20):
        at = percentage / 100
        shapes.append(_line("rule", at, 0, at, 1))
        shapes.append(_line("rule", 0, at, 1, at))
        shapes.append(_text(_x(at), TOP + SIDE + 18, str(percentage), "middle"))
        shapes.append(_text(LEFT - 8, _y(at) + 4, str(percentage), "end"))
    shapes.append(_line("diagonal", 0, 0, 1, 1))
    filled = [one for one in curve if one["count"]]
    most = max(one["count"] for one in filled)
    path = " L".join(f"{_x(one['sure']):.1f} {_y(one['right']):.1f}" for one in filled)
    shapes.append(_shape("path", "curve", d="M" + path))
    for one in filled:
        shapes.append(_line("range", one["sure"], one["low"], one["sure"], one["high"]))
        radius = max(SMALLEST, LARGEST * (one["count"] / most) ** 0.5)
        dot = _shape("circle", "dot", cx=_x(one["sure"]), cy=_y(one["right"]), r=radius)
        title = _shape("title", "")
        title.textContent = _(
            "says {sure}, right in {right} of {count}",
            sure=percent(one["sure"], 1),
            right=percent(one["right"], 1),
            count=number(one["count"]),
        )
        dot.append(title)
        shapes.append(dot)
    shapes.append(_text(LEFT + SIDE / 2, TOP + SIDE + 38, _("it says (%)"), "middle"))
    upwards = _text(0, 0, _("it is right (%)"), "middle")
    upwards.setAttribute("transform", f"translate(14 {TOP + SIDE / 2}) rotate(-90)")
    shapes.append(upwards)
    by_id("calibration-chart").replaceChildren(*shapes)


def mark(one):
    """Show which answers one asks about: those between above and up_to."""
    _parts["band"].setAttribute("x", str(_x(one["above"])))
    _parts["band"].setAttribute("width", str(_x(one["up_to"]) - _x(one["above"])))


def _x(share):
    return LEFT + share * SIDE


def _y(share):
    return TOP + (1 - share) * SIDE


def _line(kind, x1, y1, x2, y2):
    return _shape("line", kind, x1=_x(x1), y1=_y(y1), x2=_x(x2), y2=_y(y2))


def _text(x, y, words, anchor):
    text = _shape("text", "", x=x, y=y, text_anchor=anchor)
    text.textContent = words
    return text


def _shape(tag, kind, **attributes):
    shape = document.createElementNS("http://www.w3.org/2000/svg", tag)
    if kind:
        shape.setAttribute("class", kind)
    for name, value in attributes.items():
        shape.setAttribute(name.replace("_", "-"), str(value))
    return shape
