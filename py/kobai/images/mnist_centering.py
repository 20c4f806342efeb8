"""Size and place of a digit in its image, as in MNIST.

MNIST was made so (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/): "The original black and white
(bilevel) images from NIST were size normalized to fit in a 20x20 pixel box while preserving their aspect
ratio. The resulting images contain grey levels as a result of the anti-aliasing technique used by the
normalization algorithm. The images were centered in a 28x28 image by computing the center of mass of the
pixels, and translating the image so as to position this point at the center of the 28x28 field."

What the files show besides (measured on the 10,000 test images): the longer side of the ink is 20 pixels in
9,997 of them, and the images were moved by whole pixels, so that the centre of mass, counted in pixel indices
from 0, lies between 13.5 and 14.5 in each direction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..book.functions import Array
from ..book.mnist import IMAGE_SIDE

BOX_SIDE = 20  # pixels
WHITE = 255


def centre(image: ArrayLike) -> Array:
    """Bring the ink of an image, light on black, to the size and place it has in MNIST: uint8 (28, 28).

    image: (height, width), brightness 0 to 255; every pixel above 0 counts as ink. Without ink all is black.
    """
    image = np.asarray(image, dtype=np.float64)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not rows.size:
        return np.zeros((IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
    ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = max(ink.shape) / BOX_SIDE  # pixels of the image for each of the result
    down, across = (_resampling(side, scale) for side in ink.shape)
    return in_field(down @ ink @ across.T)


def _resampling(side: int, scale: float) -> Array:
    """What each of `side` pixels in a row gives to the pixels of the scaled row, (scaled, side).

    Weights fall linearly with the distance (a triangle filter: bilinear when enlarging, anti-aliased when
    reducing); beyond the ends all is black.
    """
    radius = max(1.0, scale)
    margin = int(np.ceil(radius))  # pixels beyond the ends that count, too
    wanted = (np.arange(int(np.ceil(side / scale - 1e-9))) + 0.5) * scale
    given = np.arange(-margin, side + margin) + 0.5
    weights = np.maximum(0.0, 1.0 - np.abs(wanted[:, None] - given) / radius)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights[:, margin:-margin]


def in_field(ink: Array) -> Array:
    """The ink moved by whole pixels until its centre of mass is in the middle of the field, uint8 (28, 28).

    ink: at most 20 by 20, brightness 0 to 255. It is never moved across the edge: nothing of it is lost.
    """
    field = np.zeros((IMAGE_SIDE, IMAGE_SIDE))
    if ink.any():
        rows, columns = (_place(ink.sum(axis=1 - axis)) for axis in (0, 1))
        field[rows : rows + ink.shape[0], columns : columns + ink.shape[1]] = ink
    return np.clip(np.rint(field), 0, WHITE).astype(np.uint8)


def _place(mass: Array) -> int:
    """The index in the field at which a row of these masses starts."""
    middle = float(mass @ np.arange(mass.size)) / float(mass.sum())
    start = int(np.floor(IMAGE_SIDE / 2 + 0.5 - middle))  # the centre comes between 13.5 and 14.5
    return min(max(start, 0), IMAGE_SIDE - mass.size)
