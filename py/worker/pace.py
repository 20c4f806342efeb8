"""How many iterations a second a training makes at most, so that each step can be watched."""

import time

SLICE = 0.05  # seconds of rest at most, so that a pause or another pace is soon heard


class Pace:
    """Iterations are due at even distances, the first at once."""

    def __init__(self, clock=time.monotonic):
        """clock: returns seconds."""
        self._clock = clock
        self.set(0, 0)

    def set(self, per_second, iteration):
        """per_second: iterations a second from now on, 0 for as many as there is time for.

        iteration: how many are done by now.
        """
        self.per_second = per_second
        self._begun, self._first = self._clock(), iteration

    def due(self, until):
        """How many iterations may be done by now, `until` at most."""
        if not self.per_second:
            return until
        since = int((self._clock() - self._begun) * self.per_second)
        return min(until, self._first + 1 + since)

    def rest(self, iteration):
        """Seconds to wait after so many iterations, SLICE at most; 0 where the next one is due."""
        if not self.per_second:
            return 0.0
        next_due = self._begun + (iteration - self._first) / self.per_second
        return min(max(next_due - self._clock(), 0.0), SLICE)
