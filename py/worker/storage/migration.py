"""What pages kept before worker/storage/indexed_db.py: slots of PyScript's storage, as base64."""

import base64

import js
from pyscript import storage

NAME = "kobai"  # of the storage; the browser's database of it has a longer one
MOST_TEXT = 10_000_000  # letters of a damaged slot that are kept


async def read():
    """slot -> (bytes, about) of everything that is there; None when it cannot be read now.

    A slot that is damaged has None for its bytes, and its text in `about`.
    """
    try:
        names = [database.name for database in await js.indexedDB.databases()]
        if not any(name.endswith(f"@pyscript/{NAME}") for name in names):
            return {}
        kept = await storage(NAME)
        return {slot: _decoded(each) for slot, each in kept.items()}
    except Exception:
        return None


def _decoded(kept):
    try:
        return base64.b64decode(kept["data"], validate=True), kept["about"]
    except Exception:
        return None, {"text": repr(kept)[:MOST_TEXT]}


async def forget():
    """Remove it all, once it is kept elsewhere."""
    try:
        kept = await storage(NAME)
        kept.clear()
        await kept.sync()
    except Exception:  # noqa: S110 (then it is read again next time, which does no harm)
        pass
