"""Read and write a network: one of the site in its file, one of the learner's in the browser's storage."""

from kobai.errors import KobaiError
from kobai.files.network_file import dump_network, load_network

from worker import site_files
from worker.storage.network_record import SLOT


def _gone():
    return KobaiError(
        "This network is no longer in the browser’s storage: another tab has deleted it, or the browser has "
        "cleared it."
    )


async def read_shipped(base, about):
    """The network in a file of the site at `base`. KobaiError when the file cannot be loaded."""
    return load_network(await site_files.read(base, about["file"], about["sha256"]))


async def read_bytes(store, key):
    """The bytes that are kept of the learner's network with this id. KobaiError when they are gone."""
    kept = await store.get(SLOT + key)
    if kept is None:
        await store.refresh()
        raise _gone()
    return kept[0]


async def write(store, key, entry, also=None):
    """Keep a network of the learner's; the entry then says whether the browser refused.

    also: further changes of the store in the same transaction, as of `Store.write`.
    """
    if entry.is_learners:
        refused = await store.write({SLOT + key: _kept(entry), **(also or {})})
        entry.about["stored"], entry.refused = refused is None, refused is not None


async def write_again(store, key, entry):
    """Keep what has changed of a network. One that another tab has deleted meanwhile does not come back."""
    if not entry.is_kept:
        await write(store, key, entry)
        return
    gone = _gone()
    guard = SLOT + key, lambda there: gone if there is None else None
    refused = await store.write({SLOT + key: _kept(entry)}, guard)
    if refused is not gone:  # if it is, the message of the tab that deleted it is on its way
        entry.about["stored"], entry.refused = refused is None, refused is not None


def _kept(entry):
    return dump_network(entry.network, "dict"), {**entry.about, "stored": True, "history": entry.history}


async def read_older(store):
    """(slot, network, origin, about) of the two networks that pages kept before there was a shelf."""
    for slot, origin in (("before", "kept"), ("opened", "opened")):
        kept = await store.get(slot)
        if kept:
            try:
                network = load_network(kept[0])
            except KobaiError:
                store.set_aside(slot)
                continue
            yield slot, network, origin, kept[1]
