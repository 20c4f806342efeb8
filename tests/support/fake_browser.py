"""The browser as the worker's storage sees it, in plain Python: IndexedDB and the modules of Pyodide.

Only what py/worker/{store,database,networks,runs,session}.py touch. A record is a SimpleNamespace of `data`
(Bytes) and `about` (str), or whatever a test puts there.
"""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class Bytes:
    """A typed array."""

    def __init__(self, data: bytes) -> None:
        self.data, self.byteLength = bytes(data), len(data)

    def to_bytes(self) -> bytes:
        return self.data


class Record(SimpleNamespace):
    """A plain object of JavaScript."""


def record(about: Any, data: bytes = b"") -> Record:
    return Record(data=Bytes(data), about=about)


class Request:
    """Answers in the next turn of the loop, once someone listens."""

    def __init__(self, transaction: Transaction, result: Any) -> None:
        self.transaction, self.result, self.onsuccess = transaction, result, None
        transaction.waiting += 1
        asyncio.get_running_loop().call_soon(self._answer)

    def _answer(self) -> None:
        if self.onsuccess and not self.transaction.aborted:
            self.onsuccess(SimpleNamespace(target=self))
        self.transaction.one_less()


class Transaction:
    def __init__(self, objects: dict[Any, Any]) -> None:
        self.objects, self.before = objects, dict(objects)
        self.waiting, self.aborted, self.error = 0, False, None
        self.oncomplete = self.onabort = None

    def one_less(self) -> None:
        self.waiting -= 1
        if not self.waiting:
            ended = "abort" if self.aborted else "complete"
            listener = self.onabort if self.aborted else self.oncomplete
            listener(SimpleNamespace(target=self, type=ended))

    def abort(self) -> None:
        self.aborted = True
        self.objects.clear()
        self.objects.update(self.before)


class Objects:
    """An object store within a transaction."""

    def __init__(self, objects: dict[Any, Any]) -> None:
        self.objects, self.transaction = objects, Transaction(objects)

    def get(self, key: Any) -> Request:
        return Request(self.transaction, self.objects.get(key))

    def put(self, value: Any, key: Any) -> Request:
        self.objects[key] = value
        return Request(self.transaction, key)

    def delete(self, key: Any) -> Request:
        self.objects.pop(key, None)
        return Request(self.transaction, None)


class Keyval:
    """idb-keyval, as far as it is used."""

    def __init__(self, objects: dict[Any, Any]) -> None:
        self.objects = objects

    def createStore(self, _database: str, _objects: str) -> Any:  # noqa: N802 (its name)
        async def store(_mode: str, work: Any) -> None:
            work(Objects(self.objects))

        return store

    async def get(self, key: Any, _store: Any) -> Any:
        return self.objects.get(key)

    async def entries(self, _store: Any) -> list[tuple[Any, Any]]:
        return list(self.objects.items())

    async def keys(self, _store: Any) -> list[Any]:
        return list(self.objects)


class Channel:
    """A BroadcastChannel on which nobody else is."""

    opened: list[Channel] = []

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.onmessage: Any = None
        Channel.opened.append(self)

    def postMessage(self, text: str) -> None:  # noqa: N802 (its name)
        self.posted.append(text)


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    return module


def install(monkeypatch, objects: dict[Any, Any], told: list[Any]) -> None:
    """Put these modules in the place of the browser's; what the worker tells the page goes to `told`.

    The worker's modules are imported anew, and forgotten afterwards.
    """

    async def keyval() -> Keyval:
        return Keyval(objects)

    async def on_progress(text: str, *_arrays: Any) -> None:
        told.append(text)

    async def databases() -> list[Any]:
        return []

    class Js(ModuleType):
        @property
        def kobaiKeyval(self) -> Any:  # noqa: N802 (its name)
            return keyval()

    js = Js("js")
    js.__dict__.update(
        Object=SimpleNamespace(fromEntries=Record),
        Promise=SimpleNamespace(new=None),
        navigator=SimpleNamespace(),
        indexedDB=SimpleNamespace(databases=databases),
        BroadcastChannel=SimpleNamespace(new=lambda _name: Channel()),
        String=str,
        JSON=SimpleNamespace(stringify=repr),
        DecompressionStream=None,
        Response=None,
        fetch=None,
    )

    def to_js(value: Any, dict_converter: Any = None) -> Any:
        if isinstance(value, dict):
            return Record(**{key: to_js(each) for key, each in value.items()})
        return Bytes(value) if isinstance(value, bytes) else value

    def proxy(function: Any) -> Any:
        made = function if isinstance(function, type) else lambda *args: function(*args)
        made.destroy = lambda: None
        return made

    ffi = _module("pyodide.ffi", to_js=to_js, create_proxy=proxy, create_once_callable=proxy)
    fakes = {
        "js": js,
        "pyodide": _module("pyodide", ffi=ffi),
        "pyodide.ffi": ffi,
        "pyodide_js": _module("pyodide_js"),
        "pyscript": _module("pyscript", sync=SimpleNamespace(on_progress=on_progress), storage=None),
    }
    for name in [name for name in sys.modules if name.split(".")[0] == "worker"]:
        monkeypatch.delitem(sys.modules, name)
    for name, fake in fakes.items():
        monkeypatch.setitem(sys.modules, name, fake)
