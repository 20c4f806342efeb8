"""Small drawings: shapes with classes, which CSS colours; texts in the units of the page."""

from pyscript import document

NAMESPACE = "http://www.w3.org/2000/svg"


def drawing(width, height, name):
    """An empty drawing, in CSS pixels; `name` says what it shows."""
    return shape(
        "svg", viewBox=f"0 0 {width} {height}", width=width, height=height, role="img", aria_label=name
    )


def shape(tag, text="", **attributes):
    """An SVG element; _ in the name of an attribute stands for -."""
    element = document.createElementNS(NAMESPACE, tag)
    if text:
        element.textContent = text
    for name, value in attributes.items():
        name = "viewBox" if name == "viewBox" else name.replace("_", "-")
        element.setAttribute(name, str(value))
    return element


def line(x1, y1, x2, y2, kind):
    """A straight line, in px."""
    return shape("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"class": kind})


def path(points, kind, close=False):
    """A line through these (x, y)."""
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return shape("path", d="M" + steps + ("Z" if close else ""), **{"class": kind})


def label(x, y, text, anchor="middle", kind="label"):
    """A text at a place, in px."""
    return shape("text", text, x=x, y=y, text_anchor=anchor, **{"class": kind})
