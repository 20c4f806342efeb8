"""IndexedDB through idb-keyval: every write is one transaction, and every refusal a sentence.

A record is {data: bytes, about: JSON text}; what else lies there is found, and left as it is. Beside the
records stands FORMAT, which says how they are to be read; each write looks at it first, in its own
transaction, so that a page of an older version in another tab changes nothing.
A write is chained by callbacks: awaited from Python, an answer is heard in a later task, and IndexedDB has
ended the transaction by then; the promises of a library such as idb do not change that.
"""

import asyncio
import functools
import json
import re

import js
from js import Object
from kobai.errors import KobaiError
from pyodide.ffi import create_once_callable, create_proxy, to_js

DATABASE, OBJECTS = "kobai", "kept"
FORMAT = "format"  # the name of the record that says it
KNOWN_FORMAT = (
    1  # what this page reads and writes; an older one is rewritten at the start (worker/storage/migration.py)
)

CLOSED = "InvalidStateError"  # the browser closed the connection, as it does when site data is cleared


class Database:
    """Named records; `open` first. `refused`: the KobaiError of the last write or of the opening, or None."""

    def __init__(self):
        self._keyval = self._store = None
        self.refused = _refusal_to_open(None)
        self.emptied = False  # by someone else, since the last `all_records`
        self._keys = {}  # the key of each record by its name: a stranger's key need not be a text

    async def open(self):
        """Whether there is a database that this page can use; `refused` says why not."""
        try:
            self._keyval = (
                await js.kobaiKeyval
            )  # web/pyodide/loader.mjs asked for it while Python was starting
            self._store = self._keyval.createStore(DATABASE, OBJECTS)
            kept = await self._keyval.get(FORMAT, self._store)
        except Exception as error:  # private windows and settings forbid it, each browser in its own way
            self._store, self.refused = None, _refusal_to_open(error)
            return False
        self.refused = _newer() if _format(kept) > KNOWN_FORMAT else None
        if self.refused:
            self._store = None
        return self.refused is None

    async def is_moved(self):
        """Whether what pages of before this database had kept is here, or nobody can tell."""
        try:
            return _is_moved(await self._keyval.get(FORMAT, self._store))
        except Exception:
            return True

    async def all_records(self):
        """name -> (JSON text about it, bytes it takes), of everything that is there; {} without a database.

        None stands for what has not the form of a record.
        """
        if self._store is None:
            return {}
        self.emptied = False
        try:
            entries = await self._keyval.entries(self._store)
        except Exception:  # the writes that follow will say why
            return {}
        self._keys = {_name(key): key for key, _record in entries}
        return {_name(key): _text_and_size(record) for key, record in entries if key != FORMAT}

    async def get(self, name):
        """(bytes, JSON text) of a record; None when there is none, or it has not that form."""
        record = await self.raw(name)
        try:
            return (record.data.to_bytes(), record.about) if _text_and_size(record) else None
        except Exception:  # bytes that cannot be copied
            return None

    async def raw(self, name):
        """Whatever lies under this name; None when nothing does, or the browser does not give it."""
        if self._store is None:
            return None
        try:
            return await self._keyval.get(self._keys.get(name, name), self._store)
        except Exception:
            return None

    async def write(self, changes, guard=None, moved=False, spared=()):
        """Write and remove records, all or none: None, or the KobaiError that says why nothing has changed.

        changes: name -> (bytes, about), or None to remove it. guard: a name and a function that is given what
        lies there (None without anything) within the transaction, and returns a KobaiError to stop it.
        spared: (name, other name) of what lies there now and is to be kept under the other name.
        """
        if self._store is None:
            return self.refused
        records = [(self._keys.get(name, name), record) for name, record in _as_records(changes)]
        for last in (False, True):
            work, refused = _Work(self, records, guard, moved, spared), None
            try:
                await self._store("readwrite", create_once_callable(work.begin))
                await work.ended()
            except Exception as error:
                if not last and _name_and_message(error)[0] == CLOSED:
                    continue
                refused = error if isinstance(error, KobaiError) else _refusal_to_write(error)
            break
        if not work.objected:
            self.refused = refused
        return refused

    async def clear(self):
        """Remove every record, but not FORMAT: None or a KobaiError as of `write`."""
        names = (
            [name for name in await self._keyval.keys(self._store) if name != FORMAT] if self._store else []
        )
        return await self.write(dict.fromkeys(names))


