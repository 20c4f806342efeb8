"""A plane of heights with a point on it that one moves, and the heights as a table: ideas 4 and 5."""

import math

from panels.ideas.height_map import heights, ticks
from ui.dom import by_id
from ui.i18n import _
from ui.lazy_table import HeightTable
from ui.svg_plane import Handle, Plane

STEPS = 80  # of the arrow keys, from edge to edge


class HeightPicker:
    """Its ids are name-plane and name-grid. `known` is what show() was given last, None before.

    draw(): called when the width of the place changes. moved(x, y): the point is to be there.
    """

    def __init__(self, name, draw, moved):
        self.plane = Plane(by_id(name + "-plane"), 400, draw)
        self.known, self._at, self._tell = None, (0, 0), moved
        self._handle = Handle(self.plane, self._move, self._nudge)
        self._grid = HeightTable(name + "-grid")

    def show(self, known, height, names, x, y):
        """Other heights: picture, across, up and heights of the worker, and the place of the point.

        height, names: message ids of what the heights are, and of the two axes.
        """
        self.known, self._names = known, names
        self.limits = [(values[0], values[-1]) for values in (known["across"], known["up"])]
        self._grid.show(known, height, names)
        self.move_to(x, y)

    def move_to(self, x, y):
        """Put the point at just these values, and tell."""
        self._at = (x, y)
        self._tell(x, y)

    def begin(self, title, zoom=1):
        """Draw the heights and the axes; what lies on them comes next. Returns the limits of both axes.

        zoom: that many times as far to every side, where a picture of heights that looks the same will do.
        """
        shown = [(low * zoom, high * zoom) for low, high in self.limits]
        self.plane.begin(title, *shown)
        heights(self.plane, self.known["picture"])
        names = [_(name) for name in self._names]
        self.plane.axes(ticks(*shown[0]), ticks(*shown[1]), *names)
        return shown

    def put(self, x, y, name, says):
        """Show the point; name and says: what it is and where, for a screen reader."""
        self._handle.put(x, y, name, says, x, self.limits[0])

    def _move(self, *place):
        tidy = []
        for value, (low, high) in zip(place, self.limits):
            digits = 2 - math.floor(math.log10(high - low))  # about a thousand places from edge to edge
            tidy.append(min(max(round(value, digits), low), high))
        self.move_to(*tidy)

    def _nudge(self, *steps):
        self._move(
            *[
                value + step * (high - low) / STEPS
                for value, step, (low, high) in zip(self._at, steps, self.limits)
            ]
        )
