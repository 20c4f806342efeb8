"""The training kept in the browser's own storage, so that a reload loses nothing."""

import base64

from kobai.errors import KobaiError
from kobai.training import Trainer
from pyscript import storage


class Shelf:
    """One slot for the training in progress. Where the browser allows no storage, nothing is kept."""

    def __init__(self):
        self._store = None

    async def open(self):
        try:
            self._store = await storage("kobai")
        except Exception:
            self._store = None

    async def keep(self, trainer):
        """Write the training, or clear the slot when it is None. False when the browser refused."""
        if self._store is None:
            return False
        try:
            if trainer is None:
                self._store.pop("training", None)
                self._store.clear()
            else:
                self._store["training"] = base64.b64encode(trainer.state()).decode()
            await self._store.sync()
        except Exception:
            return False
        return True

    def has_training(self):
        return self._store is not None and "training" in self._store

    def training(self, *images_and_labels):
        """The kept training as a Trainer, or None when there is none that can be read."""
        if not self.has_training():
            return None
        try:
            return Trainer.from_state(base64.b64decode(self._store["training"]), *images_and_labels)
        except KobaiError:
            return None
