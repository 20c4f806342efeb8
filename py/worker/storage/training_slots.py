"""The trainings that are kept: each has a slot of its own, so that no tab can overwrite another's."""

import dataclasses
import datetime
import secrets

from kobai.errors import KobaiError
from kobai.files.checkpoint import damaged_state, upgraded

from worker.rpc import said
from worker.storage import records, web_locks
from worker.storage.save_interval import SaveInterval

SLOT = records.TRAINING  # of the store, followed by the id of the run
TAB = secrets.token_hex(8)  # who writes


class TrainingSlot:
    """The training of this tab and its slot: the tab holds the lock of that name, and is named in the slot.

    The name in the slot is looked at within the transaction of each copy: a tab that was thought dead,
    and from
    which another has taken over, goes on in a slot of its own.
    """

    def __init__(self, store, key, let_go, owners):
        self.key, self.let_go = key, let_go
        self.cadence = SaveInterval()
        self.refused = None  # the KobaiError of the last copy
        self._store = store
        self._owners = owners  # who may have written what is in the slot

    @property
    def slot(self):
        """The name of its slot in the store."""
        return SLOT + self.key

    async def keep(self, trainer):
        """Copy the training into the slot; `refused` says why the browser did not."""
        self.cadence.begin()
        kept = trainer.state(), _about(trainer)
        self.refused = await self._write(kept)
        if isinstance(self.refused, _TakenOver):
            self.let_go()
            self.key = secrets.token_hex(6)
            self.let_go = await web_locks.hold(self.slot)
            self.refused = await self._write(kept)
        self.cadence.end()

    def not_kept(self):
        """Why the browser keeps the training no more, as the page translates it; None where it does."""
        return said(self.refused or self._store.refused)

    async def _write(self, kept):
        # the other tabs list it: they hear when it is new, and when it has become this tab's
        known = self.slot in self._store.slots(SLOT) and self._owners == {TAB}
        refused = await self._store.write({self.slot: kept}, (self.slot, self._objection), quietly=known)
        if refused is None:
            self._owners = {TAB}
        return refused

    def _objection(self, about):
        """`about`: as for `Store.write`; what cannot be read is not this tab's either."""
        if about is None or (about and about["owner"] in self._owners):
            return None
        return _TakenOver()


class _TakenOver(KobaiError):
    def __init__(self):
        super().__init__("Another tab has taken over this training.")


class TrainingSlots:
    """All trainings that are kept."""

    def __init__(self, store):
        self._store = store

    async def listed(self, own):
        """What is known of each, the latest first: those of other tabs say so, the one of this tab is
        left out."""
        held, runs = await web_locks.held(), []
        for slot in self._store.slots(SLOT):
            kept = await self._store.get(slot)  # another tab may have written it since this one looked
            if kept and (own is None or slot != own.slot):
                runs.append({"id": slot.removeprefix(SLOT), "elsewhere": slot in held, **kept[1]})
        return sorted(runs, key=lambda run: run["saved"], reverse=True)

    async def begin(self):
        """A slot for a training that begins."""
        key = secrets.token_hex(6)
        return TrainingSlot(self._store, key, await web_locks.hold(SLOT + key), {TAB})

    async def claim(self, key, take_over=False):
        """(TrainingSlot, bytes) of a kept training. KobaiError when another tab has it, or it is gone."""
        let_go = await web_locks.hold(SLOT + key, take_over)
        if let_go is None:
            raise KobaiError("This training is open in another tab.")
        try:
            kept = await self._store.get(SLOT + key)
            if kept is None:
                raise KobaiError(
                    "This training is no longer kept: it was deleted, or the browser has cleared it."
                )
            return TrainingSlot(self._store, key, let_go, {TAB, kept[1]["owner"]}), kept[0]
        except BaseException:
            let_go()
            if SLOT + key in self._store.aside:
                raise damaged_state() from None
            raise

    async def delete(self, key):
        """Forget a training that no tab has open. Raises KobaiError when one has."""
        let_go = await web_locks.hold(SLOT + key)
        if let_go is None:
            raise KobaiError("This training is open in another tab.")
        try:
            refused = await self._store.put(SLOT + key, None)
        finally:
            let_go()
        if refused:
            raise refused


def from_older_page(data):
    """The slot that the one training of an older page becomes."""
    data = upgraded(data)
    return {
        SLOT + secrets.token_hex(6): (
            data,
            {"owner": None, "saved": _now(), "iteration": None, "settings": None},
        )
    }


def _about(trainer):
    return {
        "owner": TAB,
        "saved": _now(),
        "iteration": trainer.iteration,
        "settings": dataclasses.asdict(trainer.settings),
    }


def _now():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
