"""The records that were set aside because they cannot be read: named, saved to a file, deleted."""

import io
import zipfile

import js
from kobai.errors import KobaiError
from protocol import called_by_page
from pyodide.ffi import to_js

from worker.storage import records

ENDINGS = {
    "network": "pkl",
    "training": "npz",
    "digit": "json",
}  # of what the bytes of such a record should be


class Aside:
    """Calls about the records that were set aside."""

    def __init__(self, store):
        self._store = store

    @called_by_page
    async def records_aside(self):
        """Each of them: its name in the storage, its kind, the name it gave itself (or None), its bytes."""
        found = []
        for slot, size in sorted(self._store.aside.items()):
            about = getattr(await self._store.raw(slot), "about", None)
            kind = records.kind_of(slot)
            name = records.said_name(about) if kind == "network" else None
            found.append({"record": slot, "kind": kind, "name": name, "bytes": size})
        return {"records": found}

    @called_by_page
    async def save_record(self, record):
        """All that lies there, as a zip file: the bytes as they are, and what is written about them.

        KobaiError when it is gone meanwhile.
        """
        self._must_be_there(record)
        value, buffer = await self._store.raw(record), io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("name.txt", _as_bytes(record))
            try:
                ending = ENDINGS.get(records.kind_of(record), "bin")
                archive.writestr(f"data.{ending}", value.data.to_bytes())
                archive.writestr("about.json", _as_bytes(value.about))
            except Exception:  # it has not the form of a record
                archive.writestr("value.txt", _as_bytes(_written(value)))
        return {"name": "kobai-set-aside.zip"}, to_js(buffer.getvalue())

    @called_by_page
    async def delete_record(self, record):
        """Remove it for good. KobaiError when the browser refuses."""
        self._must_be_there(record)
        refused = await self._store.put(record, None)
        if refused:
            raise refused
        return {}

    def _must_be_there(self, record):
        if record not in self._store.aside:
            raise KobaiError("This record is no longer kept: it was deleted, or the browser has cleared it.")


def _written(value):
    """Whatever the browser had kept, as text."""
    try:
        return js.JSON.stringify(value)
    except Exception:  # in a circle, or too deep
        return js.String(value)


def _as_bytes(text):
    return str(text).encode("utf-8", "surrogatepass")
