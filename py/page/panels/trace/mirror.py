"""Forward and backward beside each other: each variable and the derivative of the loss by it."""

from ui.dom import make
from ui.i18n import N_, _

ROWS = (
    "x",
    "W1",
    "b1",
    "a1",
    "z1",
    "W2",
    "b2",
    "a2",
    "y",
)  # of TwoLayerNet.gradient, in the order of the book
WITHOUT = {
    "x": N_("The image is no parameter: no derivative by it is needed."),
    "a2": N_("Softmax and cross entropy go back in one step: see dy."),
    "y": N_("Softmax and cross entropy go back in one step: see dy."),
}


class Mirror:
    """Rows of two cells that fill as the lines of `gradient` run; cards: see trace_values.Cards."""

    def __init__(self, place, cards):
        self._place, self._cards = place, cards
        self._shown = {}  # (name, side) -> the summary on the page
        self._cells = {}  # (name, side) -> its element

    def forget(self):
        """Another recording, or another language."""
        self._cards.forget(self._place)
        self._shown, self._cells = {}, {}
        lines = [
            _line(
                make("h4", _("forward: the value")),
                make("h4", _("backward: the derivative of the loss by it")),
            )
        ]
        for name in ROWS:
            for side in ("forward", "backward"):
                self._cells[(name, side)] = make("div")
            lines.append(_line(self._cells[(name, "forward")], self._cells[(name, "backward")]))
        self._place.replaceChildren(*lines)

    def show(self, summaries, row):
        """summaries: the variables of gradient, what the line makes last; row: which image of a batch."""
        values = {each["name"]: each for each in summaries}
        gradients = {each["pair"]: each for each in summaries if each["pair"]}
        for name in ROWS:
            self._put(name, "forward", values.get(name), row, name)
            finished = "a1" in gradients or name not in WITHOUT
            words = _(WITHOUT[name]) if finished and name in WITHOUT else _("still to come")
            self._put(name, "backward", gradients.get(name), row, words)

    def _put(self, name, side, summary, row, otherwise):
        """A card where there was none or another one; some words where the line has not run yet."""
        key, now = (name, side), (summary, row, otherwise)
        if self._shown.get(key) == now:
            return
        self._shown[key] = now
        cell = self._cells[key]
        self._cards.forget(cell)
        cell.replaceChildren(
            self._cards.card(summary, row) if summary else make("p", otherwise, **{"class": "empty"})
        )


def _line(left, right):
    line = make("div", **{"class": "mirror-line"})
    line.append(left, right)
    return line
