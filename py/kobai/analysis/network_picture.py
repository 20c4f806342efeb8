"""The hidden units of a network in one picture: each as a tile of its weights, framed by its output.

And which of them speak for or against a digit: the products z1[j] * W2[j, k] of the score a2[k]
(『ゼロから作るDeep Learning』3.4 and 4.5.1).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..book.functions import Array
from ..book.mnist import IMAGE_SIDE
from .hidden_units import MIDDLE, NEGATIVE, POSITIVE, colour_limit, palette

FRAME, GAP = 2, 1  # px of a frame, and beyond it
PITCH = IMAGE_SIDE + 2 * (FRAME + GAP)  # px from one tile to the next
FRAME_COLOUR = (0xB8, 0x3A, 0x68)  # plum, seen on light and on dark paper
AT_MOST = 100  # tiles in one picture


class Line(NamedTuple):
    """What one unit adds to the score of a digit k: value = z1[j] * W2[j, k]; place: j, of those given."""

    place: int
    value: float


def units_shown(params: dict[str, Array]) -> Array:
    """The units of the picture, rising: all, or of more than AT_MOST those with the longest rows of W2."""
    units = params["b1"].size
    if units <= AT_MOST or "W2" not in params:
        return np.arange(min(units, AT_MOST))
    lengths = np.linalg.norm(params["W2"], axis=1)
    return np.sort(np.argsort(-lengths, kind="stable")[:AT_MOST])


def columns_of(tiles: int) -> int:
    """How many tiles stand side by side: twice as many as on top of each other."""
    return max(1, math.ceil(math.sqrt(2 * tiles)))


def frames_of_outputs(outputs: Array) -> Array:
    """The colour of each frame, uint8 (tiles, 4): as opaque as the unit's output is large.

    outputs: (tiles,), each at least 0, of the units for one image. Fully opaque at 1, or at the largest one
    where that is above 1 (ReLU).
    """
    shares = np.nan_to_num(outputs / max(1.0, float(np.nanmax(outputs, initial=1.0))))
    frames = np.empty((len(outputs), 4), dtype=np.uint8)
    frames[:, :3], frames[:, 3] = FRAME_COLOUR, np.rint(255 * np.clip(shares, 0, 1))
    return frames


def frames_of_gradient(dz: Array) -> Array:
    """The colour of each frame, uint8 (tiles, 4): by the sign of the unit's gradient, opaque by its size.

    dz: (tiles,), the gradient of the loss by the outputs. The largest one in size is fully opaque.
    """
    finite = np.nan_to_num(dz, nan=0.0, posinf=0.0, neginf=0.0)
    shares = np.abs(finite) / (float(np.abs(finite).max(initial=0.0)) or 1.0)
    frames = np.empty((len(dz), 4), dtype=np.uint8)
    frames[:, :3] = np.where(finite[:, None] < 0, NEGATIVE, POSITIVE)
    frames[:, 3] = np.rint(255 * shares)
    return frames


def tiles_rgba(weights: Array, frames: Array) -> Array:
    """The picture, uint8 (height, width, 4): red, green, blue, opacity.

    weights: (tiles, 784). frames: (tiles, 4), the colour of each tile's frame. The weights share one scale,
    that of `colour_limit`; 0 is transparent.
    """
    tiles, columns = len(weights), columns_of(len(weights))
    rows = math.ceil(tiles / columns)
    levels = weights * (MIDDLE / colour_limit(weights)) + MIDDLE
    np.clip(np.rint(np.nan_to_num(levels, copy=False, nan=MIDDLE)), 0, 2 * MIDDLE, out=levels)
    # each pixel as one number: a quarter of the work
    framed = np.zeros((rows * columns, PITCH, PITCH), dtype=np.uint32)
    framed[:tiles, GAP:-GAP, GAP:-GAP] = frames.view(np.uint32)[:, :, None]
    inside = slice(GAP + FRAME, GAP + FRAME + IMAGE_SIDE)
    colours = palette().view(np.uint32)[:, 0]
    framed[:tiles, inside, inside] = colours[levels.astype(np.uint8)].reshape(tiles, IMAGE_SIDE, IMAGE_SIDE)
    whole = framed.reshape(rows, columns, PITCH, PITCH).swapaxes(1, 2).reshape(rows * PITCH, columns * PITCH)
    return np.ascontiguousarray(whole).view(np.uint8).reshape(rows * PITCH, columns * PITCH, 4)


def strongest_lines(z: Array, after: Array, digit: int, count: int = 12) -> list[Line]:
    """The `count` largest products z[j] * after[j, digit] by size, the largest first.

    z: (units,), outputs of the hidden layer for one image. after: (units, 10), the next layer's weights.
    """
    products = z * after[:, digit]
    order = np.argsort(-np.abs(products), kind="stable")[:count].tolist()
    return [Line(j, float(products[j])) for j in order if np.isfinite(products[j])]