class _Work:
    """One transaction: look at FORMAT and the guarded record, then write everything or stop."""

    def __init__(self, database, records, guard, moved, spared):
        self.database, self.records, self.guard, self.moved = database, records, guard, moved
        self.spared = spared
        self.stopped = None  # the KobaiError for which it was stopped
        self.objected = False  # by the guard

    def begin(self, objects):
        self.objects, transaction = objects, objects.transaction
        # not idb-keyval's promise: that of an aborted transaction is rejected with null, which Python
        # cannot raise
        self._ended = asyncio.get_running_loop().create_future()
        self._listeners = [create_proxy(self._on_end), create_proxy(self._on_end)]
        transaction.oncomplete, transaction.onabort = self._listeners
        self._then(objects.get(FORMAT), self._check_format)

    def _on_end(self, event):
        error = event.target.error
        self._ended.set_result(error if event.type == "abort" else None)

    async def ended(self):
        """Wait until everything is written; raises what kept the browser from it."""
        error = await self._ended
        for listener in self._listeners:
            listener.destroy()
        if self.stopped or error:
            raise self.stopped or _Aborted(error)

    def _then(self, request, step):
        def done(_event):
            try:
                step(request.result)
            except Exception as error:
                self._stop(error if isinstance(error, KobaiError) else _refusal_to_write(error))

        request.onsuccess = create_once_callable(done)

    def _check_format(self, kept):
        if _format(kept) > KNOWN_FORMAT:
            raise _newer()
        self.database.emptied |= kept is None
        moved = self.moved or _is_moved(kept)
        if not _format(kept) or moved != _is_moved(kept):
            self.objects.put(_object({"format": KNOWN_FORMAT, "moved": moved}), FORMAT)
        if self.guard is None:
            self._write()
        else:
            self._then(self.objects.get(self.guard[0]), self._check_guarded)

    def _check_guarded(self, record):
        objection = self.guard[1](record)
        if objection:
            self.objected = True
            raise objection
        self._write()

    def _write(self):
        for name, other in self.spared:
            self._then(self.objects.get(name), functools.partial(self._spare, other))
        for name, record in self.records:
            if record is None:
                self.objects.delete(name)
            else:
                self.objects.put(record, name)

    def _spare(self, other, value):
        if value is not None:
            self.objects.put(value, other)

    def _stop(self, why):
        self.stopped = why
        self.objects.transaction.abort()


class _Aborted(Exception):
    """The browser gave a transaction up, for a reason of its own."""

    def __init__(self, error):
        super().__init__(error.message)
        self.name, self.message = error.name, error.message


def _format(kept):
    """The number in FORMAT; 0 when it is missing or damaged, and is to be written."""
    number = getattr(kept, "format", None)
    return number if type(number) in (int, float) and number is not None and number > 0 else 0


def _is_moved(kept):
    return getattr(kept, "moved", None) is True


def _name(key):
    """A key of the database as text."""
    return key if isinstance(key, str) else f"({js.String(key)})"


def _text_and_size(record):
    """(JSON text, bytes) of what has the form of a record, else None."""
    about, size = getattr(record, "about", None), getattr(getattr(record, "data", None), "byteLength", None)
    return (about, size) if isinstance(about, str) and isinstance(size, int) else None


def _as_records(changes):
    return [
        (name, None if kept is None else _object({"data": kept[0], "about": json.dumps(kept[1])}))
        for name, kept in changes.items()
    ]


def _object(fields):
    return to_js(fields, dict_converter=Object.fromEntries)


# ------------------------------------------------------------------- why nothing is kept


def _newer():
    return KobaiError(
        "A newer version of this page has kept things in this browser. This older one leaves them as they "
        "are, and "
        "keeps nothing itself: reload the page to get the newer one."
    )


def _refusal_to_open(error):
    name, _message = _name_and_message(error)
    if name == "SecurityError":
        return KobaiError(
            "The settings of this browser forbid the page to keep anything across a reload (they may call "
            "it cookies "
            "and site data): save the network to a file."
        )
    if name == "QuotaExceededError":
        return _full()
    refused = KobaiError(
        "This browser gives the page no storage, as in some private windows, so nothing is kept across a "
        "reload: "
        "save the network to a file."
    )
    refused.__cause__ = error
    return refused


def _refusal_to_write(error):
    name, message = _name_and_message(error)
    if name == "QuotaExceededError":
        return _full()
    return KobaiError(
        "The browser could not keep the latest changes ({reason}). The page goes on trying; to be safe, "
        "save the "
        "network to a file.",
        reason=f"{name}: {message}"[:200],
    )


def _full():
    return KobaiError(
        "The browser’s storage is full, so the latest changes are not kept. Delete networks that you no "
        "longer need, "
        "or save to a file; the page goes on trying."
    )


def _name_and_message(error):
    """Of what the browser threw. Pyodide takes a DOMException for no error, and quotes it in one of its
    own."""
    if isinstance(error, _Aborted):
        return error.name, error.message
    quoted = re.search(r'"""(\w+): (.*?)"""', str(error), re.DOTALL)
    return quoted.groups() if quoted else (getattr(error, "name", type(error).__name__), str(error))
