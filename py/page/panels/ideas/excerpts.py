"""The code beside a formula: lines of the library as they run in the worker, the formula's symbols in them.

A <figure data-code="function"> says what it shows, data-begin and data-end how its first and last line start.
The list of symbols names a variable for each; where it first stands in the code, it is a link to the list.
"""

from panels.trace.source import WORD, pieces
from pyscript import document
from ui.dom import make
from ui.i18n import _, on_language
from worker_link import lazy_room, worker

_filled = []  # (figure, what the worker said)
_linked_once = []  # ids of the variables that are links


def start():
    """Connect its controls; called once, before Python runs."""
    for figure in _all(document, "#ideas figure[data-code]"):
        lazy_room.lazy(figure.id, lambda figure=figure: _fill(figure))
    on_language(_words)


async def _fill(figure):
    """Once: a function stays what it is."""
    if figure.querySelector("pre") is not None:
        return
    wish = {"code": figure.getAttribute("data-code")}
    for key in ("begin", "end"):
        if figure.hasAttribute("data-" + key):
            wish[key] = figure.getAttribute("data-" + key)
    answer = (await worker.call("excerpt", **wish))[0]
    article = figure.closest("article")
    symbols = {
        link.querySelector("code").textContent: link.getAttribute("data-variable")
        for link in _all(article, ".symbols a")
    }
    code, inside = make("pre", tabindex="0", role="group"), ""
    for number, text in answer["lines"]:
        line, shown = make("div", **{"class": "line"}), make("code")
        parts, inside = pieces(text, inside)
        for kind, piece in parts:
            if kind:
                shown.append(make("span", piece, **{"class": kind}))
            else:
                shown.append(*_linked(piece, symbols, article.id))
        line.append(make("span", str(number), aria_hidden="true"), shown)
        code.append(line)
    figure.replaceChildren(make("figcaption", answer["file"]), code)
    _filled.append((figure, answer))
    _words()


def _linked(code, symbols, idea):
    """The parts of a piece of code: text, and an element for each variable that a symbol stands for."""
    parts, at = [], 0
    while at < len(code):
        stop = at + 1
        while stop < len(code) and (code[stop] in WORD) == (code[at] in WORD):
            stop += 1
        word = code[at:stop]
        if word in symbols:
            parts.append(_variable(word, symbols[word], idea))
        else:
            parts.append(word)
        at = stop
    return parts


def _variable(word, symbol, idea):
    """The first in the code of an idea is what the symbol's link leads to, and leads back."""
    name = f"{idea}-code-{symbol}"
    if name in _linked_once:
        return make("var", word, data_variable=symbol)
    _linked_once.append(name)
    return make("a", word, id=name, href=f"#{idea}-symbol-{symbol}", data_variable=symbol)


def _words():
    for figure, answer in _filled:
        figure.querySelector("pre").setAttribute(
            "aria-label", _("Source of {function}", function=answer["title"])
        )
        for link in _all(figure, "a"):
            link.title = _("Back to the symbol")


def _all(place, selector):
    found = place.querySelectorAll(selector)
    return [found.item(i) for i in range(found.length)]
