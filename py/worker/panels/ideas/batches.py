"""Idea 6, mini-batches: how much their gradients tremble around that of all training images."""

from functools import partial

import numpy as np
from kobai.book.mnist import as_inputs
from kobai.book.multi_layer_net import MultiLayerNet, activation_of
from kobai.lessons.minibatch_noise import Minibatches
from protocol import called_by_page

from worker import fresh_network
from worker.panels.ideas.network_in_use import chosen_weight, copied_network
from worker.progress import tell


class Batches:
    """Calls of idea 6."""

    def __init__(self, session):
        self.session = session
        self._net = self._kept = self._batches = self._about = None

    @called_by_page
    async def tremble(self, seed, row, column, fresh):
        """The gradients of many mini-batches of each size; watched: an element of the last W."""
        self._hold(fresh)
        net = self._net
        key = f"W{net.layers}"
        _key, index = chosen_weight(net, [key, row, column], key, net.params)
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
        if fresh:
            net, about = fresh_network.network(self.session, 0), fresh_network.about(0)
        else:
            net, about = copied_network(self.session)
        net = MultiLayerNet(net.params, activation_of(net))
        kind = net.activation, about["normalize"]
        if self._net is None or self._kept != kind or not _equal(self._net.params, net.params):
            inputs = partial(as_inputs, normalize=kind[1])
            self._net, self._kept = net, kind
            self._batches = Minibatches(net, self.session.x_train, self.session.t_train, inputs)
        self._about = about


def _equal(first, second):
    return first.keys() == second.keys() and all(np.array_equal(first[key], second[key]) for key in first)
