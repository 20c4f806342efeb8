"""What is drawn on a plane of heights: the picture of them, arrows, paths; and small tables below it."""

import math

from ui import svg
from ui.dom import signed

HEAD = 7  # px: the head of an arrow


def heights(plane, source):
    """The picture of the heights, over the whole plane."""
    across, down = plane.right - plane.left, plane.bottom - plane.top
    picture = svg.shape("image", x=plane.left, y=plane.top, width=across, height=down)
    picture.setAttribute("preserveAspectRatio", "none")
    picture.setAttribute("href", source)
    plane.add(picture)


def arrow(plane, x, y, dx, dy, kind):
    """From (x, y) to (x + dx, y + dy), cut off at the edge of the plane."""
    x1, y1 = plane.x(x), plane.y(y)
    across, down = plane.x(x + dx) - x1, plane.y(y + dy) - y1
    length = math.sqrt(across * across + down * down)
    if length < 1:
        return
    fits = 1.0
    for start, step, low, high in (
        (x1, across, plane.left, plane.right),
        (y1, down, plane.top, plane.bottom),
    ):
        if step:
            fits = min(fits, ((high if step > 0 else low) - start) / step)
    x2, y2 = x1 + across * fits, y1 + down * fits
    ux, uy = across / length * HEAD, down / length * HEAD
    plane.add(
        svg.line(x1, y1, x2, y2, kind),
        svg.path(
            [(x2 - ux - uy / 2, y2 - uy + ux / 2), (x2, y2), (x2 - ux + uy / 2, y2 - uy - ux / 2)], kind
        ),
    )


def pull(plane, x, y, grad, px, kind):
    """An arrow of so many px the way the gradient goes down."""
    sx = (plane.right - plane.left) / (plane.at(plane.right, 0)[0] - plane.at(plane.left, 0)[0])
    sy = (plane.bottom - plane.top) / (plane.at(0, plane.top)[1] - plane.at(0, plane.bottom)[1])
    across, up = -grad[0] * sx, -grad[1] * sy
    length = math.sqrt(across * across + up * up)
    if length:
        arrow(plane, x, y, across / length * px / sx, up / length * px / sy, kind)


def steps(plane, path, x, y):
    """A path as far as it lies within the limits x and y of the plane, with a dot at each of its points."""
    plane.curve(path, "first")
    for a, b in path:
        if x[0] <= a <= x[1] and y[0] <= b <= y[1]:
            plane.dot(a, b, "dot", 3)


def ticks(low, high, count=4):
    """(value, text) at even distances from low to high."""
    step = (high - low) / count
    values = [low + i * step for i in range(count + 1)]
    return [
        (value, f"{value:,.0f}".replace("-", "−") if step >= 100 else signed(value, 2)) for value in values
    ]
