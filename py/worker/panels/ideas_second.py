"""The chapter's ideas 4 to 7: gradient, gradient descent, mini-batches, one step of learning."""

import asyncio
import base64
import copy
from functools import partial
from typing import Any

import numpy as np
from kobai.analysis.hidden_units import diverging_png
from kobai.book.gradient import numerical_gradient
from kobai.book.mnist import as_inputs
from kobai.book.multi_layer_net import MultiLayerNet, activation_of
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.images.height_map import height_map_png
from kobai.lessons.gradient_descent import function_2, gradient_descent
from kobai.lessons.learning_rate_sweep import OneStep
from kobai.lessons.loss_surface import (
    LossPlane,
    across,
    descend,
    dot,
    moved,
    not_finite,
    one_weight,
    steepest,
    unit,
)
from kobai.lessons.minibatch_noise import Minibatches
from protocol import called_by_page

from worker import fresh_network
from worker.progress import tell

BATCH = 100  # images, as the book trains
LEARNING_RATE = 0.1
STEPS = 20  # of each path
EDGE = 4.0  # the pictures of x0**2 + x1**2 reach from -4 to 4
GRID = 25  # points of a surface in each direction
SPAN = 2.0  # how far a weight is moved to either side
PICTURED = 10  # images of the mini-batch that are shown


