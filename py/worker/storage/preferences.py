"""What the learner has chosen on the page: the networks in use and beside, the settings of the next
training."""

from worker.storage import records

SLOT = records.CHOICES


class Preferences:
    """Read once, then kept at each change. The last tab in which something was chosen wins."""

    def __init__(self, store):
        self._store = store
        self.values = {}

    def open(self):
        """Read what was kept at the last visit."""
        if SLOT in self._store.slots():
            self.values = dict(self._store.about(SLOT))

    async def put(self, **values):
        """Keep these beside the others. The browser may refuse; only trainings and networks report that."""
        if self.values != self.values | values:
            self.values |= values
            await self._store.write({SLOT: (b"", self.values)}, quietly=True)
