"""Ways through a recording: which moment comes next when one steps over, into, out, or to a line."""


class Steps:
    """depths: how deep in calls each moment is; places: what identifies its line. None: no way there."""

    def __init__(self, depths, places):
        self._depths, self._places = depths, places

    def last(self):
        """The last moment."""
        return len(self._depths) - 1

    def back(self, at):
        """The moment before, or None."""
        return at - 1 if at > 0 else None

    def forward(self, at):
        """The moment after, or None."""
        return at + 1 if at < self.last() else None

    def over(self, at):
        """The next line here, or else of the caller: calls on the way run through."""
        return self._first_up_to(at, self._depths[at])

    def into(self, at):
        """The first line of the function that this line calls."""
        return at + 1 if at < self.last() and self._depths[at + 1] > self._depths[at] else None

    def out(self, at):
        """Back in the caller."""
        return self._first_up_to(at, self._depths[at] - 1)

    def to_line(self, at, place):
        """The next time this line runs; after the last time, the first again."""
        for i in range(1, len(self._places) + 1):
            moment = (at + i) % len(self._places)
            if self._places[moment] == place:
                return moment
        return None

    def _first_up_to(self, at, depth):
        for i in range(at + 1, len(self._depths)):
            if self._depths[i] <= depth:
                return i
        return None
