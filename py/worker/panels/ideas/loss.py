"""Idea 2, loss functions: both losses of probabilities, and the loss over one weight."""

import numpy as np
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.lessons import loss_of_probabilities
from kobai.lessons.loss_over_weight import OneWeight
from protocol import called_by_page

IMAGES = 100  # test images of which loss and accuracy are taken
REACH, VALUES = 6.0, 121  # the weight is moved so far to either side, in so many values
LARGEST = 1e6  # of a weight that such moves still change visibly


class Loss:
    """Calls of idea 2."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    def move_probability(self, y, digit, value, label):
        """Probabilities after y[digit] was moved (digit None: as they are), and both losses."""
        if digit is not None:
            y = loss_of_probabilities.moved(y, digit, value).tolist()
        squares, entropy = loss_of_probabilities.losses(y, label)
        return {"y": y, "squares": squares, "entropy": entropy}

    @called_by_page
    def losses_of_image(self, index):
        """What the network in use says of a test image, its label, and both losses."""
        session, networks = self.session, self.session.networks
        y = networks.answer(networks.current, session.x_test[index : index + 1])
        label = int(session.t_test[index])
        squares, entropy = loss_of_probabilities.losses(y, label)
        about = {"network": dict(networks.about(networks.current)), "index": index, "label": label}
        return {"y": y, "squares": squares, "entropy": entropy, **about}

    @called_by_page
    def entropy_curve(self):
        """The cross entropy over the probability of the correct digit, drawn by the page."""
        points = [0.001, 0.002, 0.003, 0.005, *np.linspace(0.01, 1, 100).tolist()]
        start = [0.1] * 10
        return {
            "points": [
                [p, loss_of_probabilities.losses(loss_of_probabilities.moved(start, 0, p), 0)[1]]
                for p in points
            ]
        }

    @called_by_page
    def along_weight(self, digit):
        """Loss and number of recognised images over the values of one weight; none where it is too large."""
        chosen = weight(self.session, digit)
        about = {"name": chosen.name, "unit": chosen.unit, "digit": digit, "images": IMAGES}
        values = np.linspace(chosen.value - REACH, chosen.value + REACH, VALUES)
        losses = [float(chosen.loss(value)) for value in values]
        if not (abs(chosen.value) < LARGEST and np.isfinite(losses).all()):
            return about | {"values": [], "value": f"{chosen.value:.3g}"}
        correct = [chosen.correct(value) for value in values]
        return about | {"values": values.tolist(), "loss": losses, "correct": correct}


def weight(session, digit):
    """The weight whose loss is drawn, of the network in use: one that matters for this digit."""
    networks = session.networks
    about = networks.about(networks.current)
    network = MultiLayerNet(networks.network(networks.current).params, about["activation"])
    x = networks.inputs(networks.current, session.x_test[:IMAGES])
    return OneWeight(network, x, session.t_test[:IMAGES], digit)
