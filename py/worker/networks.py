"""The shelf: every network one can look through, which of them is in use, and what they answer."""

import asyncio
import copy
import json

import numpy as np
from js import navigator
from kobai.book.mnist import as_inputs
from kobai.book.multi_layer_net import layer_sizes, with_activation
from kobai.errors import KobaiError
from kobai.files.network_file import dump_network, load_network, open_network
from protocol import called_by_page
from pyodide.ffi import to_js

from worker import site_files
from worker.answers import answer_all, shown
from worker.rpc import said
from worker.storage import network_slots
from worker.storage.network_record import LONGEST_NAME, SLOT, Entry, damaged, describe, key_of


class Networks:
    """The shelf of networks: the site's, the learner's, and the one that is being trained."""

    def __init__(self, store, choices):
        """choices: the storage.preferences.Preferences that keep which networks are in use."""
        self.store, self._choices = store, choices
        self.current = "shipped"
        self.beside = None
        self._entries = {}
        self._deleting = {}  # key -> task
        self._deleted = {}  # what can be brought back: the last one

    async def start(self, base, x_test, t_test):
        """The networks of the page and of earlier visits; only the one in use is read. They answer x_test."""
        self.base, self._x_test, self._t_test = base, x_test, t_test
        for about in json.loads(await site_files.read(base, "networks/shipped.json")):
            self._entries[about["id"]] = Entry(about)
        async for slot, network, origin, about in network_slots.read_older(self.store):
            await self._add(network, origin, about["name"], also={slot: None}, iterations=about["iterations"])
        for slot in self.store.slots(SLOT):
            self._put_on_the_shelf(slot)
        await self._load("shipped")
        await self.choose_again()

    def _put_on_the_shelf(self, slot):
        about = dict(self.store.about(slot))
        history = about.pop("history", None)
        self._entries[about["id"]] = Entry(about, history=history)

    async def choose_again(self):
        """Use the networks that were in use last, as far as they are there; the run comes by `hold_run`."""
        chosen = self._choices.values
        for place in ("current", "beside"):
            key = chosen.get(place)
            if key in self._entries:
                try:
                    await self._load(key)
                except KobaiError:  # it is damaged, or gone meanwhile: the page begins without it
                    continue
                setattr(self, place, key)

    async def refresh(self, slots):
        """The store has changed by itself, in these slots or more: follow it."""
        there = set(self.store.slots(SLOT))
        for slot in there:
            key = slot.removeprefix(SLOT)
            if key not in self._entries:
                self._put_on_the_shelf(slot)
            elif slot in slots:
                self._entries[key].about.update(name=self.store.about(slot)["name"])
        for key, entry in list(self._entries.items()):
            if entry.is_kept and SLOT + key not in there:
                if key in (self.current, self.beside):
                    entry.about["stored"] = False  # it stays for as long as it is looked at
                else:
                    del self._entries[key]

    # ------------------------------------------------- for the other panels

    def has(self, key):
        """Whether it is on the shelf."""
        return key in self._entries

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
        """The loss curve and accuracies of a training done here, as of `TrainingRun.history`, or None."""
        return self._run_history() if key == "trained" else self._entries[key].history

    def inputs(self, key, images):
        """Pixels as this network wants them: float32 (N, 784), from 0 to 1 or from 0 to 255."""
        return as_inputs(images, self.about(key)["normalize"])

    def answer(self, key, image):
        """The ten probabilities for one image of pixels (1, 784), a list; zeros where they are no numbers.

        A diverged network answers NaN, which JSON does not have and which is no answer.
        """
        with np.errstate(all="ignore"):
            return shown(self.network(key).predict(self.inputs(key, image))[0])

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
        images, labels = self._x_test, self._t_test
        try:
            y, correct = await answer_all(network, images, labels, normalize, tell)
        finally:
            entry.answering = None
        if entry.version == version:
            for other, each in self._entries.items():
                if other not in (self.current, self.beside):
                    each.answers = None  # 0.8 MB each
            entry.answers = y
            entry.about["accuracy"] = correct / len(images)
            if SLOT + key in self.store.slots(SLOT):  # not deleted meanwhile, here or in another tab
                await self._keep(key)
        return y

    # ---------------------------------------------------- which is in use

    @called_by_page
    async def shelf(self):
        """All networks, and the space that what is kept takes up; what was refused is tried again."""
        for key in [key for key, entry in self._entries.items() if entry.refused]:
            await self._keep(key)
        estimate = await self._estimate()
        return {
            "networks": [entry.about for entry in self._entries.values()],
            "current": self.current,
            "beside": self.beside,
            "used": self.store.used(),
            "not_kept": said(self.store.refused),
            **estimate,
        }

    async def _estimate(self):
        try:
            estimate = await navigator.storage.estimate()
            return {"free": estimate.quota - estimate.usage}
        except Exception:  # not every browser tells
            return {"free": None}

    @called_by_page
    async def use(self, network):
        """Let this network answer from now on, and keep that choice."""
        await self._load(network)
        self.current, about = network, self.about(network)
        await self._keep_choice()
        return about

    @called_by_page
    async def put_beside(self, network):
        """The second network of a comparison; None for none."""
        if network is not None:
            await self._load(network)
        self.beside = network
        await self._keep_choice()
        return {}

    async def _keep_choice(self):
        await self._choices.put(current=self.current, beside=self.beside)

    @called_by_page
    async def assess(self, network):
        """Measures the accuracy of a network that is new on the shelf; {} when it is gone meanwhile."""
        try:
            if await self._is_still_there(network):
                await self.answers(network)
        except KobaiError:
            if SLOT + network not in self.store.aside:  # of what is set aside the page hears without asking
                raise
        return self.about(network) if network in self._entries else {}

    async def _is_still_there(self, key):
        """Whether it is on the shelf once its numbers are read: it may be deleted meanwhile."""
        try:
            await self._load(key)
        except KobaiError:
            if key in self._entries or SLOT + key in self.store.aside:
                raise
        return key in self._entries

    def _must_be_there(self, key):
        if key not in self._entries:
            raise KobaiError("There is no network {network} on the shelf.", network=key[:40])

    async def _load(self, key):
        """Read its numbers, unless they are there. KobaiError when it is not, or no longer, on the shelf."""
        self._must_be_there(key)
        entry = self._entries[key]
        if entry.network is not None:
            return
        about = entry.about
        if about["origin"] == "shipped":
            network = await network_slots.read_shipped(self.base, about)
        else:
            network = self._read_kept(key, await network_slots.read_bytes(self.store, key))
        entry.network = with_activation(network, about["activation"])
        self._must_be_there(key)

    def _read_kept(self, key, data):
        """The network in these bytes; when they are damaged it leaves the shelf, and KobaiError names it."""
        about = self._entries[key].about
        try:
            network = load_network(data)
            about["layers"] = list(layer_sizes(network.params))
            return network
        except KobaiError as error:
            self.set_aside(key)
            raise damaged(about) from error

    def set_aside(self, key):
        """What is kept of this network is damaged: the page goes on without it."""
        del self._entries[key]
        self._let_go_of(key)
        self.store.set_aside(SLOT + key)

    def _let_go_of(self, key):
        """It is off the shelf, so neither in use nor beside."""
        if self.current == key:
            self.current = "shipped"
        if self.beside == key:
            self.beside = None

    # ------------------------------------------- new, changed, gone

    @called_by_page
    async def open_network(self, data, name):
        """A network from a file of the learner's; raises NetworkFileError, and then nothing changes."""
        opened = open_network(data.to_bytes())
        key = await self._add(
            opened.network, "opened", name[:LONGEST_NAME], says_activation=opened.says_activation
        )
        self.current = key
        return self.about(key)

    @called_by_page
    async def keep_copy(self, also=None):
        """The network of the run in progress as it is now, as one more on the shelf. also: as in
        `end_run`. KobaiError when there is no run."""
        if "trained" not in self._entries:
            raise KobaiError("The training was reset; what it had learned is on the shelf already.")
        run = self._entries["trained"].about
        key = await self._add(
            copy.deepcopy(self.network("trained")), "kept", None, history=self._run_history(),
            also=also,
            **{name: run[name] for name in ("iterations", "settings", "normalize", "accuracy")},
        )  # fmt: skip
        return self.about(key)

    @called_by_page
    async def interpret(self, network, activation, normalize):
        """How a file is to be read that does not say it: its activation, its pixels."""
        await self._load(network)  # after a reload it may not have been used yet
        entry = self._entries[network]
        entry.network = with_activation(entry.network, activation)
        entry.about.update(activation=activation, normalize=normalize)
        self.changed(network)
        await self._keep(network)
        return entry.about

    def of_learner(self):
        """The ids of the networks that were trained or opened here."""
        return [key for key, entry in self._entries.items() if entry.is_learners]

    async def learners(self):
        """(bytes, about, history) of each of those, as of `_keep`, that can be read."""
        for key in self.of_learner():
            try:
                network = await self.loaded(key)
            except KobaiError:
                continue
            yield dump_network(network, "dict"), self.about(key), self.history(key)

    def slot_of(self, network, about):
        """The slot of a network that is new here, and what is kept in it."""
        data = dump_network(network, "dict")
        key = key_of(about["origin"], data, about["name"])
        described = describe(key, network, **{**about, "bytes": len(data)})
        return SLOT + key, (data, described)

    @called_by_page
    async def rename(self, network, name):
        """Another name; without one, the page says what it is."""
        await self._load(network)
        about = self.about(network)
        about["name"] = name.strip()[:LONGEST_NAME] or None
        await self._keep(network)
        return about

    @called_by_page
    async def delete(self, network):
        """Take a network off the shelf, if it is there; `undelete` brings back the last one.

        A second call while it is on its way ends with the first: it must not meet what an undo brought back.
        """
        if network not in self._deleting:
            self._deleting[network] = asyncio.ensure_future(self._delete(network))
        await self._deleting[network]
        return {}

    async def _delete(self, network):
        try:
            if await self._is_still_there(network):
                self._deleted = {network: self._entries.pop(network)}
            self._let_go_of(network)
            await self.store.put(SLOT + network, None)
            await self._keep_choice()
        finally:
            del self._deleting[network]

    @called_by_page
    async def undelete(self, network):
        """Back on the shelf; what is there already stays as it is."""
        if network in self._deleted:
            self._entries[network] = self._deleted.pop(network)
        self._must_be_there(network)
        about = self.about(network)
        await network_slots.write(self.store, network, self._entries[network])
        return about

    @called_by_page
    async def download(self, network, format):
        """A network as a file."""
        await self._load(network)
        ending = "npz" if format == "npz" else "pkl"
        stem = "two_layer_net" if self.about(network)["layers"][1:-1] == [50] else "network"
        return {"name": f"{stem}.{ending}"}, to_js(dump_network(self.network(network), format))

    def hold_run(self, network, iterations, settings, history):
        """The network of a run that begins, or goes on after a reload; history: returns its loss curve."""
        self._run_history = history
        about = {"iterations": iterations, "settings": settings, "normalize": settings["normalize"]}
        self._entries["trained"] = Entry(describe("trained", network, "trained", None, **about), network)

    async def end_run(self, also):
        """The run is over: its network stays on the shelf, unless it never learned.

        also: more changes of the store, that are made with it or not at all.
        """
        if self._entries["trained"].about["iterations"]:
            key = (await self.keep_copy(also))["id"]
        else:
            key = "shipped"
            await self.store.write(also)
        del self._entries["trained"]
        if self.current == "trained":
            self.current = key
        if self.beside == "trained":
            self.beside = key if key != "shipped" else None
        await self._keep_choice()

    def changed(self, key):
        """A network has other numbers than before."""
        entry = self._entries[key]
        entry.version += 1
        entry.answers = entry.answering = None
        entry.about["accuracy"] = None

    async def _add(self, network, origin, name, history=None, also=None, **about):
        data = dump_network(network, "dict")
        key = key_of(origin, data, name)
        described = describe(key, network, origin, name, bytes=len(data), **about)
        if key in self._entries:
            described["name"] = self.about(key)["name"] or name
        entry = Entry(described, network, history)
        await network_slots.write(self.store, key, entry, also)
        self._entries[key] = entry  # only now: what is seen on the shelf is there after a reload
        return key

    async def _keep(self, key):
        """Keep what has changed of it, if it is still on the shelf."""
        if key in self._entries:
            await network_slots.write_again(self.store, key, self._entries[key])
