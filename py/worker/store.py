"""What the learner made, kept in the browser, so that a reload loses nothing: bytes in slots, a few words
about each."""

import asyncio
import json

import js
from kobai.json_reader import read_json
from pyodide.ffi import create_proxy

from worker import old_storage
from worker.database import Database
from worker.kept_records import is_usable

CHANNEL = "kobai-kept"  # on which the tabs tell each other that slots have come, gone or changed


class Store:
    """The slots by name. Where the browser keeps nothing, everything is as if it were empty, and
    `refused` says why.

    All tabs share it: `on_others(slots)` is awaited when another tab has changed these.
    """

    def __init__(self, on_others):
        self._database = Database()
        self._index = {}  # slot -> (about, bytes)
        self._on_others = on_others
        self._channel = None
        self.set_aside = []  # slots whose record cannot be used
        self._ended = False  # everything was deleted, and the page is about to begin anew

    @property
    def refused(self):
        """The KobaiError that says why the last change is not kept; None when it is."""
        return self._database.refused

    async def open(self, convert):
        """convert(slot, bytes, about): the slots, as of `write`, that a slot of an older page becomes."""
        if not await self._database.open():
            return
        if not await self._database.is_moved():
            await self._move(convert)
        await self._read_index()
        if hasattr(js, "BroadcastChannel"):
            self._channel = js.BroadcastChannel.new(CHANNEL)
            self._channel.onmessage = create_proxy(
                lambda event: asyncio.ensure_future(self.refresh(_slots_in(event.data)))
            )

    async def _move(self, convert):
        """Take over what older pages kept: in one transaction, and only then is it removed there."""
        slots = {}
        for slot, (data, about) in (await old_storage.read()).items():
            slots |= convert(slot, data, about)
        there = await self._database.all_records()
        new = {slot: kept for slot, kept in slots.items() if slot not in there}
        if await self._database.write(new, moved=True) is None and slots:
            await old_storage.forget()

    async def _read_index(self):
        """Of the records that can be used; the others stay where they are, and `set_aside` names them."""
        there = await self._database.all_records()
        self._index = {slot: kept for slot, kept in there.items() if is_usable(slot, kept[0])}
        self.set_aside = sorted(set(there) - set(self._index)) + self._database.unreadable

    async def refresh(self, changed=()):
        """Look again what is there, after another tab has changed these slots, or everything is gone."""
        await self._read_index()
        await self._on_others(list(changed))

    async def write(self, changes, guard=None, quietly=False):
        """Change slots, all or none: None, or the KobaiError that says why nothing has changed.

        changes, guard: see Database.write. quietly: the other tabs need not hear of it.
        """
        if self._ended:
            return None  # what was on its way, as an accuracy that was being measured, must not come back
        refused = await self._database.write(changes, guard)
        if refused is None:
            for slot, kept in changes.items():
                if kept is None:
                    self._index.pop(slot, None)
                else:
                    self._index[slot] = kept[1], len(kept[0])
            if self._channel and not quietly:
                self._channel.postMessage(json.dumps(list(changes)))
            if self._database.emptied:
                await self.refresh()
        return refused

    async def put(self, slot, data, **about):
        """Keep these bytes (None: forget them): None or a KobaiError, as of `write`."""
        return await self.write({slot: None if data is None else (data, about)})

    async def clear(self):
        """Forget everything, and keep nothing more: None or a KobaiError, as of `write`."""
        self._ended = True
        refused = await self._database.clear()
        self._ended = refused is None
        if refused is None:
            slots, self._index = list(self._index), {}
            await old_storage.forget()
            if self._channel:
                self._channel.postMessage(json.dumps(slots))
        return refused

    async def get(self, slot):
        """(bytes, about), or None."""
        return await self._database.get(slot)

    def about(self, slot):
        """The words about a slot that holds something; its bytes stay where they are."""
        return self._index[slot][0]

    def slots(self, kind=""):
        """The names of all slots that begin like this and hold something."""
        return sorted(slot for slot in self._index if slot.startswith(kind))

    def used(self):
        """Bytes that all slots take up."""
        return sum(size for _about, size in self._index.values())


def _slots_in(message):
    """The slots that a message of another tab names; none for anything that is no such message."""
    try:
        found = read_json(message, 1_000_000)
    except Exception:  # any script of this origin may send anything
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
