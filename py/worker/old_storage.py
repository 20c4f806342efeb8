"""What pages of before worker/database.py kept: slots of PyScript's storage, with the bytes as base64."""

import base64

import js
from pyscript import storage

NAME = "kobai"  # of the storage; the browser's database of it has a longer one


async def read():
    """slot -> (bytes, about) of everything that is there; {} when there is nothing, or it cannot be read."""
    try:
        names = [database.name for database in await js.indexedDB.databases()]
        if not any(name.endswith(f"@pyscript/{NAME}") for name in names):
            return {}
        kept = await storage(NAME)
        return {slot: (base64.b64decode(each["data"]), each["about"]) for slot, each in kept.items()}
    except Exception:
        return {}


async def forget():
    """Remove it all, once it is kept elsewhere."""
    try:
        kept = await storage(NAME)
        kept.clear()
        await kept.sync()
    except Exception:  # noqa: S110 (then it is read again next time, which does no harm)
        pass
