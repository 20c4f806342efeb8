"""The living network: its units as tiles, and what they say of the chosen image, at one moment."""

import numpy as np
from kobai.analysis.network_picture import (
    columns_of,
    frames_of_gradient,
    frames_of_outputs,
    strongest_lines,
    tiles_rgba,
    units_shown,
)
from kobai.analysis.score_pixels import pixel_contributions, tint_rgba
from kobai.book.functions import softmax
from kobai.book.multi_layer_net import MultiLayerNet
from protocol import called_by_page
from pyodide.ffi import to_js

from worker.answers import shown


def start(session):
    """The objects whose marked functions the page may call."""
    return [NetworkPicture(session)]


class NetworkPicture:
    """Calls of the panel of the living network."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    def network_picture(self, index, digit, frames):
        """The network in use with a test image: tiles (RGBA bytes), and the strongest lines to a digit.

        digit: None for the most probable one; of another, what each pixel adds to its score, too, as RGBA
        bytes. frames: "z1" for the outputs of the units, "dz1" for the gradient of the image's loss by them.
        All of the answer is of one moment, also while it learns.
        """
        networks = self.session.networks
        about, network = networks.about(networks.current), networks.network(networks.current)
        params = network.params
        net = MultiLayerNet(params, getattr(network, "activation", "sigmoid"))
        x = networks.inputs(networks.current, self.session.x_test[index : index + 1])
        with np.errstate(all="ignore"):  # a network out of bounds is shown as far as it can be
            y = net.predict(x)[0]
            z = softmax(np.dot(x, params["W1"]) + params["b1"])[0] if net.layers == 1 else net.hidden(x)[0][0]
        units = units_shown(params)
        with np.errstate(all="ignore"):
            if frames == "dz1" and net.layers > 1:
                t = np.eye(y.size)[self.session.t_test[index : index + 1]]
                colours = frames_of_gradient(net.gradient_by_layer(x, y - t, 1)[0][units])
            else:
                colours = frames_of_outputs(z[units])
            tint, tinted = (None, np.empty(0, np.uint8)) if digit is None else _tint(net, x[0], digit)
        picture = tiles_rgba(params["W1"].T[units], colours)
        answer = int(np.argmax(np.nan_to_num(y)))
        digit = answer if digit is None else digit
        lines = []
        if net.layers == 2:
            lines = strongest_lines(z[units], params["W2"][units], digit)
        message = {
            "network": dict(about),
            "index": index,
            "units": units.tolist(),
            "all": params["b1"].size,
            "layers": net.layers,
            "width": picture.shape[1],
            "height": picture.shape[0],
            "columns": columns_of(len(units)),
            "probabilities": shown(y),
            "digit": digit,
            "lines": [[line.place, line.value] for line in lines],
            "tint": tint,
        }
        return message, to_js(picture.ravel()), to_js(tinted)


def _tint(net, x, digit):
    """What each pixel adds to the score of this digit: the sums for the page, and the picture."""
    contributions, rest = pixel_contributions(net, x, digit)
    pixels = float(contributions.sum())
    if not np.isfinite(pixels + rest):
        return None, np.empty(0, np.uint8)
    sums = {"digit": digit, "pixels": pixels, "rest": rest, "score": pixels + rest}
    return sums, tint_rgba(contributions).ravel()
