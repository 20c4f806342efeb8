"""The seven ideas of the chapter: each is started here; a symbol of a formula leads to its variable."""

from panels.ideas import batches, data, derivative, descent, excerpts, gradient, loss, step
from pyscript import document
from ui.dom import by_id, on

IDEAS = (excerpts, data, loss, derivative, gradient, descent, batches, step)
_now = {"lit": []}


def start():
    """Connect its controls; called once, before Python runs."""
    ideas = by_id("ideas")
    for event in ("pointerover", "focusin"):
        on(ideas, event, _on_enter)
    for event in ("pointerout", "focusout"):
        on(ideas, event, lambda event: _light(_under(document.activeElement)))
    on(ideas, "click", _on_click)
    for idea in IDEAS:
        idea.start()


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    by_id("ideas-wait").hidden = True
    for idea in (data, batches, step):
        idea.worker_is_ready()


def _under(target):
    """The element for a variable at or around this one, or None."""
    return target.closest("#ideas [data-variable]") if target is not None else None


def _on_enter(event):
    symbol = _under(event.target)
    if symbol is not None:
        _light(symbol)


def _on_click(event):
    """From a symbol, in the formula or in the list, to its variable in the code, and from there back."""
    symbol = _under(event.target)
    if symbol is None or event.ctrlKey or event.metaKey:
        return
    _light(symbol)
    place = symbol.closest("math, .symbols, [data-code]")
    if place is not None:
        goal = "symbol" if place.hasAttribute("data-code") else "code"
        variable = by_id(f"{symbol.closest('article').id}-{goal}-{symbol.getAttribute('data-variable')}")
        if variable is not None:  # the code is there
            event.preventDefault()  # the address stays what it was
            variable.focus()


def _light(symbol):
    """Show where this variable is in formula, list and code of its idea; None: nothing is shown."""
    for element in _now["lit"]:
        element.classList.remove("lit")
    _now["lit"] = []
    if symbol is not None:
        name = symbol.getAttribute("data-variable")
        found = symbol.closest("article").querySelectorAll(f'[data-variable="{name}"]')
        _now["lit"] = [found.item(i) for i in range(found.length)]
        for element in _now["lit"]:
            element.classList.add("lit")
