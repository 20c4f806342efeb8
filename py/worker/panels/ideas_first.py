"""Ideas 1 to 3 of the chapter: learning from data, loss functions, numerical differentiation."""

from typing import Any

import numpy as np
from kobai.book.multi_layer_net import MultiLayerNet
from kobai.lessons import loss_of_probabilities, numerical_differentiation
from kobai.lessons.generalization import BEFORE, POINTS, LearningFrom
from kobai.lessons.loss_over_weight import OneWeight
from kobai.lessons.numerical_differentiation import CURVES, Curve
from protocol import called_by_page

from worker.progress import tell

IMAGES = 100  # test images of which loss and accuracy are taken
REACH, VALUES = 6.0, 121  # the weight is moved so far to either side, in so many values
LARGEST = 1e6  # of a weight that such moves still change visibly
NUMBERS = {"float64": np.float64, "float32": np.float32}


class IdeasFirst:
    """Calls of the ideas 1 to 3."""

    def __init__(self, session):
        self.session = session
        self._learning = {}  # number of training images -> LearningFrom

    @called_by_page
    def learned_before(self):
        """For each number of training images what learn_from will measure: [iteration, seen, unseen]."""
        return {
            "before": [
                [size, [[point, *shares] for point, shares in zip(POINTS, measured, strict=True)]]
                for size, measured in BEFORE.items()
            ]
        }

    @called_by_page
    async def learn_from(self, size):
        """Train on so many images to the end, or until cancelled: the accuracies on the way."""
        session = self.session
        if size not in self._learning:
            images = session.x_train, session.t_train, session.x_test, session.t_test
            self._learning[size] = LearningFrom(size, *images, session.engine)
        learning = self._learning[size]
        session.jobs.begin("learn_from")
        for _piece in learning.pieces():
            iteration = learning.trainer.iteration
            await tell("learn_from", size=size, iteration=iteration, measured=learning.measured)
            if session.jobs.is_cancelled("learn_from"):
                break
        return {"done": len(learning.measured) == len(POINTS), "measured": learning.measured}

    @called_by_page
    def move_probability(self, y, digit, value, label):
        """Probabilities after y[digit] was moved (digit None: as they are), and both losses."""
        if digit is not None:
            y = loss_of_probabilities.moved(y, digit, value).tolist()
        squares, entropy = loss_of_probabilities.losses(y, label)
        return {"y": y, "squares": squares, "entropy": entropy}

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
        weight = self._weight(digit)
        about = {"name": weight.name, "unit": weight.unit, "digit": digit, "images": IMAGES}
        values = np.linspace(weight.value - REACH, weight.value + REACH, VALUES)
        losses = [float(weight.loss(value)) for value in values]
        if not (abs(weight.value) < LARGEST and np.isfinite(losses).all()):
            return about | {"values": [], "value": f"{weight.value:.3g}"}
        correct = [weight.correct(value) for value in values]
        return about | {"values": values.tolist(), "loss": losses, "correct": correct}

    @called_by_page
    def differences(self, curve, x, numbers):
        """Everything about one point of a curve: the estimates for each h, their errors, what is drawn."""
        kind: Any = NUMBERS[numbers]
        chosen = CURVES[curve] if curve in CURVES else self._loss_curve(kind)
        x = chosen.start if x is None else min(max(x, chosen.least), chosen.most)
        found = numerical_differentiation.rows(chosen, x, kind)
        best_forward, best_central = numerical_differentiation.best(found)
        f, digits = chosen.f, 17 if kind is np.float64 else 9
        return {
            "x": x,
            "value": float(f(kind(x))),
            "exact": chosen.slope(float(kind(x))),
            "limits": [chosen.least, chosen.most],
            "curve": [[at, float(f(kind(at)))] for at in np.linspace(chosen.least, chosen.most, 81).tolist()],
            "rows": found,
            "shown": [[f"{row.forward:.{digits}g}", f"{row.central:.{digits}g}"] for row in found],
            "ahead": [float(f(kind(x) + kind(h))) for h in numerical_differentiation.STEPS],
            "best": [best_forward, best_central],
            "vanished": str(np.float32(1e-50)),
        }

    def _weight(self, digit=3):
        networks, session = self.session.networks, self.session
        about = networks.about(networks.current)
        network = MultiLayerNet(networks.network(networks.current).params, about["activation"])
        x = networks.inputs(networks.current, session.x_test[:IMAGES])
        return OneWeight(network, x, session.t_test[:IMAGES], digit)

    def _loss_curve(self, kind):
        """The loss of the network in use over one of its weights."""
        weight = self._weight()
        at = weight.value
        return Curve(lambda value: weight.loss(value, kind), weight.slope, at - REACH, at + REACH, at)
