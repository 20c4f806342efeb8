"""Many small things as one stop of the Tab key; inside, the arrow keys move (a "roving tabindex")."""

from pyscript import document, ffi
from ui.dom import on


class Grid:
    """The elements with a data-index in `place`; click, Enter or Space chooses one.

    choose: called with the data-index, an int. columns: how many make a row of a table, which one does not
    leave sideways; None: as many as lie side by side, row after row. marks: the attribute of the chosen one.
    """

    def __init__(self, place, choose, columns=None, marks="aria-current"):
        self._place, self._choose, self._columns, self._marks = place, choose, columns, marks
        on(place, "click", self._on_click)
        on(place, "keydown", self._on_key)

    def fill(self, parts, index):
        """New content for `place`, with this one chosen; the focus stays where it was."""
        active = document.activeElement
        focused = _index(active) if self._place.contains(active) else None
        self._place.replaceChildren(*parts)
        self.mark(index)
        if focused is not None:
            items = self._items()
            same = [item for item in items if _index(item) == focused]
            for item in (same or [item for item in items if item.tabIndex == 0])[:1]:
                item.focus(ffi.to_js({"preventScroll": True}))

    def mark(self, index):
        """Show which one is chosen; the Tab key reaches it, or else the first."""
        items = self._items()
        chosen = [item for item in items if _index(item) == index]
        reachable = _index((chosen or items)[0]) if items else None
        for item in items:
            item.tabIndex = 0 if _index(item) == reachable else -1
            if _index(item) == index:
                item.setAttribute(self._marks, "true")
            else:
                item.removeAttribute(self._marks)

    def _items(self):
        found = self._place.querySelectorAll("[data-index]")
        return [found.item(i) for i in range(found.length)]

    def _on_click(self, event):
        item = event.target.closest("[data-index]")
        if item is not None:
            self._choose(_index(item))

    def _on_key(self, event):
        items = self._items()
        at = [i for i, item in enumerate(items) if item.isSameNode(document.activeElement)]
        if not at:
            return
        if event.key in ("Enter", " "):
            event.preventDefault()
            self._choose(_index(items[at[0]]))
            return
        goal = self._goal(event, at[0], items)
        if goal is None:
            return
        event.preventDefault()
        if 0 <= goal < len(items):
            items[at[0]].tabIndex = -1
            items[goal].tabIndex = 0
            items[goal].focus(ffi.to_js({"preventScroll": False}))

    def _goal(self, event, at, items):
        """Where this key leads from item `at`; None for any other key."""
        across = self._columns or _side_by_side(items)
        steps = {"ArrowRight": 1, "ArrowLeft": -1, "ArrowDown": across, "ArrowUp": -across}
        first, last = 0, len(items) - 1
        if self._columns and not event.ctrlKey:
            first = at // across * across
            last = first + across - 1
        if event.key == "Home":
            return first
        if event.key == "End":
            return last
        if event.key not in steps:
            return None
        goal = at + steps[event.key]
        sideways = event.key in ("ArrowRight", "ArrowLeft")
        return at if sideways and self._columns and not first <= goal <= last else goal


def _index(item):
    return int(item.getAttribute("data-index"))


def _side_by_side(items):
    top = items[0].offsetTop
    return sum(1 for item in items if item.offsetTop == top)
