"""A picture of an array whose numbers can be pointed at, or chosen with the arrow keys."""

from ui.dom import make, on
from ui.i18n import _

SIDE = 28  # of an image
GAP = 1  # between two tiles
LONGEST = 100  # of a strip in one row
WIDEST, HIGHEST = 420, 260  # CSS pixels


class Layout:
    """Which number is where: the picture of a summary (worker/panels/trace.py) has `wide` x `high` cells."""

    def __init__(self, summary, row):
        picture, self._shape = summary["picture"], summary["shape"]
        self.kind = picture["kind"]
        self._row = row if summary["rows"] else 0
        if self.kind == "sheet":
            self._count, self._across = picture["units"], picture["columns"]
            self.wide = self._across * (SIDE + GAP) - GAP
            self.high = -(-self._count // self._across) * (SIDE + GAP) - GAP
        elif self.kind == "image":
            self.wide = self.high = SIDE
        elif self.kind == "matrix":
            self.wide, self.high = picture["columns"], picture["rows"]
        else:
            self._count = len(picture["values"])
            self.wide = min(self._count, LONGEST)
            self.high = -(-self._count // self.wide)

    def index(self, u, v):
        """The index of the number in column u and row v of the picture; None where there is none."""
        if self.kind == "sheet":
            tile = v // (SIDE + GAP) * self._across + u // (SIDE + GAP)
            u, v = u % (SIDE + GAP), v % (SIDE + GAP)
            return None if tile >= self._count or u >= SIDE or v >= SIDE else [v * SIDE + u, tile]
        if self.kind == "matrix":
            return [v, u]
        place = v * self.wide + u
        if self.kind != "image" and place >= self._count:
            return None
        return [place] if len(self._shape) == 1 else [self._row, place]

    def cell(self, index):
        """(column, row) in the picture of the number with this index; None if it is not pictured."""
        if self.kind == "sheet":
            place, tile = index
            u, v = tile % self._across, tile // self._across
            return u * (SIDE + GAP) + place % SIDE, v * (SIDE + GAP) + place // SIDE
        if self.kind == "matrix":
            return index[1], index[0]
        if len(index) == 2 and index[0] != self._row:
            return None
        return index[-1] % self.wide, index[-1] // self.wide


class Cells:
    """The element of a picture; look(name, index, chosen) is called for a number pointed at, or chosen."""

    def __init__(self, summary, row, look):
        self._name, self._look = summary["name"], look
        self._layout = Layout(summary, row)
        self._at = None  # (u, v) of the cursor
        self.element = self._build(summary)
        for event, handler in (
            ("pointermove", self._on_move),
            ("pointerleave", self._on_leave),
            ("click", self._on_click),
            ("keydown", self._on_key),
        ):
            on(self.element, event, self._while_shown(handler))

    def let_go(self):
        """Of the elements, which leave the page: else their listeners and this would keep each other."""
        self.element = self._cursor = None

    def _while_shown(self, handler):
        """A second click may still arrive after the first has replaced the picture."""
        return lambda event: handler(event) if self.element is not None else None

    def _build(self, summary):
        layout, picture = self._layout, summary["picture"]
        element = make("div", tabindex="0", role="group", **{"class": "cells cells-" + layout.kind})
        element.setAttribute(
            "aria-label", _("{name} as a picture; the arrow keys choose a number", name=summary["name"])
        )
        if layout.kind == "bars":
            element.append(_bars(picture["values"]))
        else:
            if layout.kind == "image" and summary["min"] >= 0:
                element.className += " ink"
            element.append(make("img", src=picture["src"], alt="", draggable="false"))
            scale = max(1, min(WIDEST / layout.wide, HIGHEST / layout.high, 12))
            if layout.kind == "image":
                scale = 4
            element.style.width = f"{layout.wide * scale:.0f}px"
            if layout.high == 1:
                element.style.height = "28px"
            else:
                element.style.aspectRatio = f"{layout.wide} / {layout.high}"
        self._cursor = make("span", hidden="", **{"class": "cursor"})
        element.append(self._cursor)
        return element

    def mark(self, index):
        """Show the cursor at this number; None hides it."""
        cell = self._layout.cell(index) if index is not None else None
        self._cursor.hidden = cell is None
        if cell is None:
            return
        self._at = cell
        layout, style = self._layout, self._cursor.style
        style.left = f"{cell[0] / layout.wide * 100:.3f}%"
        style.top = f"{cell[1] / layout.high * 100:.3f}%"
        style.width = f"{100 / layout.wide:.3f}%"
        style.height = f"{100 / layout.high:.3f}%"

    def _under(self, event):
        box, layout = self.element.getBoundingClientRect(), self._layout
        u = int((event.clientX - box.left) / box.width * layout.wide)
        v = int((event.clientY - box.top) / box.height * layout.high)
        return min(max(u, 0), layout.wide - 1), min(max(v, 0), layout.high - 1)

    def _on_move(self, event):
        if event.pointerType != "mouse":
            return  # a finger scrolls; its tap is a click
        index = self._layout.index(*self._under(event))
        if index is not None:
            self._look(self._name, index, False)

    def _on_leave(self, event):
        self._look(None, None, False)

    def _on_click(self, event):
        index = self._layout.index(*self._under(event))
        if index is not None:
            self._look(self._name, index, True)

    def _on_key(self, event):
        moves = {"ArrowRight": (1, 0), "ArrowLeft": (-1, 0), "ArrowDown": (0, 1), "ArrowUp": (0, -1)}
        if event.key in moves:
            du, dv = moves[event.key]
        elif event.key in ("Enter", " "):
            du, dv = 0, 0
        else:
            return
        event.preventDefault()
        layout = self._layout
        if self._at is None:
            goal = (0, 0)
        else:
            goal = (self._at[0] + du, self._at[1] + dv)
            if self._in_gap(goal):
                goal = (goal[0] + du, goal[1] + dv)  # over the gap to the next tile
        if 0 <= goal[0] < layout.wide and 0 <= goal[1] < layout.high and not self._in_gap(goal):
            self._look(self._name, layout.index(goal[0], goal[1]), True)

    def _in_gap(self, cell):
        inside = 0 <= cell[0] < self._layout.wide and 0 <= cell[1] < self._layout.high
        return inside and self._layout.index(cell[0], cell[1]) is None


def _bars(values):
    """Ten bars from a common zero: upwards positive, downwards negative, the digit below."""
    high = max(0.0, max(values))
    low = min(0.0, min(values))
    span = (high - low) or 1.0
    bars = make("div", **{"class": "ten"})
    top = max(range(len(values)), key=lambda i: values[i])
    for digit, value in enumerate(values):
        column = make("div", **{"class": "largest" if digit == top else ""})
        column.append(make("span", _short_bar(value), **{"class": "figure"}))
        track = make("span", **{"class": "track"})
        bar = make("span", **{"class": "bar negative" if value < 0 else "bar"})
        bar.style.height = f"{abs(value) / span * 100:.2f}%"
        bar.style.bottom = f"{((value if value < 0 else 0.0) - low) / span * 100:.2f}%"
        track.append(bar)
        column.append(track)
        column.append(make("span", str(digit), **{"class": "digit"}))
        bars.append(column)
    return bars


def _short_bar(value):
    size = abs(value)
    if size >= 100:
        text = f"{value:.0f}"
    elif size >= 10:
        text = f"{value:.1f}"
    elif size == 0 or size >= 0.005:
        text = f"{value:.2f}"
    else:
        text = f"{value:.0e}"
    return text.replace("-", "−")
