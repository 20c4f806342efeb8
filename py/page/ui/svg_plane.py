"""A plane to draw functions on, in SVG, with handles that are dragged or moved by the arrow keys."""

import math

import js
from pyscript import ffi
from ui import svg
from ui.dom import make, on

LEFT, RIGHT, TOP, BOTTOM = 62, 14, 12, 40  # px around the plane: room for the axes
LEAST = 240  # px: the least width of a drawing
NUDGES = {"ArrowRight": (1, 0), "ArrowLeft": (-1, 0), "ArrowUp": (0, 1), "ArrowDown": (0, -1)}
NUDGES.update({"PageUp": (0, 10), "PageDown": (0, -10)})
NUDGES.update({"Home": (-1000, 0), "End": (1000, 0)})  # to either edge


class Plane:
    """A drawing that fills the width of `place`; drawn anew by draw(), which starts with begin().

    draw: called whenever the width of the place changes; it may be called before there is anything to draw.
    """

    def __init__(self, place, height, draw):
        self.place, self.height, self.width = place, height, 0
        self.picture = svg.drawing(LEAST, height, "")
        self.picture.removeAttribute("role")  # the handles in it are no part of an image
        self._content = svg.shape("g")
        self.picture.append(self._content)
        place.replaceChildren(self.picture)
        fit = ffi.create_proxy(lambda *_time: self._fit(draw))
        # in the next frame: a change of size within the observer is an error to the browser
        js.ResizeObserver.new(ffi.create_proxy(lambda *entries: js.requestAnimationFrame(fit))).observe(place)

    def _fit(self, draw):
        if self.place.clientWidth and max(self.place.clientWidth, LEAST) != self.width:
            draw()

    def begin(self, name, x, y, log=""):
        """Clear; name: what the drawing shows. x, y: least and largest value. log: "", "x", "y" or "xy"."""
        self.width = max(self.place.clientWidth, LEAST)
        self.picture.setAttribute("viewBox", f"0 0 {self.width} {self.height}")
        self.picture.setAttribute("width", str(self.width))
        self._content.replaceChildren()
        self._content.setAttribute("role", "img")
        self._content.setAttribute("aria-label", name)
        self._log_x, self._log_y = "x" in log, "y" in log
        self._x, self._y = _scaled(x, self._log_x), _scaled(y, self._log_y)
        self.left, self.right = LEFT, self.width - RIGHT
        self.top, self.bottom = TOP, self.height - BOTTOM

    def x(self, value):
        """Where this value lies, in px from the left."""
        least, most = self._x
        value = math.log10(value) if self._log_x else value
        return self.left + (self.right - self.left) * (value - least) / (most - least)

    def y(self, value):
        """Where this value lies, in px from the top."""
        least, most = self._y
        value = math.log10(value) if self._log_y else value
        return self.bottom - (self.bottom - self.top) * (value - least) / (most - least)

    def at(self, across, down):
        """The values at a place in px, kept within the plane."""
        x = _value((across - self.left) / (self.right - self.left), self._x, self._log_x)
        y = _value((self.bottom - down) / (self.bottom - self.top), self._y, self._log_y)
        return x, y

    def add(self, *shapes):
        """Put shapes above those that are there."""
        self._content.append(*shapes)

    def axes(self, x_ticks, y_ticks, x_name="", y_name=""):
        """Grid, numbers and names. The ticks: lists of (value, text)."""
        for value, text in x_ticks:
            at = self.x(value)
            self.add(svg.line(at, self.top, at, self.bottom, "grid"))
            self.add(svg.label(at, self.bottom + 16, text))
        for value, text in y_ticks:
            at = self.y(value)
            self.add(svg.line(self.left, at, self.right, at, "grid"))
            self.add(svg.label(self.left - 6, at + 4, text, "end"))
        self.add(svg.label((self.left + self.right) / 2, self.height - 6, x_name))
        name = svg.label(0, 0, y_name)
        name.setAttribute("transform", f"translate(13 {(self.top + self.bottom) / 2}) rotate(-90)")
        self.add(name)

    def curve(self, points, kind):
        """A line through these (x, y) as far as they lie within the plane; kind: its class."""
        piece = []
        for x, y in list(points) + [(None, None)]:
            inside = x is not None and self._inside(x, y)
            if inside:
                piece.append((self.x(x), self.y(y)))
            elif piece:
                self.add(svg.path(piece, kind))
                piece = []

    def line(self, x1, y1, x2, y2, kind):
        """A straight line between two points, in the units of the axes."""
        self.add(svg.line(self.x(x1), self.y(y1), self.x(x2), self.y(y2), kind))

    def dot(self, x, y, kind, radius=5):
        """A disc at a point, in the units of the axes; radius in px."""
        self.add(svg.shape("circle", cx=self.x(x), cy=self.y(y), r=radius, **{"class": kind}))

    def text(self, x, y, words, anchor="middle", kind="label", lift=0):
        """lift: px above the place."""
        self.add(svg.label(self.x(x), self.y(y) - lift, words, anchor, kind))

    def _inside(self, x, y):
        if y is None or (self._log_x and x <= 0) or (self._log_y and y <= 0):
            return False
        return self.left - 1 <= self.x(x) <= self.right + 1 and self.top - 1 <= self.y(y) <= self.bottom + 1


