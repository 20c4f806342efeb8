"""What the learner made, kept in the browser's own storage, so that a reload loses nothing."""

import base64

from pyscript import storage


class Store:
    """Bytes in named slots, each with a few words about them; where storage is forbidden, nothing is kept."""

    def __init__(self):
        self._store = None

    async def open(self):
        try:
            self._store = await storage("kobai")
        except Exception:  # private windows and full disks forbid it, each in its own way
            self._store = None

    async def put(self, slot, data, **about):
        """Keep these bytes (None: forget them). False when the browser refused."""
        if self._store is None:
            return False
        try:
            if data is not None:
                self._store[slot] = {"data": base64.b64encode(data).decode(), "about": about}
            elif slot in self._store:
                del self._store[slot]
            await self._store.sync()
        except Exception:
            return False
        return True

    def get(self, slot):
        """(bytes, about) or None."""
        kept = self._store.get(slot) if self._store is not None else None
        return (base64.b64decode(kept["data"]), kept["about"]) if kept else None

    def about(self, slot):
        """The words about a slot that holds something; its bytes stay where they are."""
        return self._store[slot]["about"]

    def slots(self):
        """The names of all slots that hold something."""
        return sorted(self._store) if self._store is not None else []

    def used(self):
        """Bytes that all slots take up."""
        return sum(len(self._store[slot]["data"]) for slot in self.slots())
