"""Asking the worker where a number comes from, and following it from line to line."""

from panels.trace.values import Cards, cell_name, short
from panels.trace.why import Why
from pyscript import document, ffi
from ui.dom import by_id, spawn


class Explainer:
    """now: returns (moment, recording); ask_of: its Python's answer to (recording, function, arguments).

    go: shows another moment and calls `arrived` once it is there.

    shown: called when an explanation is on the page, which takes room from the source.
    """

    def __init__(self, now, ask_of, go, shown):
        self.cards = Cards(self._look)
        self._now, self._ask_of, self._go, self._shown = now, ask_of, go, shown
        self._why = Why(
            by_id("trace-why"), lambda name, index: self._ask(name, index, "followed"), self.go_and_ask
        )
        self._pinned = None  # the explanation of the chosen number
        self._kept = None  # the one that goes along to the line that made the number
        self._goal = None  # (name, index) to be explained on arrival
        self._wanted = None  # (name, index, how) to be asked for next
        self._asking = False

    def forget(self):
        """Another recording."""
        self._pinned = self._kept = self._goal = self._wanted = None
        self._why.forget()

    def go_and_ask(self, at, goal):
        """Show a moment and explain a number of it."""
        self._goal = goal
        self._go(at)

    def arrived(self):
        """Another moment is on the page."""
        kept, self._kept = self._kept, None
        goal, self._goal = self._goal, None
        if kept:
            self._show(kept, "followed")
        elif goal:
            self._ask(goal[0], goal[1], "chosen")
        else:
            self._pinned = None
            self._why.forget()

    def again(self):
        """The same, in another language."""
        if self._pinned:
            self._show(self._pinned, "back")

    def _look(self, name, index, chosen):
        """A number is pointed at, or chosen; with name None, the pointer has left the picture."""
        if name is not None:
            self._ask(name, index, "chosen" if chosen else "pointed")
        elif self._pinned:
            self._wanted = None
            self._show(self._pinned, "back")

    def _ask(self, name, index, how):
        """Of several numbers asked for while the worker is busy, only the last is explained."""
        self._wanted = (name, index, how)
        if not self._asking:
            spawn(self._explain())

    async def _explain(self):
        self._asking = True
        try:
            while self._wanted:
                (name, index, how), self._wanted = self._wanted, None
                at, recording = self._now()
                if recording is None:  # it went with its Python
                    return
                answer = await self._ask_of(recording, "trace_why", at=at, name=name, index=index)
                if (at, recording) == self._now():
                    self._explained(answer, at, how)
        finally:
            self._asking = False

    def _explained(self, answer, at, how):
        if how != "pointed":
            self._pinned = answer
        if how == "followed" and answer["at"] not in (None, at):
            self._kept = answer  # the source and the pictures go along to the line that made it
            self._go(answer["at"])
        else:
            self._show(answer, how)

    def _show(self, answer, how):
        self._why.show(answer, how, self._now()[0])
        marks = {answer["name"]: answer["index"]}
        for factor in _first_factors(answer["why"]):
            marks.setdefault(factor["name"], factor["index"])
        self.cards.mark(marks)
        self._shown()
        if how in ("chosen", "followed"):
            said = f"{cell_name(answer['name'], answer['index'])} = {short(answer['value'])}"
            by_id("trace-said").textContent = said
            if document.activeElement.isSameNode(document.body):  # what had the focus has gone
                by_id("trace-why").focus(ffi.to_js({"preventScroll": True}))
            by_id("trace-why").scrollIntoView(ffi.to_js({"block": "nearest"}))


def _first_factors(node):
    """The two factors of the largest product, where there is a sum of products."""
    while node:
        if node["kind"] == "dot":
            return [node["terms"][0]["left"], node["terms"][0]["right"]] if node["terms"] else []
        node = (node.get("parts") or [None])[0]
    return []
