"""What the learner made, kept in the browser, so that a reload loses nothing: bytes in slots, a few words
about each."""

import asyncio
import json
import secrets

import js
from kobai.files import kept_values
from pyodide.ffi import create_proxy

from worker.storage import migration, records
from worker.storage.indexed_db import Database

CHANNEL = "kobai-kept"  # on which the tabs tell each other that slots have come, gone or changed
LONGEST_MESSAGE = 1_000_000  # letters


class Store:
    """The slots by name. Where the browser keeps nothing, everything is as if it were empty, and
    `refused` says why.

    A slot that cannot be read is set aside: it is in `aside` (slot -> bytes) and in no other answer. All tabs
    share the store: `on_others(slots)` is awaited when another tab has changed these, `on_aside()` when one
    more is set aside.
    """

    def __init__(self, on_others, on_aside):
        self.aside = {}
        self._database = Database()
        self._index = {}  # slot -> (about, bytes)
        self._damaged = set()  # the slots whose words are right and whose bytes are not
        self._on_others, self._on_aside = on_others, on_aside
        self._channel = None
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
            self._channel.onmessage = create_proxy(self._on_message)

    async def _move(self, convert):
        """Take over what older pages kept: in one transaction, and only then is it removed there."""
        kept = await migration.read()
        if kept is None:
            return
        slots: dict[str, tuple] = {}
        for slot, (data, about) in kept.items():
            damaged = {f"old:{slot}": (b"", about)}  # no kind that is known: it is set aside
            slots |= damaged if data is None else convert(slot, data, about)
        there = await self._database.all_records()
        new = {slot: kept for slot, kept in slots.items() if slot not in there}
        if await self._database.write(new, moved=True) is None and slots:
            await migration.forget()

    async def _read_index(self):
        found = await self._database.all_records()
        self._damaged &= set(found)
        self._index, self.aside = {}, {}
        for slot, kept in found.items():
            try:
                if slot in self._damaged:
                    raise records.Unreadable(slot)
                self._index[slot] = records.checked(slot, kept and kept[0]), kept[1]
            except records.Unreadable:
                self.aside[slot] = kept[1] if kept else 0

    def set_aside(self, slot):
        """This slot turned out to be damaged when it was read."""
        self._damaged.add(slot)
        self.aside[slot] = self._index.pop(slot, (None, 0))[1]
        asyncio.ensure_future(self._on_aside())

    def _on_message(self, event):
        """Another tab names the slots it has changed; what else comes this way is no message of this page."""
        try:
            slots = kept_values.from_json(event.data, LONGEST_MESSAGE)
            slots = [kept_values.text(slot, LONGEST_MESSAGE) for slot in kept_values.sequence(slots)]
        except (TypeError, ValueError):
            return
        asyncio.ensure_future(self.refresh(slots))

    async def refresh(self, changed=()):
        """Look again what is there, after another tab has changed these slots, or everything is gone."""
        before = set(self.aside)
        self._damaged -= set(changed)
        await self._read_index()
        await self._on_others(list(changed))
        if before != set(self.aside):
            await self._on_aside()

    async def write(self, changes, guard=None, quietly=False):
        """Change slots, all or none: None, or the KobaiError that says why nothing has changed.

        changes: slot -> (bytes, about), or None to remove it; what is set aside under one of these names is
        kept under another. guard: a slot and a function that is given its `about` within the transaction
        (None when there is no such slot, {} when it cannot be read), and returns a KobaiError to stop it.
        quietly: the other tabs need not hear of it.
        """
        if self._ended:
            return None  # what was on its way, as an accuracy that was being measured, must not come back
        spared = {
            slot: f"{records.SPARED}{secrets.token_hex(4)}:{slot}"
            for slot, kept in changes.items()
            if slot in self.aside and kept is not None
        }
        if guard is not None:
            slot, objection = guard
            guard = slot, lambda record: objection(_words(slot, record))
        refused = await self._database.write(changes, guard, spared=list(spared.items()))
        if refused is None:
            for slot, other in spared.items():
                self.aside[other] = self.aside[slot]
            for slot, kept in changes.items():
                self._damaged.discard(slot)
                self.aside.pop(slot, None)
                if kept is None:
                    self._index.pop(slot, None)
                else:
                    self._index[slot] = kept[1], len(kept[0])
            if self._channel and not quietly:
                self._channel.postMessage(json.dumps(list(changes)))
            if self._database.emptied:
                await self.refresh()
            if spared:
                await self._on_aside()
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
            slots, self._index, self.aside = [*self._index, *self.aside], {}, {}
            await migration.forget()
            if self._channel:
                self._channel.postMessage(json.dumps(slots))
        return refused

    async def get(self, slot):
        """(bytes, about); None when there is no such slot, or it is set aside."""
        kept = None if slot in self.aside else await self._database.get(slot)
        if kept is None:
            return None
        try:
            return kept[0], records.checked(slot, kept[1])
        except records.Unreadable:
            self.set_aside(slot)
            return None

    async def raw(self, slot):
        """What lies there, as the browser has it, of a slot that is set aside; None when it is gone."""
        return await self._database.raw(slot)

    def about(self, slot):
        """The words about a slot that holds something; its bytes stay where they are."""
        return self._index[slot][0]

    def slots(self, kind=""):
        """The names of all slots that begin like this and hold something."""
        return sorted(slot for slot in self._index if slot.startswith(kind))

    def used(self):
        """Bytes that all slots take up."""
        return sum(size for _about, size in self._index.values()) + sum(self.aside.values())


def _words(slot, record):
    """What is written about a record of the database: None without one, {} when it cannot be read."""
    if record is None:
        return None
    try:
        return records.checked(slot, record.about)
    except (AttributeError, records.Unreadable):
        return {}
