"""Draw pen strokes as an image like those of MNIST (see `mnist_centering`), from the strokes themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..book.functions import Array
from ..book.mnist import IMAGE_SIDE
from .mnist_centering import BOX_SIDE, WHITE, in_field

PEN_WIDTH = 2.5  # pixels
SAMPLES = 2  # in each direction of a pixel
STEP = 0.25  # pixels between the discs that make up a line: its edge is then wavy by less than 0.01 pixels
MOST_DISCS = 1500  # of a drawing's lines; beyond, they stand further apart, so that no scribble takes long


def draw_centred(strokes: Sequence[ArrayLike], pen: float) -> Array:
    """The strokes in size and place as in MNIST, uint8 (28, 28), white on black.

    strokes: each (n, 2), x to the right and y downwards, in any unit; one point is a dot. pen: the width of
    the pen in the same unit: a drawing smaller than that is a dot, too, and is not blown up.
    """
    lines = _lines(strokes)
    if not lines:
        return np.zeros((IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
    points = np.vstack(lines)
    low = points.min(axis=0)
    extent = max(float((points.max(axis=0) - low).max()), pen)
    scale = (BOX_SIDE - PEN_WIDTH) / extent
    inked = [(line - low) * scale + PEN_WIDTH / 2 for line in lines]
    return in_field(WHITE * _trimmed(_coverage(inked, PEN_WIDTH, BOX_SIDE)))


def draw_plain(strokes: Sequence[ArrayLike], pen: float, side: float) -> Array:
    """The strokes as and where they were drawn on a canvas of this side, uint8 (28, 28), white on black.

    strokes, pen: as above, in the unit of `side`. What lies beyond the canvas is cut off.
    """
    lines = _lines(strokes)
    if not lines:
        return np.zeros((IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
    scale = IMAGE_SIDE / side
    near = [np.clip(line, -side, 2 * side) * scale for line in lines]
    return np.asarray(np.rint(WHITE * _coverage(near, pen * scale, IMAGE_SIDE)), dtype=np.uint8)


def _lines(strokes: Sequence[ArrayLike]) -> list[Array]:
    """The strokes as arrays (n, 2), without empty ones."""
    arrays = (np.asarray(stroke, dtype=np.float64).reshape(-1, 2) for stroke in strokes)
    return [line for line in arrays if len(line)]


def _coverage(lines: list[Array], pen: float, side: int) -> Array:
    """How much of each pixel the ink covers, (side, side), 0 to 1, for lines in pixels."""
    lengths = [np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))]) for line in lines]
    step = max(STEP, sum(float(along[-1]) for along in lengths) / MOST_DISCS)
    discs = np.vstack([_discs(line, along, step) for line, along in zip(lines, lengths, strict=True)]).astype(
        np.float32
    )
    samples = ((np.arange(side * SAMPLES) + 0.5) / SAMPLES).astype(np.float32)
    across = (samples[:, None] - discs[:, 0]) ** 2  # (samples, discs)
    down = (samples[:, None] - discs[:, 1]) ** 2
    squares = np.stack([np.min(across + row, axis=1) for row in down])  # to the nearest disc's middle
    inside = np.clip((pen / 2 - np.sqrt(squares)) * SAMPLES + 0.5, 0.0, 1.0)  # a soft edge, one sample wide
    return np.asarray(inside.reshape(side, SAMPLES, side, SAMPLES).mean(axis=(1, 3), dtype=np.float64))


def _discs(line: Array, along: Array, step: float) -> Array:
    """Points on the line, about `step` apart, its ends included; along: the length up to each point."""
    places = np.linspace(0.0, along[-1], int(np.ceil(along[-1] / step)) + 1)
    return np.column_stack([np.interp(places, along, line[:, axis]) for axis in (0, 1)])


def _trimmed(ink: Array) -> Array:
    """The ink without the empty rows and columns around it."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
