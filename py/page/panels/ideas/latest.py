"""Questions of the ideas to the worker, of which only the last one counts."""

from ui.dom import by_id, spawn
from worker_link import worker

_now = {"asking": 0}


class Latest:
    """Questions to the worker faster than it answers: the one on its way, then only the last asked."""

    def __init__(self, function, show):
        """show: called with each answer, a dict, and its typed arrays."""
        self._function, self._show = function, show
        self._next, self._busy = None, False

    def ask(self, **arguments):
        """Ask this once the question on its way is answered, unless another one comes first."""
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
