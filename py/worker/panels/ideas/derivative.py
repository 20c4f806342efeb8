"""Idea 3, numerical differentiation: forward and central difference for each h, and their errors."""

from typing import Any

import numpy as np
from kobai.lessons import numerical_differentiation
from kobai.lessons.numerical_differentiation import CURVES, Curve
from protocol import called_by_page

from worker.panels.ideas.loss import REACH, weight

DIGIT = 3  # whose weight the loss is drawn over
NUMBERS = {"float64": np.float64, "float32": np.float32}


class Derivative:
    """Calls of idea 3."""

    def __init__(self, session):
        self.session = session

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

    def _loss_curve(self, kind):
        """The loss of the network in use over one of its weights."""
        one = weight(self.session, DIGIT)
        at = one.value
        return Curve(lambda value: one.loss(value, kind), one.slope, at - REACH, at + REACH, at)
