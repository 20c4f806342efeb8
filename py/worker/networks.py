"""The shelf: every network one can look through, which of them is in use, and what they answer."""

import asyncio
import copy
import datetime
import hashlib
import json
from dataclasses import dataclass, field

import numpy as np
from js import navigator
from kobai.errors import KobaiError, NetworkFileError
from kobai.mnist import as_inputs
from kobai.multi_layer_net import activation_of, layer_sizes, with_activation
from kobai.storage import dump_network, load_network, open_network
from pyodide.ffi import to_js

from worker import files

SLOT = "network:"  # of the store, followed by the network's id
SLICE = 500  # images answered at once: other calls get in between
LONGEST_NAME = 120


@dataclass
class Entry:
    """A network on the shelf; `network` is None until it is needed, `answers` until they are asked for."""

    about: dict
    network: object = None
    history: dict | None = None
    version: int = 0  # counts the changes of a network that learns
    answers: np.ndarray | None = None
    answering: asyncio.Future | None = field(default=None, repr=False)


class Networks:
    def __init__(self, session, store):
        self.session, self.store = session, store
        self.current = "shipped"
        self.beside = None
        self._entries = {}
        self._deleted = {}  # what can be brought back until the page is left

    async def start(self, base):
        """The networks of the page and of earlier visits; only the one in use is read."""
        self.base = base
        for about in json.loads(await files.read(base, "networks/shipped.json")):
            self._entries[about["id"]] = Entry(about)
        await self._move_old_slots()
        for slot in self.store.slots():
            if slot.startswith(SLOT):
                about = dict(self.store.about(slot))
                history = about.pop("history", None)
                self._entries[about["id"]] = Entry(about, history=history)
        await self._load("shipped")

    async def _move_old_slots(self):
        """Before there was a shelf, two networks had slots of their own."""
        for slot, origin in (("before", "kept"), ("opened", "opened")):
            kept = self.store.get(slot)
            if kept:
                data, about = kept
                await self._add(
                    load_network(data), origin, about.get("name"), iterations=about.get("iterations")
                )
                await self.store.put(slot, None)

    # ------------------------------------------------- for the other panels

    def network(self, key):
        """The network object; the one in use and the one beside are always there."""
        return self._entries[key].network

    async def loaded(self, key):
        """The network object of any network on the shelf; KobaiError when there is none of this id."""
        await self._load(key)
        return self.network(key)

    def about(self, key):
        """What the page shows of a network."""
        return self._entries[key].about

    def history(self, key):
        """The loss curve and accuracies of a training done here, as by `Session.run_history`, or None."""
        return self.session.run_history() if key == "trained" else self._entries[key].history

    def inputs(self, key, images):
        """Pixels as this network wants them: float32 (N, 784), from 0 to 1 or from 0 to 255."""
        return as_inputs(images, self.about(key)["normalize"])

    async def answers(self, key, tell=None):
        """The probabilities for all test images, float64 (10000, 10), kept until the network changes.

        tell: awaited with (images done, of them right) after each slice.
        """
        entry = self._entries[key]
        if entry.answers is not None:
            return entry.answers
        if entry.answering is None:
            entry.answering = asyncio.ensure_future(self._answer(key, entry, tell))
        return await entry.answering

    async def _answer(self, key, entry, tell):
        # it may go on learning meanwhile, or be deleted
        version, network, normalize = entry.version, copy.deepcopy(entry.network), entry.about["normalize"]
        images, labels, parts, correct = self.session.x_test, self.session.t_test, [], 0
        try:
            for start in range(0, len(images), SLICE):
                part = slice(start, start + SLICE)
                with np.errstate(all="ignore"):  # a network out of bounds answers wrongly, it does not warn
                    parts.append(network.predict(as_inputs(images[part], normalize)))
                correct += int(np.sum(parts[-1].argmax(axis=1) == labels[part]))
                await (tell(min(start + SLICE, len(images)), correct) if tell else asyncio.sleep(0))
        finally:
            entry.answering = None
        y = np.concatenate(parts)
        if entry.version == version:
            for other, each in self._entries.items():
                if other not in (self.current, self.beside):
                    each.answers = None  # 0.8 MB each
            entry.answers = y
            entry.about["accuracy"] = correct / len(images)
            await self._keep(key)
        return y

    # ---------------------------------------------------- which is in use

    async def shelf(self):
        """All networks, and the space that those of the learner take up."""
        estimate = await self._estimate()
        return {
            "networks": [entry.about for entry in self._entries.values()],
            "used": self.store.used(),
            **estimate,
        }

    async def _estimate(self):
        try:
            estimate = await navigator.storage.estimate()
            return {"free": estimate.quota - estimate.usage}
        except Exception:  # not every browser tells
            return {"free": None}

    async def use(self, network):
        await self._load(network)
        self.current = network
        return self.about(network)

    async def put_beside(self, network):
        """The second network of a comparison; None for none."""
        if network is not None:
            await self._load(network)
        self.beside = network
        return {}

    async def assess(self, network):
        """Measures the accuracy of a network that is new on the shelf; {} when it was deleted meanwhile."""
        if network in self._entries:
            await self._load(network)
            await self.answers(network)
        return self.about(network) if network in self._entries else {}

    async def _load(self, key):
        if key not in self._entries:
            raise KobaiError("There is no network {network} on the shelf.", network=key[:40])
        entry = self._entries[key]
        if entry.network is not None:
            return
        about = entry.about
        if about["origin"] == "shipped":
            try:
                network = load_network(await files.read(self.base, about["file"]))
            except NetworkFileError as error:
                raise KobaiError(
                    "The file {file} of this page is damaged. Try again.", file=about["file"]
                ) from error
        else:
            network = load_network(self.store.get(SLOT + key)[0])
        entry.network = with_activation(network, about["activation"])

    # ------------------------------------------- new, changed, gone

    async def open_network(self, data, name):
        """A network from a file of the learner's; raises NetworkFileError, and then nothing changes."""
        opened = open_network(data.to_bytes())
        key = await self._add(
            opened.network, "opened", name[:LONGEST_NAME], says_activation=opened.says_activation
        )
        self.current = key
        return self.about(key)

    async def keep_copy(self):
        """The network of the run in progress as it is now, as one more on the shelf."""
        run = self._entries["trained"].about
        key = await self._add(
            copy.deepcopy(self.network("trained")), "kept", None, history=self.session.run_history(),
            **{name: run[name] for name in ("iterations", "settings", "normalize", "accuracy")},
        )  # fmt: skip
        return self.about(key)

    async def interpret(self, network, activation, normalize):
        """How a file is to be read that does not say it: its activation, its pixels."""
        await self._load(network)  # after a reload it may not have been used yet
        entry = self._entries[network]
        entry.network = with_activation(entry.network, activation)
        entry.about.update(activation=activation, normalize=normalize)
        self.changed(network)
        await self._keep(network)
        return entry.about

    async def rename(self, network, name):
        """Another name; without one, the page says what it is."""
        await self._load(network)
        self.about(network)["name"] = name.strip()[:LONGEST_NAME] or None
        await self._keep(network)
        return self.about(network)

    async def delete(self, network):
        """Take a network off the shelf, if it is there; `undelete` brings it back until the page is left."""
        if network in self._entries:
            await self._load(network)
            self._deleted[network] = self._entries.pop(network)
        if self.current == network:
            self.current = "shipped"
        if self.beside == network:
            self.beside = None
        await self.store.put(SLOT + network, None)
        return {"current": self.current, "beside": self.beside}

    async def undelete(self, network):
        self._entries[network] = self._deleted.pop(network)
        await self._keep(network)
        return self.about(network)

    async def download(self, network, format):
        """A network as a file."""
        await self._load(network)
        ending = "npz" if format == "npz" else "pkl"
        stem = "two_layer_net" if self.about(network)["layers"][1:-1] == [50] else "network"
        return {"name": f"{stem}.{ending}"}, to_js(dump_network(self.network(network), format))

    def hold_run(self, network, iterations, settings):
        """The network of a run that begins, or goes on after a reload."""
        about = {"iterations": iterations, "settings": settings, "normalize": settings["normalize"]}
        self._entries["trained"] = Entry(
            self._describe("trained", network, "trained", None, **about), network
        )

    async def end_run(self):
        """The run is over: its network stays on the shelf, unless it never learned. Returns its id."""
        key = (await self.keep_copy())["id"] if self._entries["trained"].about["iterations"] else "shipped"
        del self._entries["trained"]
        if self.current == "trained":
            self.current = key
        if self.beside == "trained":
            self.beside = key if key != "shipped" else None
        return key

    def changed(self, key):
        """A network has other numbers than before."""
        entry = self._entries[key]
        entry.version += 1
        entry.answers = entry.answering = None
        entry.about["accuracy"] = None

    async def _add(self, network, origin, name, history=None, **about):
        data = dump_network(network, "dict")
        known_by = hashlib.sha256(data + (name or "").encode())  # the same file twice is the same entry
        key = f"{origin}-{known_by.hexdigest()[:12]}"
        described = self._describe(key, network, origin, name, bytes=len(data), **about)
        if key in self._entries:
            described["name"] = self.about(key)["name"] or name
        self._entries[key] = Entry(described, network, history)
        await self._keep(key)
        return key

    def _describe(self, key, network, origin, name, **about):
        today = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return {
            "id": key,
            "origin": origin,
            "name": name,
            "layers": list(layer_sizes(network.params)),
            "parameters": sum(value.size for value in network.params.values()),
            "activation": activation_of(network),
            "says_activation": True,
            "normalize": True,
            "iterations": None,
            "settings": None,
            "accuracy": None,
            "bytes": None,
            "stored": True,
            "date": today,
        } | about

    async def _keep(self, key):
        entry = self._entries.get(key)
        if entry is not None and entry.about["origin"] in ("kept", "opened"):
            data = dump_network(entry.network, "dict")
            entry.about["stored"] = True
            entry.about["stored"] = await self.store.put(
                SLOT + key, data, **entry.about, history=entry.history
            )
