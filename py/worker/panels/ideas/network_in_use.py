"""What the ideas 4 to 7 share: the network in use as a copy, a mini-batch, a weight that is wished for."""

import copy

import numpy as np
from kobai.book.multi_layer_net import MultiLayerNet, activation_of
from kobai.errors import KobaiError
from kobai.lessons.loss_surface import not_finite, steepest

BATCH = 100  # images, as the book trains


def batch(session, seed=0):
    """A mini-batch, drawn as in a trace: its mask, and x and t for the network in use."""
    mask = np.random.RandomState(seed).choice(len(session.x_train), BATCH)
    x = session.networks.inputs(session.networks.current, session.x_train[mask])
    return mask, x, session.t_train[mask].astype(np.int64)


def copied_network(session):
    """A copy of the network in use, and what the page shows of it."""
    networks = session.networks
    net = networks.network(networks.current)
    copied = MultiLayerNet(copy.deepcopy(net.params), activation_of(net))
    return copied, dict(networks.about(networks.current))


def chosen_weight(net, wish, key, grads):
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


def finite(grads):
    """The same gradients. KobaiError where one is not finite."""
    if not all(np.isfinite(value).all() for value in grads.values()):
        raise not_finite()
    return grads
