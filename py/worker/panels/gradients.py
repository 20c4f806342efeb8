"""The gradient check of the network in use, as the page shows it."""

import base64
from dataclasses import asdict

import numpy as np
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.lessons import gradient_check
from kobai.lessons.gradient_check import GradientCheck
from protocol import called_by_page

from worker.progress import tell


def start(session):
    """The objects whose marked functions the page may call."""
    return [Gradients(session)]


class Gradients:
    """Calls of the gradient check."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    async def check_gradients(self, seed):
        """Measures and compares both gradients on a batch drawn with this seed; {} when cancelled.

        Raises KobaiError for a network that is not the book's, whose two gradients are compared.
        """
        session, networks = self.session, self.session.networks
        network = networks.network(networks.current)
        if not isinstance(network, TwoLayerNet):
            raise KobaiError(
                "The gradient check compares the two gradients of the book's TwoLayerNet. The network in use "
                "has another build: choose a TwoLayerNet at the top of the page."
            )
        batch_mask = gradient_check.draw_batch(len(session.x_train), seed)
        x_batch = networks.inputs(networks.current, session.x_train[batch_mask])
        t_batch = session.t_train[batch_mask]
        check = GradientCheck(network, x_batch, t_batch)
        session.jobs.begin("gradients")
        for part in check.pieces():
            await tell("gradients", part=part)
            if session.jobs.is_cancelled("gradients"):
                return {}
        position, probability, effect = check.least_probable()
        return {
            "about": dict(networks.about(networks.current)),
            "seed": seed,
            "batch_size": len(x_batch),
            "images": len(session.x_train),
            "parameters": check.parameters,
            "sampled": len(check.sample),
            "sample_difference": check.sample_difference,
            "definition_seconds": check.definition_seconds,
            "numerical_seconds": check.numerical_seconds,
            "backpropagation_seconds": check.backpropagation_seconds,
            "least": {"image": int(batch_mask[position]), "probability": probability, "effect": effect},
            **_layers(check),
        }


def _layers(check):
    """The differences of each array of params and their pictures, all on one scale."""
    compared = gradient_check.compare(check.numerical, check.backpropagation)
    differences = {key: np.abs(check.numerical[key] - check.backpropagation[key]) for key in compared}
    low, high = gradient_check.decades(list(differences.values()))
    return {
        "layers": [
            {
                "name": key,
                "shape": list(differences[key].shape),
                "picture": _address(gradient_check.heat_png(differences[key], low, high)),
                **asdict(difference),
            }
            for key, difference in compared.items()
        ],
        "legend": {"low": low, "high": high, "picture": _address(gradient_check.legend_png())},
    }


def _address(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()
