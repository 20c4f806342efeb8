"""Idea 7, one step of learning: a mini-batch, its gradient, and the loss after steps of any size."""

import asyncio

import numpy as np
from kobai.analysis.hidden_units import diverging_png
from kobai.book.mnist import as_inputs
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.lessons.learning_rate_sweep import OneStep
from kobai.lessons.loss_surface import steepest
from protocol import called_by_page

from worker import fresh_network
from worker.panels.ideas.height_map import address
from worker.panels.ideas.network_in_use import batch

PICTURED = 10  # images of the mini-batch that are shown


class Step:
    """Calls of idea 7."""

    def __init__(self, session):
        self.session = session
        self._step, self._steps = None, 0

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
        mask, _x, t = batch(session, seed)
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
            "dW2": address(diverging_png(dW2.T, float(np.abs(dW2).max()) or 1)),
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
