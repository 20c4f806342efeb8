"""The Trace room: records a function of the library on real images, and gives a program what it needs."""

import copy

import numpy as np
from kobai.book import gradient
from kobai.book.mnist import as_inputs
from kobai.book.multi_layer_net import activation_of
from kobai.book.training_step import training_step
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.tracing.recorder import record
from protocol import called_by_page

from worker import fresh_network
from worker.panels.trace_walk import Walk

LARGEST_BATCH = 100
PERTURBED = 3  # parameters of numerical_gradient
LEARNING_RATE = 0.1
PICTURED = 10  # images of a batch that are sent along
FUNCTIONS = ("predict", "loss", "gradient", "numerical_gradient", "step")


def start(session):
    """The objects whose marked functions the page may call."""
    return [Trace(session)]


class Trace(Walk):
    """Of the library's functions."""

    def __init__(self, session):
        super().__init__()
        self.session = session

    @called_by_page
    async def trace(
        self,
        f,
        network=None,
        image=None,
        batch=None,
        seed=0,
        parameter="W1",
        normalize=True,
        learning_rate=LEARNING_RATE,
    ):
        """Records a function: arguments and answer are in docs/tracing.md. KobaiError for wrong ones."""
        net, about = await self._network(network, seed, normalize)
        if not isinstance(net, TwoLayerNet):
            raise KobaiError(
                "Trace follows the book's TwoLayerNet. The network in use has another build: choose a "
                "TwoLayerNet at the top of the page."
            )
        if f not in FUNCTIONS or parameter not in net.params:
            raise KobaiError("There is no such thing to trace: {f}.", f=f)
        images, labels, told = await self._images(image, batch, seed)
        x, t = as_inputs(images, about["normalize"]), labels.astype(np.int64)
        with np.errstate(all="ignore"):
            self.hold(self._run(f, net, x, t, parameter, learning_rate), len(x))
        return {
            **self.overview(),
            **told,
            "f": f,
            "network": about,
            "learning_rate": learning_rate if f == "step" else None,
        }

    @called_by_page
    async def given_to_code(self, network=None, image=None, batch=None, seed=0, normalize=True):
        """What the Python that runs a program of the learner's (worker/user_main.py), never this one, gives
        it.

        What the page shows of the network and the images; the numbers of its parameters, pixels, labels.
        """
        net, about = await self._network(network, seed, normalize)
        images, labels, told = await self._images(image, batch, seed)
        shown = {**told, "f": "code", "network": about, "learning_rate": None}
        known = {
            "shapes": [
                [name, values.shape] for name, values in net.params.items()
            ],  # a dict of the page keeps no order
            "activation": activation_of(net),
            "normalize": about["normalize"],
        }
        numbers = b"".join(values.astype(np.float64).tobytes() for values in net.params.values())
        return {"shown": shown, "known": known}, numbers, images.tobytes(), labels.tobytes()

    @called_by_page
    async def keep_code(self, code):
        """Keep it for the next visit."""
        await self.session.choices.put(code=code)
        return {}

    @called_by_page
    def kept_code(self):
        """The learner's code as it was kept, or None."""
        return {"code": self.session.choices.values.get("code")}

    async def _network(self, network, seed, normalize):
        """A network to be run, a copy, and what the page shows of it."""
        networks = self.session.networks
        key = network or networks.current
        if key == "fresh":
            return fresh_network.network(self.session, seed), fresh_network.about(seed, normalize)
        return copy.deepcopy(await networks.loaded(key)), networks.about(key)

    async def _images(self, image, batch, seed):
        """(pixels, labels, what the page shows of them), of one test image or a mini-batch for training."""
        if not (batch is None or 1 <= batch <= LARGEST_BATCH):
            raise KobaiError("At most {most} images can be traced at once.", most=LARGEST_BATCH)
        session = self.session
        if batch is None:
            indices = np.array([0 if image is None else image])
            if not 0 <= indices[0] < len(session.x_test):
                raise KobaiError("There is no test image {index}.", index=int(indices[0]))
            images, labels = session.x_test[indices], session.t_test[indices]
        else:
            await session.load_training_images()
            indices = np.random.RandomState(seed).choice(len(session.x_train), batch)
            images, labels = session.x_train[indices], session.t_train[indices]
        told = {
            "count": len(indices),
            "training": batch is not None,
            "images": [self._image(int(i), batch is not None) for i in indices[:PICTURED]],
        }
        return images, labels, told

    def _run(self, f, net, x, t, parameter, learning_rate):
        if f == "predict":
            return record(net.predict, x)
        if f == "loss":
            return record(net.loss, x, t)
        if f == "gradient":
            return record(net.gradient, x, t)
        if f == "step":
            return record(training_step, net, x, t, learning_rate)
        values = net.params[parameter]
        steepest = np.argsort(-np.abs(net.gradient(x, t)[parameter]).ravel(), kind="stable")[:PERTURBED]
        few = values.ravel()[steepest].copy()

        def loss_of(changed):
            values.reshape(-1)[steepest] = changed
            return net.loss(x, t)

        return record(gradient.numerical_gradient, loss_of, few)

    def _image(self, index, training):
        if training:
            return self.session.image_of(index, self.session.x_train[index], self.session.t_train[index])
        return self.session.image(index)
