"""How deep the containers of a pickle lie within one another, checked before each is put into another.

Python releases containers within containers by calls within calls, and Pyodide's stack is the browser's: a
chain of some thousand ends it. A chain is made of any kinds, and in any order, for the memo gives back what
is in another already. So what is in another may no longer change, as no pickler of plain data changes it;
with that, one number for each container is enough, and nothing can be within itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from .limits import MAX_NESTING, too_large
from .pickle_globals import Instance

CONTAINERS = frozenset([list, dict, tuple, Instance])


class Nesting:
    """The number of levels of each container: 1 when there is no container in it."""

    def __init__(self) -> None:
        """Start without any containers."""
        self._levels: dict[int, int] = {}  # id -> levels, of those with more than 1
        self._held: set[int] = set()  # ids of those that are in another
        self._alive: list[object] = []  # all of these, so that no id is given twice

    def put(self, items: Iterable[object], target: object) -> None:
        """Record that `items` are put into `target`; to be called before that is done.

        NetworkFileError for too many levels, and for a target that is in another container already.
        """
        most = 0
        for item in items:
            if type(item) in CONTAINERS:
                number = id(item)
                if item is target:
                    too_large()
                if number not in self._held:
                    self._held.add(number)
                    self._alive.append(item)
                most = max(most, self._levels.get(number, 1))
        if not most:
            return
        number = id(target)
        if number in self._held or most >= MAX_NESTING:
            too_large()
        if most >= self._levels.get(number, 1):
            self._levels[number] = most + 1
            self._alive.append(target)
