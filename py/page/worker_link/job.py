"""A long computation of the worker, with a progress bar and a button that stops it."""

from ui.dom import by_id, on_click
from worker_link import worker


class Job:
    """Its ids are name-bar and name-stop; both are seen while it is busy."""

    def __init__(self, name, job, show):
        """job: its name in protocol.JOBS. show: called when it has begun, and when it is over."""
        self._name, self._job, self._show = name, job, show
        self.busy = False
        self.stopped = False  # by the learner, since it last began
        on_click(name + "-stop", self._stop)

    def begin(self, work):
        """The coroutine of work(); busy at once, not when it begins: a second press finds it so."""
        self.busy, self.stopped = True, False
        self.tell(0)
        self._show()
        return self._until_done(work)

    async def _until_done(self, work):
        try:
            return await work()
        finally:
            self.busy = False
            self._show()

    def tell(self, part):
        """How much of it is done, 0 to 1."""
        by_id(self._name + "-bar").value = part

    def controls(self):
        """Bar and button as they are to be seen now."""
        by_id(self._name + "-stop").hidden = by_id(self._name + "-bar").hidden = not self.busy

    async def _stop(self):
        self.stopped = True
        await worker.cancel(self._job)
