"""Messages to the page while a call is on its way, and the learner's wish to end one."""

import protocol
from protocol import called_by_page
from pyscript import sync

from worker.rpc import as_text


def tell(kind, *arrays, **message):
    """Send a message of this kind (protocol.PROGRESS) and typed arrays; to be awaited: other calls get in."""
    assert kind in protocol.PROGRESS, kind
    return sync.on_progress(as_text({"kind": kind, **message}), *arrays)


class Jobs:
    """The long computations that are to end early, by their names in protocol.JOBS."""

    def __init__(self):
        self._cancelled = set()

    def begin(self, job):
        """It begins anew: what was cancelled before is forgotten."""
        self._cancelled.discard(job)

    def is_cancelled(self, job):
        """Whether `cancel` came since it began; to be asked after each `tell`, which lets a call in."""
        return job in self._cancelled

    @called_by_page
    def cancel(self, job):
        """End this job: what it has computed is given up, or kept, as its own docstring says."""
        assert job in protocol.JOBS, job
        self._cancelled.add(job)
        return {}