class IdeasSecond:
    """Calls of the ideas 4 to 7."""

    def __init__(self, session):
        self.session = session
        self._kind = None  # of surface: the newest of each kind is computed, others stop
        self._weights: Any = None
        self._valley: Any = None
        self._net = self._kept = self._batches = self._about = None
        self._step, self._steps = None, 0

    # ------------------------------------------------------ x0**2 + x1**2

    @called_by_page
    def bowl(self):
        """The terrain of x0**2 + x1**2, and its numerical gradient at points of a coarser grid."""
        line = np.linspace(-EDGE, EDGE, 33)
        heights = np.array([[function_2(np.array([x0, x1])) for x0 in line] for x1 in line])
        corners = np.linspace(-3.5, 3.5, 8)
        points = [np.array([x0, x1]) for x1 in corners for x0 in corners]
        field = [[*point.tolist(), *numerical_gradient(function_2, point).tolist()] for point in points]
        return {**_terrain(line, line, heights), "field": field}

    @called_by_page
    def bowl_gradient(self, x0, x1):
        """The numerical gradient of x0**2 + x1**2 at one point."""
        x = np.array([x0, x1], dtype=float)
        return {
            "x": x.tolist(),
            "f": float(function_2(x)),
            "grad": numerical_gradient(function_2, x).tolist(),
        }

    @called_by_page
    def bowl_descent(self, x0, x1, lr):
        """STEPS steps: the path, and where each point of it would lie without rounding."""
        start = np.array([x0, x1], dtype=float)
        path = gradient_descent(function_2, start, lr, STEPS)
        exact = (1 - 2 * lr) ** np.arange(STEPS + 1)[:, None] * start
        return {
            "lr": lr,
            "path": path.tolist(),
            "exact": exact.tolist(),
            "f": [float(function_2(x)) for x in path],
        }

    # ------------------------------------- the loss of the network in use

    def _batch(self, seed=0):
        """A mini-batch, drawn as in a trace: its mask, and x and t for the network in use."""
        session = self.session
        mask = np.random.RandomState(seed).choice(len(session.x_train), BATCH)
        x = session.networks.inputs(session.networks.current, session.x_train[mask])
        return mask, x, session.t_train[mask].astype(np.int64)

    def _network(self):
        networks = self.session.networks
        net = networks.network(networks.current)
        copied = MultiLayerNet(copy.deepcopy(net.params), activation_of(net))
        return copied, dict(networks.about(networks.current))

    @called_by_page
    async def weight_surface(self, first=None, second=None):
        """The loss over two weights; each [key, row, column], or None for the one of the largest gradient.

        {} when a newer surface is asked for meanwhile. KobaiError for weights there are not.
        """
        net, about = self._network()
        _mask, x, t = self._batch()
        grads = _finite(net.gradient(x, t))
        last = f"W{net.layers}"
        first = _weight(net, first, "W1", grads)
        second = _weight(net, second, last, grads)
        if first == second:
            raise KobaiError("These two are the same weight: choose two different ones.")
        plane = LossPlane(net, x, t, one_weight(net.params, *first), one_weight(net.params, *second))
        line = np.linspace(-SPAN, SPAN, GRID)
        losses = await self._surface("weights", plane, line, line)
        if losses is None:
            return {}
        values = [float(net.params[key][index]) for key, index in (first, second)]
        self._weights = plane, values
        return {
            "about": about,
            "weights": [
                {"key": key, "index": list(index), "value": value}
                for (key, index), value in zip((first, second), values, strict=True)
            ],
            "shapes": {key: list(net.params[key].shape) for key in ("W1", last)},
            "loss": plane.loss(0, 0),
            "steepest": float(np.hypot(*np.gradient(losses, line, line)).max()),
            **_terrain(values[0] + line, values[1] + line, losses),
        }

    @called_by_page
    def weight_point(self, first, second):
        """Where the two weights of the surface have these values: the loss, and its partial derivatives."""
        plane, (own_first, own_second) = self._weights
        a, b = first - own_first, second - own_second
        return {
            "at": [first, second],
            "loss": plane.loss(a, b),
            "numerical": numerical_gradient(lambda at: plane.loss(*at), np.array([a, b])).tolist(),
            "backpropagation": plane.gradient(a, b).tolist(),
        }

    @called_by_page
    async def loss_valley(self):
        """The loss over two directions: straight down, and where the first steps turn away from it.

        Both have length 1 in the space of all parameters. The second is that part of STEPS steps with the
        learning rate 0.1 which is orthogonal to the gradient.
        """
        net, about = self._network()
        _mask, x, t = self._batch()
        first = unit({key: -value for key, value in _finite(net.gradient(x, t)).items()})
        *_steps, (end, _loss) = descend(net, net.params, x, t, LEARNING_RATE, STEPS)
        turned = across(moved(end, (-1, net.params)), first)
        if dot(turned, turned) == 0:
            raise KobaiError("The gradient of this network is 0 here: there is no way down.")
        second = unit(turned)
        gone = moved(end, (-1, net.params))
        far, wide = dot(gone, first), dot(gone, second)
        a, b = np.linspace(-far, 3 * far, GRID), np.linspace(-2 * wide, 3 * wide, GRID)
        losses = await self._surface("valley", LossPlane(net, x, t, first, second), a, b)
        if losses is None:
            return {}
        self._valley = net, x, t, first, second
        return {"about": about, **_terrain(a, b, losses)}

    @called_by_page
    def valley_path(self, a, b, lr):
        """STEPS steps from a point of the plane, seen in it; fewer where the loss ends up not finite."""
        net, x, t, first, second = self._valley
        start = moved(net.params, (a, first), (b, second))
        path, losses = [], []
        for params, loss in descend(net, start, x, t, lr, STEPS):
            gone = moved(params, (-1, net.params))
            path.append([dot(gone, first), dot(gone, second)])
            losses.append(loss)
        return {"lr": lr, "start": [a, b], "path": path, "losses": losses, "steps": STEPS}

    async def _surface(self, kind, plane, a, b):
        self._kind = kind, object()
        mine = self._kind
        for part, losses in plane.surface(a, b):  # noqa: B007 (the last ones are complete)
            await tell(kind, part=part)
            if self._kind[0] == kind and self._kind is not mine:
                return None
        return losses

    # -------------------------------------------------------- mini-batches

    @called_by_page
    async def tremble(self, seed, row, column, fresh):
        """The gradients of many mini-batches of each size; watched: an element of the last W."""
        self._hold(fresh)
        net = self._net
        key = f"W{net.layers}"
        _key, index = _weight(net, [key, row, column], key, net.params)
        batches, watched = self._batches, self._batches.place(key, index)
        done = []
        for part, done in batches.draw(seed, watched):  # noqa: B007 (the last is complete)
            await tell("tremble", part=part)
        return {
            "about": self._about,
            "seed": seed,
            "weight": {"key": key, "index": list(index)},
            "sizes": [
                {
                    "size": each.size,
                    "gradients": each.gradients,
                    "lengths": each.lengths,
                    "mean": float(np.mean(each.gradients)),
                    "deviation": float(np.std(each.gradients, ddof=1)),
                    "spread": each.spread,
                    "angles": each.angles,
                    "angle": float(np.mean(each.angles)) if each.angles else None,
                }
                for each in done
            ],
            "whole": None if batches.whole is None else float(batches.whole[watched]),
            "whole_length": None if batches.whole is None else float(np.linalg.norm(batches.whole)),
            "images": len(self.session.x_train),
        }

    @called_by_page
    async def whole_gradient(self, fresh):
        """The gradient of the loss on all training images, in slices; {"stopped": True} when cancelled."""
        self._hold(fresh)
        self.session.jobs.begin("whole")
        for part in self._batches.whole_gradient():
            await tell("whole", part=part)
            if self.session.jobs.is_cancelled("whole"):
                return {"stopped": True}
        return {"stopped": False}

    def _hold(self, fresh):
        """The network as it is now, or a fresh one; what was worked out for the same one stays."""
        net, about = (
            (fresh_network.network(self.session, 0), fresh_network.about(0)) if fresh else self._network()
        )
        net = MultiLayerNet(net.params, activation_of(net))
        kind = net.activation, about["normalize"]
        if self._net is None or self._kept != kind or not _equal(self._net.params, net.params):
            inputs = partial(as_inputs, normalize=kind[1])
            self._net, self._kept = net, kind
            self._batches = Minibatches(net, self.session.x_train, self.session.t_train, inputs)
        self._about = about

    # ---------------------------------------------------- one step of learning

    @called_by_page
    async def one_step(self, seed, fresh, learning_rate):
        """A step on a mini-batch of 100, on a copy; fresh: of the network that a training starts from.

        The network, the mini-batch and the gradient stay for `step_at`. KobaiError for a network in use that
        is not the book's, or a loss that is not finite.
        """
        await asyncio.sleep(0)
        session, networks = self.session, self.session.networks
        net = fresh_network.network(session, seed) if fresh else networks.network(networks.current)
        if not isinstance(net, TwoLayerNet):
            raise KobaiError(
                "One step of learning is shown for the book's TwoLayerNet. The network in use has another "
                "build: choose a TwoLayerNet at the top of the page, or a fresh network."
            )
        about = fresh_network.about(seed) if fresh else dict(networks.about(networks.current))
        mask, _x, t = self._batch(seed)
        x = as_inputs(session.x_train[mask], about["normalize"])
        step = self._step = OneStep(net, x, t)
        self._steps += 1
        y, dW2 = net.predict(x), step.grads["W2"]
        return {
            "about": about,
            "seed": seed,
            "pictured": [
                session.image_of(int(i), session.x_train[i], session.t_train[i]) for i in mask[:PICTURED]
            ],
            "label": int(t[0]),
            "probabilities": y[0].tolist(),
            "right": int(np.sum(y.argmax(axis=1) == t)),
            "first_loss": float(-np.log(y[0, t[0]] + 1e-7)),
            "loss": step.loss,
            "sizes": [
                [key, step.grads[key].size, float(np.abs(step.grads[key]).max())]
                for key in ("W1", "b1", "W2", "b2")
            ],
            "dW2": _address(diverging_png(dW2.T, float(np.abs(dW2).max()) or 1)),
            "dW2_values": dW2.tolist(),
            "curve": step.curve(),
            **self.step_at(learning_rate),
        }

    @called_by_page
    def step_at(self, learning_rate):
        """The last step of `one_step` with another learning rate; number: which step it is of."""
        step = self._step
        net, after = step.after(learning_rate)
        y = net.predict(step.x)
        index = steepest(step.grads, "W2")
        return {
            "number": self._steps,
            "learning_rate": learning_rate,
            "after": after,
            "predicted": step.predicted(learning_rate),
            "weight": {
                "index": list(index),
                "old": float(step.network.params["W2"][index]),
                "gradient": float(step.grads["W2"][index]),
                "new": float(net.params["W2"][index]),
            },
            "new_probability": float(y[0, step.t[0]]),
            "new_right": int(np.sum(y.argmax(axis=1) == step.t)),
        }


def _weight(net, wish, key, grads):
    """(key, index) of the weight wished for, or of the largest gradient; KobaiError for none."""
    if wish is None:
        return key, steepest(grads, key)
    key, *index = wish
    rows, columns = net.params[key].shape
    if not (0 <= index[0] < rows and 0 <= index[1] < columns):
        raise KobaiError(
            "{key} has {rows} rows and {columns} columns, counted from 0: "
            "there is no {key}[{row}, {column}].",
            key=key, rows=rows, columns=columns, row=index[0], column=index[1],
        )  # fmt: skip
    return key, tuple(index)


def _finite(grads):
    if not all(np.isfinite(value).all() for value in grads.values()):
        raise not_finite()
    return grads


def _equal(first, second):
    return first.keys() == second.keys() and all(np.array_equal(first[key], second[key]) for key in first)


def _terrain(across, up, heights):
    """Heights (len(up), len(across)) for the page: as a picture, and as the numbers they are."""
    return {
        "picture": _address(height_map_png(heights)),
        "across": across.tolist(),
        "up": up.tolist(),
        "heights": heights.tolist(),
        "low": float(heights.min()),
        "high": float(heights.max()),
    }


def _address(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()
