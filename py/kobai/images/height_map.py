"""Draw heights over a plane as a picture: bands of colour, whose borders are contour lines."""

from __future__ import annotations

import numpy as np

from ..book.functions import Array
from .colormaps import VIRIDIS
from .png import encode_png

BANDS = 12
FINER = 8  # pixels of the picture for each step of the grid
OPACITY = 150  # of 255: arrows and points stand out from light and dark paper alike


def height_map_png(heights: Array) -> bytes:
    """Heights (rows, columns) as a PNG, the first row at the bottom, linear between the points of the grid.

    From the lowest, dark violet, to the highest, yellow, in BANDS bands of equal height.
    """
    fine = _finer(_finer(heights).T).T
    low, high = float(heights.min()), float(heights.max())
    band = (fine - low) / (high - low or 1) * BANDS
    return encode_png(np.clip(band, 0, BANDS - 1).astype(np.uint8)[::-1], _palette())


def _finer(values: Array) -> Array:
    """Columns FINER times as dense, linear in between."""
    count = values.shape[1]
    places = np.linspace(0, count - 1, (count - 1) * FINER + 1)
    return np.array([np.interp(places, np.arange(count), row) for row in values])


def _palette() -> Array:
    known = np.array([[colour >> 16, colour >> 8 & 255, colour & 255] for colour in VIRIDIS], float)
    places = np.linspace(0, len(known) - 1, BANDS)
    rgb = [np.interp(places, np.arange(len(known)), known[:, i]) for i in range(3)]
    return np.stack([*rgb, np.full(BANDS, OPACITY)], axis=1).astype(np.uint8)
