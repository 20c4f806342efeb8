"""The units of the first layer of the network in use, as the page shows them."""

import base64
from functools import partial

import numpy as np
from kobai.analysis import hidden_units
from kobai.analysis.hidden_units import HiddenUnits
from kobai.book.mnist import as_inputs
from protocol import called_by_page

from worker.progress import tell

AT_MOST = 200  # units on the page: the most used ones
ALL_IMAGES = 100  # so many units are looked through on all images, ten times as many on a tenth: 1 s at most


def start(session):
    """The objects whose marked functions the page may call."""
    return [Units(session)]


class Units:
    """Answers come from the last survey, so that they fit together while the network learns on."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    async def survey_units(self):
        """Pictures, use and effect of each unit, the most used first."""
        networks = self.session.networks
        about = dict(networks.about(networks.current))
        inputs = partial(as_inputs, normalize=about["normalize"])
        network = networks.network(networks.current)
        step = -(-network.params["b1"].size // ALL_IMAGES)
        units = HiddenUnits(network, self.session.x_test[::step], inputs)
        for part in units.pieces():
            await tell("units", part=part)  # lets other calls in
        self._units, self._inputs, self._shown = units, inputs, units.order()[:AT_MOST]
        self._limit = hidden_units.colour_limit(units.weights)
        return {
            "about": about,
            "are_outputs": units.are_outputs,
            "all": len(units.weights),
            "units": [self._describe(int(unit)) for unit in self._shown],
            "limit": self._limit,
            "legend": _address(hidden_units.legend_png()),
        }

    def _describe(self, unit):
        units = self._units
        speaks_for, against = units.digits(unit)
        return {
            "unit": unit,
            "src": _address(hidden_units.diverging_png(units.weights[unit], self._limit)),
            "use": float(units.uses[unit]),
            "for": speaks_for,
            "against": against,
            "off": float(units.off[unit]),
            "on": float(units.on[unit]),
            "state": units.state(unit),
        }

    @called_by_page
    def unit_outputs(self, index):
        """What each unit on the page puts out for this test image, in their order."""
        x = self._inputs(self.session.x_test[index : index + 1])
        return {"index": index, "outputs": self._units.outputs(x)[0, self._shown].tolist()}

    @called_by_page
    def look_at_unit(self, unit, index):
        """How a unit comes to its output for this test image: pixel by pixel, in sum, and activated.

        {} for a unit that is not on the page, as of a network that was in use before.
        """
        if unit not in self._shown:
            return {}
        x = self._inputs(self.session.x_test[index : index + 1])
        product = x[0] * self._units.weights[unit]
        brightest = float(self._inputs(np.full((1, 1), 255, np.uint8))[0, 0])  # 1 or 255
        return {
            "unit": unit,
            "image": self.session.image(index),
            "product": _address(hidden_units.diverging_png(product, self._limit * brightest)),
            "pixels": float(product.sum()),
            "bias": float(self._units.biases[unit]),
            "sum": float(self._units.sums(x)[0, unit]),
            "output": float(self._units.outputs(x)[0, unit]),
        }


def _address(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()