class Handle:
    """A point on a plane to be dragged, or moved by the arrow keys (Shift or Page: ten times as far;
    Home and End: to the edge).

    moved(x, y): the values where the pointer is. nudged(across, up): so many steps by the keys. Both are to
    answer by put().
    """

    def __init__(self, plane, moved, nudged):
        self._plane, self._moved, self._nudged, self._held = plane, moved, nudged, False
        self._point = svg.shape("g", role="slider", tabindex="0", **{"class": "handle"})
        self._point.append(svg.shape("circle", r=16, **{"class": "reach"}), svg.shape("circle", r=8))
        on(self._point, "pointerdown", self._on_down)
        on(self._point, "pointermove", self._on_move)
        for event in ("pointerup", "pointercancel"):
            on(self._point, event, self._on_up)
        on(self._point, "keydown", self._on_key)

    def put(self, x, y, name, says, value=None, limits=(0, 1)):
        """Show it at these values. name and says: what it is and where, for a screen reader."""
        across, down = self._plane.x(x), self._plane.y(y)
        if not self._point.isConnected:  # it is not there before it has a place and a name
            self._plane.picture.append(self._point)
        self._point.setAttribute("transform", f"translate({across:.2f} {down:.2f})")
        for key, text in (
            ("label", name),
            ("valuetext", says),
            ("valuenow", x if value is None else value),
            ("valuemin", limits[0]),
            ("valuemax", limits[1]),
        ):
            self._point.setAttribute("aria-" + key, str(text))

    def _on_down(self, event):
        if event.button == 0:
            event.preventDefault()
            self._held = True
            self._point.setPointerCapture(event.pointerId)
            self._point.focus(ffi.to_js({"preventScroll": True}))

    def _on_move(self, event):
        if self._held:
            box = self._plane.picture.getBoundingClientRect()
            scale = self._plane.width / box.width
            self._moved(
                *self._plane.at((event.clientX - box.left) * scale, (event.clientY - box.top) * scale)
            )

    def _on_up(self, event):
        self._held = False

    def _on_key(self, event):
        if event.key in NUDGES and not event.altKey and not event.ctrlKey:
            event.preventDefault()
            across, up = NUDGES[event.key]
            far = 10 if event.shiftKey else 1
            self._nudged(across * far, up * far)


def key(place, entries):
    """The legend of a drawing: entries of (class, text)."""
    lines = []
    for kind, words in entries:
        line = make("li")
        sample = svg.shape("svg", viewBox="0 0 28 12", width=28, height=12, aria_hidden="true")
        sample.append(svg.line(1, 6, 27, 6, kind))
        line.append(sample, make("span", words))
        lines.append(line)
    place.replaceChildren(*lines)


def _scaled(limits, log):
    return tuple(math.log10(limit) for limit in limits) if log else limits


def _value(share, limits, log):
    least, most = limits
    value = least + (most - least) * min(max(share, 0), 1)
    return 10**value if log else value
