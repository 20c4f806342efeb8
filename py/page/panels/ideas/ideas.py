"""What the chapter's ideas share: symbols that lead to their variable, questions of which the last counts."""

from pyscript import document
from ui.dom import by_id, on, spawn
from worker_link import worker

_now = {"lit": [], "asking": 0}


def start():
    ideas = by_id("ideas")
    for event in ("pointerover", "focusin"):
        on(ideas, event, _on_enter)
    for event in ("pointerout", "focusout"):
        on(ideas, event, lambda event: _light(_under(document.activeElement)))
    on(ideas, "click", _on_click)


def worker_is_ready():
    by_id("ideas-wait").hidden = True


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


class Latest:
    """Questions to the worker faster than it answers: the one on its way, then only the last asked."""

    def __init__(self, function, show):
        """show: called with each answer, a dict, and its typed arrays."""
        self._function, self._show = function, show
        self._next, self._busy = None, False

    def ask(self, **arguments):
        self._next = arguments
        if not self._busy and worker.ready():
            self._become(True)
            spawn(self._answer())

    def waiting(self):
        """Whether another question has been asked since the one that is answered now."""
        return self._next is not None

    def _become(self, busy):
        """Set whether an answer is awaited, and aria-busy: meanwhile the pictures are not up to date."""
        self._busy = busy
        _now["asking"] += 1 if busy else -1
        by_id("ideas").setAttribute("aria-busy", "true" if _now["asking"] else "false")

    async def _answer(self):
        try:
            while self._next is not None:
                arguments, self._next = self._next, None
                self._show(*await worker.call(self._function, **arguments))
        finally:
            self._become(False)
