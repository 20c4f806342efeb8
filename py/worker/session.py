"""The state behind the page: the images, the networks, the training, and what is kept."""

import asyncio
import base64
import platform

import numpy as np
from kobai.book import mnist
from kobai.book.functions import Array
from kobai.errors import KobaiError
from kobai.images.png import image_png
from kobai.training import c_engine
from protocol import called_by_page

from worker import progress, site_files
from worker.networks import Networks
from worker.storage.preferences import Preferences
from worker.storage.store import Store
from worker.storage.training_slots import TrainingSlots, from_older_page
from worker.version import VERSION


class Session:
    """What all calls of the page share."""

    def __init__(self):
        self.store = Store(self._others_changed, self._one_is_set_aside)
        self.choices = Preferences(self.store)
        self.runs = TrainingSlots(self.store)
        self.networks = Networks(self.store, self.choices)
        self.jobs = progress.Jobs()
        self.chosen = 0  # the test image on the page
        self.run = None  # the TrainingRun on the page
        self._loading = None  # the task that fetches the training images
        self.engine = None  # the compiled one, where the browser can run it

    @called_by_page
    async def init(self, base):
        """Everything that is needed to answer for a test image."""
        self.base = base
        self.x_test = mnist.read_images(await site_files.read(base, "data/t10k-images-idx3-ubyte.gz"))
        self.t_test = mnist.read_labels(await site_files.read(base, "data/t10k-labels-idx1-ubyte.gz"))
        try:
            self.engine = c_engine.load(await site_files.save(base, "engine/kobai_engine.wasm"))
            engine_missing = None
        except KobaiError as error:
            engine_missing = {"refused": error.template, "values": error.values}
        await self.store.open(_from_older_page)
        self.choices.open()
        await self.networks.start(base, self.x_test, self.t_test)
        return {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "version": VERSION,
            "shelf": await self.networks.shelf(),
            "engine_missing": engine_missing,
            "settings": self.choices.values.get("settings"),
            "runs": await self.runs.listed(None),  # the trainings that earlier visits and other tabs left
        }

    @called_by_page
    async def load_training_images(self):
        """Fetch the 60,000 training images, unless they are there, or on their way for another call."""
        if not hasattr(self, "x_train"):
            if self._loading is None:
                self._loading = asyncio.ensure_future(self._fetch_training_images())
            try:
                await self._loading
            finally:
                self._loading = None
        return {}

    async def _fetch_training_images(self):
        images = mnist.read_images(await site_files.read(self.base, "data/train-images-idx3-ubyte.gz"))
        self.t_train = mnist.read_labels(await site_files.read(self.base, "data/train-labels-idx1-ubyte.gz"))
        self.x_train = images

    def all_images(self) -> tuple[Array, Array, Array, Array]:
        """Training and test images with their labels, as a Trainer takes them."""
        return self.x_train, self.t_train, self.x_test, self.t_test

    def page_of(self, indices, start, count):
        """Some of these test images, as a panel shows them: {total, start, items}."""
        start = max(0, min(start, (len(indices) - 1) // count * count))
        items = [self.image(int(index)) for index in indices[start : start + count]]
        return {"total": len(indices), "start": start, "items": items}

    def image(self, index):
        """A test image as the page shows it."""
        return self.image_of(index, self.x_test[index], self.t_test[index])

    def image_of(self, index, pixels, label):
        """An image with its label as the page shows it."""
        png = base64.b64encode(image_png(pixels)).decode()
        return {"index": index, "label": int(label), "src": f"data:image/png;base64,{png}"}

    def probabilities(self, key):
        """What a network says of the chosen test image."""
        return self.networks.answer(key, self.x_test[self.chosen : self.chosen + 1])

    async def _others_changed(self, slots):
        await self.networks.refresh(slots)
        await progress.tell("kept")

    def _one_is_set_aside(self):
        return progress.tell("aside")


def _from_older_page(slot, data, about):
    """The slots that one of an older page becomes."""
    return from_older_page(data) if slot == "training" else {slot: (data, about)}
