"""What is measured, in Pyodide and in CPython by the same code: requests and answers are JSON text."""

from __future__ import annotations

import json
import platform
import time

import numpy as np
from kobai.book.functions import cross_entropy_error, sigmoid, softmax
from kobai.book.gradient import numerical_gradient
from kobai.book.mnist import load_mnist, normalize_pixels, one_hot
from kobai.book.two_layer_net import TwoLayerNet
from kobai.settings import Settings
from kobai.training import c_engine as fast
from kobai.training.evaluation import evaluate
from kobai.training.numpy_engine import NumpyEngine
from kobai.training.trainer import Trainer

CHUNK = 0.06  # seconds between two messages to the page, as in py/worker/session.py
BATCH_SIZE = 100
LEARNING_RATE = 0.1
SEED = 0
STEPS_A_CALL = 100
SAMPLED = 20  # parameters whose numerical gradient is taken by its definition
ENDLESS = 1_000_000


class TrainerSteps:
    """The page's training loop without the accuracies of each epoch; `losses` holds one a step."""

    def __init__(self, data, stepper=None, **settings) -> None:
        self.trainer = Trainer(Settings(seed=SEED, iterations=ENDLESS, **settings), *data, stepper)

    @property
    def losses(self):
        return self.trainer.train_loss_list

    def burst(self, seconds):
        """Trains for this long: (steps, seconds). What falls together with an evaluation does not count."""
        trainer, steps, spent = self.trainer, 0, 0.0
        while spent < seconds:
            while trainer.evaluating:
                trainer.advance(0)
            evaluations, before, start = len(trainer.evaluated_at), trainer.iteration, time.perf_counter()
            trainer.advance(CHUNK)
            elapsed = time.perf_counter() - start
            if not trainer.evaluating and len(trainer.evaluated_at) == evaluations:
                steps, spent = steps + trainer.iteration - before, spent + elapsed
        return steps, spent


class CallSteps:
    """Steps made by `work(params, x_train, t_train, batch_masks)`, which returns their losses."""

    def __init__(self, data, work, steps_a_call) -> None:
        self.x_train, self.t_train, *_ = data
        self.work, self.steps_a_call = work, steps_a_call
        np.random.seed(SEED)
        self.params = TwoLayerNet(784, 50, 10).params
        self.random = np.random.RandomState()
        self.random.set_state(np.random.get_state())
        self.losses: list[float] = []

    def burst(self, seconds):
        start, before = time.perf_counter(), len(self.losses)
        while (elapsed := time.perf_counter() - start) < seconds:
            masks = self.random.choice(len(self.x_train), (self.steps_a_call, BATCH_SIZE))
            self.losses += list(self.work(self.params, self.x_train, self.t_train, masks))
        return len(self.losses) - before, elapsed


def products_steps(engine, params, x_train, t_train, batch_masks):
    """The book's step line by line; only the two products with the images are the engine's."""
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    losses = []
    for batch_mask in batch_masks:
        images, t = x_train[batch_mask], one_hot(t_train[batch_mask])

        z1 = sigmoid(engine.first_layer(images, W1, b1))  # (100, 50)
        y = softmax(np.dot(z1, W2) + b2)  # (100, 10)
        dy = (y - t) / len(images)
        da1 = z1 * (1 - z1) * np.dot(dy, W2.T)  # (100, 50)
        engine.subtract_outer(W1, images, da1, LEARNING_RATE)
        b1 -= LEARNING_RATE * np.sum(da1, axis=0)
        W2 -= LEARNING_RATE * np.dot(z1.T, dy)
        b2 -= LEARNING_RATE * np.sum(dy, axis=0)

        z1 = sigmoid(engine.first_layer(images, W1, b1))
        losses.append(float(cross_entropy_error(softmax(np.dot(z1, W2) + b2), t)))
    return losses


class Workload:
    def __init__(self, dataset_dir, engine_file) -> None:
        (x_train, t_train), (x_test, t_test) = load_mnist(normalize=False, dataset_dir=dataset_dir)
        self.data = data = (x_train, t_train, x_test, t_test)
        self.engine = engine = fast.load(engine_file)
        self.steps = {
            "as written": TrainerSteps(data, engine="numpy"),
            "einsum": TrainerSteps(data, NumpyEngine(), engine="fast"),
            "products": CallSteps(data, lambda *arguments: products_steps(engine, *arguments), 20),
            "fused": CallSteps(
                data, lambda *arguments: engine.train_steps(*arguments, LEARNING_RATE), STEPS_A_CALL
            ),
            "fast": TrainerSteps(data, engine, engine="fast"),
            "numerical": TrainerSteps(data, gradient="numerical"),
        }
        self.network = TwoLayerNet(784, 50, 10)
        self.network.params = self.steps["fused"].params

    def about(self):
        return {"python": platform.python_version(), "numpy": np.__version__}

    def first_losses(self, name, count):
        """The first losses of a run with seed 0, the same for everybody who trains the same."""
        while len(self.steps[name].losses) < count:
            self.steps[name].burst(0.01)
        return [float(loss) for loss in self.steps[name].losses[:count]]

    def burst(self, name, seconds):
        steps, spent = self.steps[name].burst(seconds)
        return steps / spent

    def accuracy(self, name):
        """Seconds for the accuracies on 60,000 and on 10,000 images."""
        engine = {"as written": None, "einsum": NumpyEngine(), "fast": self.engine}[name]
        x_train, t_train, x_test, t_test = self.data
        start = time.perf_counter()
        for x, t in ((x_train, t_train), (x_test, t_test)):
            for _done, _correct in evaluate(self.network, x, t, engine=engine):
                pass
        return time.perf_counter() - start

    def gradients(self):
        """Seconds of one gradient on one batch, hidden 50: by each way there is."""
        x_train, t_train, *_ = self.data
        batch_mask = np.random.RandomState(SEED).choice(len(x_train), BATCH_SIZE)
        x, t = normalize_pixels(x_train[batch_mask]), one_hot(t_train[batch_mask])
        network, params = self.network, self.network.params
        size = sum(value.size for value in params.values())
        flat = params["W1"].reshape(-1)  # 39,200 of all 39,760
        places = np.random.RandomState(SEED).choice(flat.size, SAMPLED, replace=False)
        seconds = {}

        start = time.perf_counter()
        for place in places:
            numerical_gradient(lambda _: network.loss(x, t), flat[place : place + 1])
        seconds["definition"] = (time.perf_counter() - start) / SAMPLED * size
        for name in ("numerical_gradient", "gradient"):
            start = time.perf_counter()
            getattr(network, name)(x, t)
            seconds[name] = time.perf_counter() - start
        return seconds

    def full_run(self, iterations):
        """The page's whole run, with the accuracies of each epoch."""
        trainer = Trainer(Settings(seed=SEED, iterations=iterations, engine="fast"), *self.data, self.engine)
        start = time.perf_counter()
        while not trainer.finished:
            trainer.advance(CHUNK)
        return {"seconds": time.perf_counter() - start, "accuracy": trainer.test_acc_list[-1]}


def answer(target, text):
    """The answer, as JSON, to a request {"method": …, "arguments": […]}."""
    request = json.loads(text)
    return json.dumps(getattr(target, request["method"])(*request["arguments"]))
