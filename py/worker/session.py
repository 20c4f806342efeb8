"""One learner's session: the images, the networks, the training, and what the page asks of them."""

import base64
import copy
import inspect
import json
import platform
import time

import numpy as np
import pyodide_js
from kobai import engine, figures, mnist
from kobai.errors import KobaiError, NetworkFileError, TrainingDivergedError
from kobai.network import TwoLayerNet
from kobai.storage import dump_network, load_network
from kobai.training import Settings, Trainer, evaluate
from pyodide.ffi import to_js
from pyscript import sync

from worker import files
from worker.shelf import Shelf

CHUNK = 0.06  # seconds of training between two messages to the page: at most 17 a second
KEEP_EVERY = 5.0  # seconds between two copies of the training into the browser's storage


class Session:
    def __init__(self):
        self.networks = {}  # "shipped", "trained", "before" (the last reset), "opened" -> network
        self.about = {}  # the same keys -> what the page shows of it
        self.current = "shipped"
        self.chosen = 0  # the test image on the page
        self.trainer = None
        self.running = False
        self.shelf = Shelf()
        self.engine = None  # the compiled one, where the browser can run it
        self._answers = {}  # network key -> its answers to all test images

    # ----------------------------------------------------------------- start

    async def init(self, base):
        """Everything that is needed to answer for a test image."""
        self.base = base
        self.x_test = mnist.read_images(await files.read(base, "data/t10k-images-idx3-ubyte.gz"))
        self.t_test = mnist.read_labels(await files.read(base, "data/t10k-labels-idx1-ubyte.gz"))
        about = json.loads(await files.read(base, "networks/two_layer_net.json"))
        shipped = "networks/two_layer_net.pkl"
        try:
            self._hold("shipped", load_network(await files.read(base, shipped)), **about)
        except NetworkFileError as error:
            raise KobaiError("The file {file} of this page is damaged. Try again.", file=shipped) from error
        try:
            self.engine = engine.load(await files.save(base, "engine/kobai_engine.wasm"))
            engine_missing = None
        except KobaiError as error:
            engine_missing = {"refused": error.template, "values": error.values}
        await self.shelf.open()
        for key in ("before", "opened"):
            kept = self.shelf.get(key)
            if kept:
                self._hold(key, load_network(kept[0]), **kept[1])
        return {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "networks": self.about,
            "engine_missing": engine_missing,
            "kept": self.shelf.get("training") is not None,
        }

    async def load_training_images(self):
        if not hasattr(self, "x_train"):
            images = mnist.read_images(await files.read(self.base, "data/train-images-idx3-ubyte.gz"))
            self.t_train = mnist.read_labels(await files.read(self.base, "data/train-labels-idx1-ubyte.gz"))
            self.x_train = images
        return {}

    async def restore(self):
        """The training that an earlier visit left: its state and whole history."""
        state, _about = self.shelf.get("training")
        trainer = Trainer.from_state(state, *self._images(), self.engine)
        self._start_run(trainer)
        self._told, self._told_accuracies = len(trainer.train_loss_list), len(trainer.test_acc_list)
        history = to_js(np.array(trainer.train_loss_list, dtype=np.float64))
        return {**self._status(), "accuracies": self._accuracies(0)}, history

    def _images(self):
        return self.x_train, self.t_train, self.x_test, self.t_test

    # ---------------------------------------------------------- test images

    def gallery(self, answer, digit, start, count):
        """A page of the test images that fit the filters (answer: "all", "right" or "wrong")."""
        fits = np.ones(len(self.x_test), dtype=bool)
        if digit is not None:
            fits &= self.t_test == digit
        if answer != "all":
            fits &= (self._all_answers() == self.t_test) == (answer == "right")
        indices = np.flatnonzero(fits)
        start = max(0, min(start, (len(indices) - 1) // count * count))
        return {
            "total": len(indices),
            "start": start,
            "items": [self._image(int(index)) for index in indices[start : start + count]],
        }

    def look(self, index):
        self.chosen = index
        return {**self._image(index), "probabilities": self._probabilities()}

    def _image(self, index):
        png = base64.b64encode(mnist.image_png(self.x_test[index])).decode()
        return {"index": index, "label": int(self.t_test[index]), "src": f"data:image/png;base64,{png}"}

    def _probabilities(self):
        x = mnist.normalize_pixels(self.x_test[self.chosen : self.chosen + 1])
        return self.networks[self.current].predict(x)[0].tolist()

    def _all_answers(self):
        """The current network's answers to all test images, kept until it changes."""
        key = self.current
        if key not in self._answers:
            parts = np.array_split(self.x_test, 10)
            network = self.networks[key]
            self._answers[key] = np.concatenate(
                [network.predict(mnist.normalize_pixels(part)).argmax(axis=1) for part in parts]
            )
        return self._answers[key]

    async def measure(self):
        """The accuracy of the current network on all test images."""
        key, total, correct = self.current, len(self.x_test), 0
        network = copy.deepcopy(self.networks[key])  # it may go on learning meanwhile
        for done, correct in evaluate(network, self.x_test, self.t_test):
            await self._tell({"kind": "measure", "done": done, "correct": correct, "all": total})
        return {"network": key, "correct": correct, "all": total, "accuracy": correct / total}

    # -------------------------------------------------------------- training

    def begin(self, settings):
        """A new run: weights drawn, nothing trained yet."""
        self._start_run(Trainer(Settings(**settings), *self._images(), self.engine))
        return self._status()

    def _start_run(self, trainer):
        self.trainer = trainer
        self._told = 0  # losses that the page has
        self._told_accuracies = 0
        self._rate = 0.0
        self._kept = time.monotonic()
        self.is_kept = True  # until the browser's storage refuses
        self._hold("trained", trainer.network)

    def extend(self, iterations):
        """Let the run go on to another number of iterations."""
        self.trainer.extend(iterations)
        return {}

    async def train(self):
        """Train until the end, a pause or a divergence; the page hears of it many times a second."""
        self.running = True
        refused = {}
        told = None  # the message on its way: the page draws while the next chunk is computed
        try:
            while self.running and not self.trainer.finished:
                self._advance(lambda: self.trainer.advance(CHUNK))
                if told is not None:
                    await told
                told = self._tell_training()
                if time.monotonic() - self._kept > KEEP_EVERY:
                    await self._keep()
        except TrainingDivergedError as error:
            refused = {"diverged": error.template, "values": error.values}
        finally:
            self.running = False
        await self._tell_training()
        await self._keep()
        return {**self._status(), **refused}

    def pause(self):
        self.running = False
        return {}

    async def step(self):
        refused = {}
        try:
            self._advance(self.trainer.step)
        except TrainingDivergedError as error:
            refused = {"diverged": error.template, "values": error.values}
        await self._tell_training()
        await self._keep()
        return {**self._status(), **refused}

    async def reset(self):
        """Forget the run; its network stays at hand as "before"."""
        self.running = False
        network = self.networks.pop("trained")
        self.about.pop("trained")
        self._hold("before", network, iterations=self.trainer.iteration)
        if self.current == "trained":
            self.current = "before"
        self.trainer = None
        await self.shelf.put("before", dump_network(network, "dict"), **self.about["before"])
        await self.shelf.put("training", None)
        return {}

    def _advance(self, work):
        before, start = self.trainer.iteration, time.perf_counter()
        was_evaluating = self.trainer.evaluating
        work()
        self._answers.pop("trained", None)
        done = self.trainer.iteration - before
        if done and not was_evaluating and not self.trainer.evaluating:
            rate = done / (time.perf_counter() - start)
            self._rate = 0.8 * self._rate + 0.2 * rate if self._rate else rate

    def _tell_training(self):
        """Send what is new since the last message; to be awaited, which gives a pause its chance."""
        trainer = self.trainer
        told_accuracies = self._accuracies(self._told_accuracies)
        losses = np.array(trainer.train_loss_list[self._told :], dtype=np.float64)
        message = {"kind": "training", **self._status(), "accuracies": told_accuracies}
        message["index"] = self.chosen
        message["probabilities"] = self._probabilities() if self.current == "trained" else None
        self._told = len(trainer.train_loss_list)
        self._told_accuracies = len(trainer.test_acc_list)
        return self._tell(message, to_js(losses))

    def _status(self):
        trainer = self.trainer
        return {
            "settings": {name: getattr(trainer.settings, name) for name in Settings.__dataclass_fields__},
            "iteration": trainer.iteration,
            "epoch": trainer.epoch,
            "loss": trainer.train_loss_list[-1] if trainer.train_loss_list else None,
            "test_accuracy": trainer.test_acc_list[-1] if trainer.test_acc_list else None,
            "evaluated_at": trainer.evaluated_at[-1] if trainer.evaluated_at else None,
            "rate": self._rate,
            "evaluating": trainer.evaluating,
            "finished": trainer.finished,
            "kept": self.is_kept,
        }

    def _accuracies(self, first):
        """[iteration, training accuracy, test accuracy] from the first-th evaluation on."""
        trainer = self.trainer
        rows = zip(trainer.evaluated_at, trainer.train_acc_list, trainer.test_acc_list, strict=True)
        return [list(row) for row in list(rows)[first:]]

    async def _keep(self):
        self._kept = time.monotonic()
        self.is_kept = await self.shelf.put("training", self.trainer.state())

    # -------------------------------------------------------------- networks

    def _hold(self, key, network, **about):
        self.networks[key] = network
        self.about[key] = {**about, "hidden_size": network.params["W1"].shape[1]}
        self._answers.pop(key, None)

    def use(self, network):
        self.current = network
        about = self.about[network]
        if network == "trained":
            about["iterations"] = self.trainer.iteration
        return about

    def network_code(self):
        """The source of the book's network, as it runs here."""
        return {"code": inspect.getsource(TwoLayerNet)}

    def save(self, format):
        """The current network as a pickle file."""
        data = dump_network(self.networks[self.current], format)
        return {"name": "two_layer_net.pkl"}, to_js(data)

    async def open_network(self, data, name):
        """A network from a file of the learner's; raises NetworkFileError, and then nothing changes."""
        network = load_network(data.to_bytes())
        self._hold("opened", network, name=name)
        self.current = "opened"
        await self.shelf.put("opened", dump_network(network, "dict"), name=name)
        return self.about["opened"]

    # --------------------------------------------------------------- figures

    async def figure(self):
        """The loss curve as SVG and PNG, and the code that draws it."""
        await pyodide_js.loadPackage("matplotlib")
        losses = self.trainer.train_loss_list
        try:
            svg, png = (figures.loss_curve(losses, format=format) for format in ("svg", "png"))
        except ImportError as error:
            raise KobaiError(
                "Matplotlib could not be loaded. Check the connection, then try again."
            ) from error
        return {"code": inspect.getsource(figures.loss_curve)}, to_js(svg), to_js(png)

    def _tell(self, message, *arrays):
        return sync.on_progress(json.dumps(message), *arrays)
