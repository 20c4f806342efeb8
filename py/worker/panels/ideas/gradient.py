"""Idea 4, the gradient: of x0**2 + x1**2, and of the loss over two weights of the network in use."""

from typing import Any

import numpy as np
from kobai.book.gradient import numerical_gradient
from kobai.errors import KobaiError
from kobai.lessons.gradient_descent import function_2
from kobai.lessons.loss_surface import LossPlane, one_weight
from protocol import called_by_page

from worker.panels.ideas.height_map import GRID, Surfaces, height_map
from worker.panels.ideas.network_in_use import batch, chosen_weight, copied_network, finite

EDGE = 4.0  # the pictures of x0**2 + x1**2 reach from -4 to 4
SPAN = 2.0  # how far a weight is moved to either side


class Gradient:
    """Calls of idea 4."""

    def __init__(self, session):
        self.session = session
        self._surfaces = Surfaces("weights")
        self._weights: Any = None

    @called_by_page
    def bowl(self):
        """The heights of x0**2 + x1**2, and its numerical gradient at points of a coarser grid."""
        line = np.linspace(-EDGE, EDGE, 33)
        heights = np.array([[function_2(np.array([x0, x1])) for x0 in line] for x1 in line])
        corners = np.linspace(-3.5, 3.5, 8)
        points = [np.array([x0, x1]) for x1 in corners for x0 in corners]
        field = [[*point.tolist(), *numerical_gradient(function_2, point).tolist()] for point in points]
        return {**height_map(line, line, heights), "field": field}

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
    async def weight_surface(self, first=None, second=None):
        """The loss over two weights; each [key, row, column], or None for the one of the largest gradient.

        {} when a newer surface is asked for meanwhile. KobaiError for weights there are not.
        """
        net, about = copied_network(self.session)
        _mask, x, t = batch(self.session)
        grads = finite(net.gradient(x, t))
        last = f"W{net.layers}"
        first = chosen_weight(net, first, "W1", grads)
        second = chosen_weight(net, second, last, grads)
        if first == second:
            raise KobaiError("These two are the same weight: choose two different ones.")
        plane = LossPlane(net, x, t, one_weight(net.params, *first), one_weight(net.params, *second))
        line = np.linspace(-SPAN, SPAN, GRID)
        losses = await self._surfaces.compute(plane, line, line)
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
            **height_map(values[0] + line, values[1] + line, losses),
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
