"""What a line reads and makes: each variable with its shape, its figures and its picture."""

from panels.trace.pictures import Cells
from ui.dom import make
from ui.i18n import _


def short(value):
    """Four digits of a number: 0.04463, −3.142, 1.5e−07."""
    if value is None:
        return "–"
    return f"{value:.4g}".replace("-", "−")


def cell_name(name, index):
    """How Python names one number: a1[0, 17]."""
    return f"{name}[{', '.join(str(i) for i in index)}]" if index else name


def size_of(summary):
    """100 × 50."""
    return " × ".join(str(n) for n in summary["shape"])


class Cards:
    """Makes cards, and marks the chosen number in all of them; look: see trace_pictures.Cells."""

    def __init__(self, look):
        self._look = look
        self._cells = []  # (name, Cells) of the cards on the page

    def forget(self, place=None):
        """The cards in this place (or all) are gone."""
        stay = []
        for name, cells in self._cells:
            if place is None or place.contains(cells.element):
                cells.let_go()
            else:
                stay.append((name, cells))
        self._cells = stay

    def mark(self, marks):
        """marks: name of a variable -> index of the number that is to be seen."""
        for name, cells in self._cells:
            cells.mark(marks.get(name))

    def card(self, summary, row, badge=""):
        """One variable; badge: a word beside its name."""
        card = make("figure", **{"class": "trace-value role-" + summary["role"]})
        head = make("figcaption")
        head.append(make("code", summary["name"]))
        if badge:
            head.append(make("span", badge, **{"class": "badge"}))
        if summary["kind"] == "array" and summary["shape"]:
            head.append(make("span", size_of(summary), **{"class": "size"}))
        card.append(head)
        if summary["kind"] != "array":
            card.append(make("p", summary["text"], **{"class": "plain"}))
            return card
        if summary["picture"]:
            cells = Cells(summary, row, self._look)
            self._cells.append((summary["name"], cells))
            card.append(cells.element)
        card.append(make("p", figures_of(summary), **{"class": "hint"}))
        return card


def figures_of(summary):
    """Shape as NumPy writes it, type, smallest, largest and mean."""
    shape = (
        "(" + ", ".join(str(n) for n in summary["shape"]) + ("," if len(summary["shape"]) == 1 else "") + ")"
    )
    if summary["min"] is None:
        return f"{shape} {summary['dtype']}"
    return _(
        "{shape} {dtype}, smallest {low}, largest {high}, mean {mean}",
        shape=shape,
        dtype=summary["dtype"],
        low=short(summary["min"]),
        high=short(summary["max"]),
        mean=short(summary["mean"]),
    )
