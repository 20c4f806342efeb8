"""Tables in a fold below a picture: built only while it is open, for most readers never open it."""

import math

from ui.dom import by_id, make, on, row
from ui.i18n import _, on_language


class LazyTable:
    """What fill() puts into the <details> around the element with this id."""

    def __init__(self, name, fill):
        self._rows, self._put, self._stale = by_id(name), fill, False
        self._fold = self._rows.closest("details")
        on(self._fold, "toggle", lambda event: self._fill())

    def changed(self):
        """What fill() would put there is another now."""
        self._stale = True
        if not self._fold.open:
            self._empty()
        self._fill()

    def _empty(self):
        """So that opening the fold never shows, for a moment, what was there before."""
        bodies = getattr(self._rows, "tBodies", None)  # of a whole table; else it is the body itself
        (bodies.item(0) if bodies else self._rows).replaceChildren()

    def _fill(self):
        if self._stale and self._fold.open:
            self._stale = False
            self._put()


class HeightTable:
    """The heights over a plane as a table, its rows from the top of the picture to the bottom."""

    def __init__(self, name):
        """name: the id of a <table> with an empty caption, thead and tbody."""
        self._table, self._known = by_id(name), None
        self._folded = LazyTable(name, self._fill)
        on_language(self._folded.changed)

    def show(self, known, height, names):
        """known: across, up and heights of the worker. height, names: message ids of the heights and axes."""
        self._known, self._words = known, (height, names)
        self._folded.changed()

    def _fill(self):
        if self._known is None:
            return
        height, (across, up) = self._words
        self._table.caption.textContent = _(
            "{height} for each {across} (columns) and {up} (rows)",
            height=_(height), across=_(across), up=_(up),
        )  # fmt: skip
        head = make("tr")
        columns = [make("th", text, scope="col") for text in _places(self._known["across"])]
        head.append(make("td"), *columns)
        self._table.tHead.replaceChildren(head)
        rows = [
            row(text, *[f"{height:.4f}" for height in self._known["heights"][i]])
            for i, text in enumerate(_places(self._known["up"]))
        ]
        rows.reverse()  # as in the picture: the first row lies at its bottom
        self._table.tBodies.item(0).replaceChildren(*rows)


def _places(values):
    """Values at even distances, with a digit more than tells them apart."""
    digits = max(2 - math.floor(math.log10(values[1] - values[0])), 0)
    return [f"{value:.{digits}f}".replace("-", "−") for value in values]
