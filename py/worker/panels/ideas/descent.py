"""Idea 5, gradient descent: on x0**2 + x1**2, and down the loss of the network in use."""

from typing import Any

import numpy as np
from kobai.errors import KobaiError
from kobai.lessons.gradient_descent import function_2, gradient_descent
from kobai.lessons.loss_surface import LossPlane, across, descend, dot, moved, unit
from protocol import called_by_page

from worker.panels.ideas.height_map import GRID, Surfaces, height_map
from worker.panels.ideas.network_in_use import batch, copied_network, finite

LEARNING_RATE = 0.1
STEPS = 20  # of each path


class Descent:
    """Calls of idea 5."""

    def __init__(self, session):
        self.session = session
        self._surfaces = Surfaces("valley")
        self._valley: Any = None

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

    @called_by_page
    async def loss_valley(self):
        """The loss over two directions: straight down, and where the first steps turn away from it.

        Both have length 1 in the space of all parameters. The second is that part of STEPS steps with the
        learning rate 0.1 which is orthogonal to the gradient.
        """
        net, about = copied_network(self.session)
        _mask, x, t = batch(self.session)
        first = unit({key: -value for key, value in finite(net.gradient(x, t)).items()})
        *_steps, (end, _loss) = descend(net, net.params, x, t, LEARNING_RATE, STEPS)
        turned = across(moved(end, (-1, net.params)), first)
        if dot(turned, turned) == 0:
            raise KobaiError("The gradient of this network is 0 here: there is no way down.")
        second = unit(turned)
        gone = moved(end, (-1, net.params))
        far, wide = dot(gone, first), dot(gone, second)
        a, b = np.linspace(-far, 3 * far, GRID), np.linspace(-2 * wide, 3 * wide, GRID)
        losses = await self._surfaces.compute(LossPlane(net, x, t, first, second), a, b)
        if losses is None:
            return {}
        self._valley = net, x, t, first, second
        return {"about": about, **height_map(a, b, losses)}

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
