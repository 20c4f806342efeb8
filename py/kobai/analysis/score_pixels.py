"""Which pixels push the score of a digit up, and which down: each pixel times the score's gradient there.

This is "gradient times input" (Shrikumar et al., 2016, arXiv:1605.01713). For a network without a hidden
layer it is W[i, k] * x[i], all that the pixel adds; with hidden layers, the share of a linear approximation
at the image, and what the approximation leaves over is told beside it.
"""

from __future__ import annotations

import numpy as np

from ..book.functions import Array
from ..book.mnist import IMAGE_SIDE
from ..book.multi_layer_net import MultiLayerNet
from .hidden_units import MIDDLE, palette


def pixel_contributions(net: MultiLayerNet, x: Array, digit: int) -> tuple[Array, float]:
    """(contributions, rest): contributions[i] = x[i] * d score[digit] / d x[i], float64 (784,).

    x: (784,), one image as the network takes it. rest: what the contributions lack of the score, the input of
    softmax: contributions.sum() + rest == score.
    """
    batch = x.reshape(1, -1)
    scores = net.scores(batch)
    wanted = np.zeros_like(scores)
    wanted[0, digit] = 1
    contributions = net.gradient_by_layer(batch, wanted, 0)[0] * x
    return contributions, float(scores[0, digit] - contributions.sum())


def tint_rgba(contributions: Array) -> Array:
    """The picture of the contributions, uint8 (28, 28, 4): for the score or against it, 0 is transparent.

    The largest one in size has the full colour; what is no number is transparent.
    """
    finite = np.nan_to_num(contributions, nan=0.0, posinf=0.0, neginf=0.0)
    largest = float(np.abs(finite).max()) or 1.0
    levels = np.rint(finite / largest * MIDDLE + MIDDLE).astype(np.uint8)
    return palette()[levels].reshape(IMAGE_SIDE, IMAGE_SIDE, 4)
