"""The state behind the page: the images, the networks, the training, and the calls that concern them."""

import base64
import dataclasses
import inspect
import platform
import time

import numpy as np
import pyodide_js
from kobai.book import mnist
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError, TrainingDivergedError
from kobai.images import matplotlib_figures
from kobai.images.png import image_png
from kobai.settings import Settings
from kobai.training import c_engine
from kobai.training.trainer import Trainer
from protocol import called_by_page
from pyodide.ffi import to_js

from worker import progress, site_files
from worker.answers import right
from worker.networks import Networks
from worker.rpc import said
from worker.storage.preferences import Preferences
from worker.storage.store import Store
from worker.storage.training_slots import TrainingSlots, from_older_page
from worker.version import VERSION

CHUNK = 0.06  # seconds of training between two messages to the page: at most 17 a second
HISTORY_POINTS = 200  # of a loss curve that is kept with its network


class Session:
    def __init__(self):
        self.store = Store(self._others_changed, self._one_is_set_aside)
        self.choices = Preferences(self.store)
        self.runs = TrainingSlots(self.store)
        self.networks = Networks(self, self.store)
        self.chosen = 0  # the test image on the page
        self.trainer = None
        self.run = None  # where the training is kept
        self.running = False
        self.jobs = progress.Jobs()
        self.engine = None  # the compiled one, where the browser can run it

    # ----------------------------------------------------------------- start

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
        await self.networks.start(base)
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
        """Fetch the 60,000 training images, unless they are there."""
        if not hasattr(self, "x_train"):
            images = mnist.read_images(await site_files.read(self.base, "data/train-images-idx3-ubyte.gz"))
            self.t_train = mnist.read_labels(
                await site_files.read(self.base, "data/train-labels-idx1-ubyte.gz")
            )
            self.x_train = images
        return {}

    @called_by_page
    async def restore(self, run, take_over=False):
        """A training that is kept: its state and whole history. The one of this tab stays kept.

        Raises KobaiError when it cannot be continued here; nothing has changed then.
        """
        await self.load_training_images()
        claimed, state = await self.runs.claim(run, take_over)
        try:
            trainer = Trainer.from_state(state, *self._images(), self.engine)
            saved = self.store.about(claimed.slot)["saved"]
        except BaseException as error:  # whatever it was: it can be opened again, here or in another tab
            claimed.let_go()
            if isinstance(error, KobaiError):
                self.store.set_aside(claimed.slot)
            raise
        if self.run is not None:
            await self.run.keep(self.trainer)
            self.run.let_go()
        self.run = claimed
        self._start_run(trainer)
        await self.run.keep(self.trainer)  # from here on it is this tab's
        await self.networks.choose_again()
        if "current" not in self.choices.values:  # kept by an older page
            self.networks.current = "trained"
        self._told, self._told_accuracies = len(trainer.train_loss_list), len(trainer.test_acc_list)
        history = to_js(np.array(trainer.train_loss_list, dtype=np.float64))
        return {**self._status(), "accuracies": self._accuracies(0), "saved": saved}, history

    @called_by_page
    async def kept_runs(self):
        """The trainings that are kept, but for the one on the page."""
        return {"runs": await self.runs.listed(self.run)}

    @called_by_page
    async def delete_run(self, run):
        """Forget a training that is kept."""
        await self.runs.delete(run)
        return {}

    @called_by_page
    async def choose_settings(self, settings):
        """Keep what is in the fields of the settings."""
        await self.choices.put(settings=settings)
        return {}

    @called_by_page
    async def keep_now(self):
        """The page is being left, or nobody looks at it: it may be gone at any moment."""
        if self.running:
            self._keep_soon = True  # after this chunk
        elif self.run is not None and self.store.refused:
            await self.run.keep(self.trainer)
        return {}

    async def _others_changed(self, slots):
        await self.networks.refresh(slots)
        await progress.tell("kept")

    def _one_is_set_aside(self):
        return progress.tell("aside")

    def _images(self):
        return self.x_train, self.t_train, self.x_test, self.t_test

    # ---------------------------------------------------------- test images

    @called_by_page
    async def gallery(self, answer, digit, start, count):
        """A page of the test images that fit the filters (answer: "all", "right" or "wrong")."""
        fits = np.ones(len(self.x_test), dtype=bool)
        if digit is not None:
            fits &= self.t_test == digit
        if answer != "all":
            y = await self.networks.answers(self.networks.current)
            fits &= (y.argmax(axis=1) == self.t_test) == (answer == "right")
        return self.page_of(np.flatnonzero(fits), start, count)

    def page_of(self, indices, start, count):
        """Some of these test images, as a panel shows them: {total, start, items}."""
        start = max(0, min(start, (len(indices) - 1) // count * count))
        items = [self.image(int(index)) for index in indices[start : start + count]]
        return {"total": len(indices), "start": start, "items": items}

    @called_by_page
    def look(self, index):
        """A test image, and the probabilities of the network in use; it is the chosen one from now on."""
        self.chosen = index
        return {**self.image(index), "probabilities": self.probabilities(self.networks.current)}

    def image(self, index):
        """A test image as the page shows it."""
        return self.image_of(index, self.x_test[index], self.t_test[index])

    def image_of(self, index, pixels, label):
        png = base64.b64encode(image_png(pixels)).decode()
        return {"index": index, "label": int(label), "src": f"data:image/png;base64,{png}"}

    def probabilities(self, key):
        """What a network says of the chosen test image."""
        return self.networks.answer(key, self.x_test[self.chosen : self.chosen + 1])

    @called_by_page
    async def measure(self):
        """The accuracy of the network in use on all test images."""
        key, total = self.networks.current, len(self.x_test)

        def tell(done, correct):
            return progress.tell("measure", done=done, correct=correct, all=total)

        y = await self.networks.answers(key, tell)
        correct = right(y, self.t_test)
        return {"network": key, "correct": correct, "all": total, "accuracy": correct / total}

    # -------------------------------------------------------------- training

    @called_by_page
    async def begin(self, settings):
        """A new run: weights drawn, nothing trained yet."""
        trainer = Trainer(Settings(**settings), *self._images(), self.engine)
        self.run = await self.runs.begin()
        self._start_run(trainer)
        await self.choices.put(settings=settings)
        return self._status()

    def _start_run(self, trainer):
        self.trainer = trainer
        self._told = 0  # losses that the page has
        self._told_accuracies = 0
        self._rate = 0.0
        self._since_counted = 0.0  # seconds of training since iterations were counted last
        self._keep_soon = False
        self.networks.hold_run(trainer.network, trainer.iteration, self._settings())

    @called_by_page
    def extend(self, iterations):
        """Let the run go on to another number of iterations."""
        self.trainer.extend(iterations)
        return {}

    @called_by_page
    def train(self):
        """Train until the end, a pause or a divergence; the page hears of it many times a second."""
        return self._train(self.trainer.settings.iterations)

    @called_by_page
    def step(self):
        """One iteration, or what is left of it."""
        return self._train(self.trainer.iteration + 1)

    async def _train(self, until):
        trainer = self.trainer
        self.running = True
        refused = {}
        told = None  # the message on its way: the page draws while the next chunk is computed
        try:
            self.run.cadence.kept_now()  # what is there was kept when it came to a stand
            while self.running and (trainer.iteration < until or trainer.evaluating):
                start = time.monotonic()
                self._advance(until)
                if told is not None:
                    await told
                told = self._tell_training()
                if self._keep_soon or self.run.cadence.is_due(time.monotonic() - start):
                    self._keep_soon = False
                    await self.run.keep(trainer)
        except TrainingDivergedError as error:
            refused = {"diverged": error.template, "values": error.values}
        finally:
            self.running = False
        await self._tell_training()
        await self.run.keep(trainer)
        return {**self._status(), **refused}

    @called_by_page
    def pause(self):
        """Let the training come to a stand after the present chunk."""
        self.running = False
        return {}

    @called_by_page
    async def reset(self):
        """Forget the run; its network stays on the shelf."""
        self.running = False
        await self.networks.end_run({self.run.slot: None})
        self.run.let_go()
        self.trainer = self.run = None
        return {}

    def run_history(self):
        """The loss curve of the run, as means over stretches, and its accuracies; None without a run."""
        if self.trainer is None or not self.trainer.train_loss_list:
            return None
        losses = np.array(self.trainer.train_loss_list)
        stretches = np.array_split(losses, min(HISTORY_POINTS, len(losses)))
        return {
            "iterations": np.cumsum([len(stretch) for stretch in stretches]).tolist(),
            "losses": [round(float(stretch.mean()), 6) for stretch in stretches],
            "accuracies": self._accuracies(0),
        }

    def _advance(self, until):
        trainer, start = self.trainer, time.perf_counter()
        before, was_evaluating = trainer.iteration, trainer.evaluating
        trainer.advance(CHUNK, until)
        done = trainer.iteration - before
        if done:
            self.networks.changed("trained")
        self.networks.about("trained").update(iterations=trainer.iteration, settings=self._settings())
        if was_evaluating or trainer.evaluating:
            self._since_counted = 0.0
            return
        self._since_counted += time.perf_counter() - start  # one iteration may take many chunks
        if done:
            rate = done / self._since_counted
            self._rate = 0.8 * self._rate + 0.2 * rate if self._rate else rate
            self._since_counted = 0.0

    def _tell_training(self):
        """Send what is new since the last message; to be awaited, which gives a pause its chance."""
        trainer = self.trainer
        told_accuracies = self._accuracies(self._told_accuracies)
        losses = np.array(trainer.train_loss_list[self._told :], dtype=np.float64)
        message = {**self._status(), "accuracies": told_accuracies, "index": self.chosen}
        learning = self.networks.current == "trained"
        message["probabilities"] = self.probabilities("trained") if learning else None
        self._told = len(trainer.train_loss_list)
        self._told_accuracies = len(trainer.test_acc_list)
        return progress.tell("training", to_js(losses), **message)

    def _status(self):
        trainer = self.trainer
        return {
            "run": self.run.key,
            "settings": self._settings(),
            "iteration": trainer.iteration,
            "epoch": trainer.epoch,
            "loss": trainer.train_loss_list[-1] if trainer.train_loss_list else None,
            "test_accuracy": trainer.test_acc_list[-1] if trainer.test_acc_list else None,
            "evaluated_at": trainer.evaluated_at[-1] if trainer.evaluated_at else None,
            "rate": self._rate,
            "evaluating": trainer.evaluating,
            "images_done": trainer.images_done,
            "finished": trainer.finished,
            "not_kept": said(self.run.refused or self.store.refused),
        }

    def _settings(self):
        return dataclasses.asdict(self.trainer.settings)

    def _accuracies(self, first):
        """[iteration, training accuracy, test accuracy] from the first-th evaluation on."""
        trainer = self.trainer
        rows = zip(trainer.evaluated_at, trainer.train_acc_list, trainer.test_acc_list, strict=True)
        return [list(row) for row in list(rows)[first:]]

    # --------------------------------------------------------------- figures

    @called_by_page
    async def figure(self):
        """The loss curve as SVG and PNG, and the code that draws it. KobaiError where there is no run."""
        if self.trainer is None:
            raise KobaiError("Train first: the figure shows your loss curve.")
        losses = self.trainer.train_loss_list  # now: the run may be reset while Matplotlib loads
        await _load_matplotlib()
        svg, png = (matplotlib_figures.loss_curve(losses, format=format) for format in ("svg", "png"))
        return {"code": inspect.getsource(matplotlib_figures.loss_curve)}, to_js(svg), to_js(png)

    @called_by_page
    def network_code(self):
        """The source of the book's network, as it runs here."""
        return {"code": inspect.getsource(TwoLayerNet)}


async def _load_matplotlib():
    """With all that it needs, by name: Pyodide does not ask again for the needs of a package that is there.

    Raises KobaiError when one is missing, before Python imports a part, which would be of no use later.
    """
    packages = pyodide_js.lockfile.packages.to_py()
    await pyodide_js.loadPackage(to_js(list(packages)))
    loaded = pyodide_js.loadedPackages.to_py()
    missing = [package["file_name"] for package in packages.values() if package["name"] not in loaded]
    if missing:
        raise site_files.lacking("pyodide/" + missing[0])


def _from_older_page(slot, data, about):
    """The slots that one of an older page becomes."""
    return from_older_page(data) if slot == "training" else {slot: (data, about)}
