"""One moment of a recording: what its line reads, what it makes, and the variables of the frame."""

from panels.trace.values import cell_name, size_of
from ui.dom import by_id, make
from ui.i18n import _


class MomentView:
    """cards: see trace_values.Cards."""

    def __init__(self, cards):
        self._cards = cards

    def show(self, moment, code, row):
        """code: the text of the line. The frame's variables are built only while their fold is open."""
        place = by_id("trace-now")
        self._cards.forget(place)
        parts = [_line(moment, code)]
        parts += self._group(_("It reads"), self._reads(moment), row, moment)
        parts += self._group(_("It makes"), self._makes(moment), row, moment)
        title = _("{function} returns", function=moment["title"])
        parts += self._group(title, [(each, "") for each in moment["returns"]], row, moment)
        if moment["ended"]:
            left = [(each, "") for each in moment["locals"]]
            parts += self._group(_("The code has come to its end. It leaves"), left, row, moment)
        place.replaceChildren(*parts)
        place.setAttribute("data-at", str(moment["at"]))
        self.show_frame(moment, row)

    def show_frame(self, moment, row):
        """All local variables of the function, where that list is open."""
        place = by_id("trace-frame")
        self._cards.forget(place)
        shown = moment["locals"] if by_id("trace-frame-fold").open else []
        place.replaceChildren(*[self._cards.card(each, row) for each in shown])

    def _reads(self, moment):
        """What the line reads; beside what softmax returns, the scores it was made of."""
        reads = [(each, "") for each in moment["reads"]]
        returned = [each["role"] for each in moment["returns"]]
        if not reads and returned == ["probabilities"]:
            reads = [(each, "") for each in moment["locals"] if each["role"] == "scores"]
        return reads

    def _makes(self, moment):
        made = []
        for each in moment["makes"]:
            before = each.get("before")
            made.append(
                (each, _("new") if before is None else (_("changed") if each["changed"] else _("as before")))
            )
        return made

    def _group(self, title, pairs, row, moment):
        if not pairs:
            return []
        cards = make("div", **{"class": "trace-cards"})
        for summary, badge in pairs:
            card = self._cards.card(summary, row, badge)
            twin = _named(moment["locals"], summary["pair"])
            if badge and twin:
                cards.append(self._beside(twin, summary, card, row))
            else:
                cards.append(card)
        return [make("h3", title), cards]

    def _beside(self, twin, summary, card, row):
        """A derivative beside the variable it belongs to."""
        both = make("div", **{"class": "trace-twins"})
        words = _(
            "{gradient} belongs to {name}: the derivative of the loss by each number of {name}, "
            "so the same shape.",
            gradient=summary["name"],
            name=twin["name"],
        )
        both.append(self._cards.card(twin, row), card, make("p", words, **{"class": "hint"}))
        return both


def _line(moment, code):
    said = make("p", **{"class": "trace-line-now"})
    words = _("Line {line}:", line=moment["line"])
    said.append(make("span", words, **{"class": "hint"}), " ", make("code", code))
    return said


def _named(summaries, name):
    for each in summaries:
        if name and each["name"] == name:
            return each
    return None


def spoken(moment, code):
    """The moment in a sentence, for those who hear it."""
    text = _("Line {line}: {code}.", line=moment["line"], code=code)
    for each in moment["makes"]:
        text += " " + _("It makes {what}.", what=_what(each))
    for each in moment["returns"]:
        text += " " + _("{function} returns {what}.", function=moment["title"], what=_what(each))
    return text + " " + _("The code has come to its end.") if moment["ended"] else text


def _what(summary):
    if summary["kind"] == "array" and summary["shape"]:
        return _("{name}, {size}", name=summary["name"], size=size_of(summary))
    return f"{summary['name']} = {summary['text']}" if summary["text"] else cell_name(summary["name"], [])
