"""Small changes to an image of 28 by 28, one after the other: moved, turned, thicker, thinner, erased, noisy.

A change is written [name, *values], so that a list of them is plain JSON:
["shift", down, right] by whole pixels, ["rotate", degrees] clockwise about the middle, ["thicken"], ["thin"],
["erase", [row, column], …] spots of 3 by 3 pixels, ["noise", seed].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..book.functions import Array
from ..book.mnist import IMAGE_SIDE
from .mnist_centering import WHITE

MIDDLE = (IMAGE_SIDE - 1) / 2  # the index of the image's middle, in each direction
NOISE = 48.0  # standard deviation of the brightness that is added
SPOT = 1  # pixels that the eraser reaches around the one it points at


def retouch(image: Array, changes: Sequence[Sequence[Any]]) -> Array:
    """Apply changes to an image, uint8 (28, 28), and return the result; the given one stays as it is.

    Shifts and turns in a row move the image once, as a whole, so that many small ones do not blur it and what
    left the field can come back.
    """
    motion = np.eye(3)
    for name, *values in changes:
        if name in MOTIONS:
            motion = MOTIONS[name](*values) @ motion
        else:
            image = CHANGES[name](_moved(image, motion), *values)
            motion = np.eye(3)
    return _moved(image, motion)


def _shift(down: float, right: float) -> Array:
    return np.array([[1.0, 0.0, down], [0.0, 1.0, right], [0.0, 0.0, 1.0]])


def _rotate(degrees: float) -> Array:
    """Clockwise about the middle, for (row, column, 1) with rows downwards."""
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    motion: Array = _shift(MIDDLE, MIDDLE) @ turn @ _shift(-MIDDLE, -MIDDLE)
    return motion


def _moved(image: Array, motion: Array) -> Array:
    """The image after the motion (3, 3) of its points (row, column, 1), bilinear; what comes in is black."""
    if np.array_equal(motion, np.eye(3)):
        return image
    there = np.indices((IMAGE_SIDE, IMAGE_SIDE)).reshape(2, -1)
    rows, columns = np.linalg.inv(motion)[:2] @ np.vstack([there, np.ones(IMAGE_SIDE**2)])
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    below, beside = rows - top, columns - left  # shares of the next row and column
    moved: Array = (
        (1 - below) * (1 - beside) * _at(image, top, left)
        + (1 - below) * beside * _at(image, top, left + 1)
        + below * (1 - beside) * _at(image, top + 1, left)
        + below * beside * _at(image, top + 1, left + 1)
    )
    return np.asarray(np.rint(moved), dtype=np.uint8).reshape(IMAGE_SIDE, IMAGE_SIDE)


def _at(image: Array, rows: Array, columns: Array) -> Array:
    """The pixels at these places, black beyond the edges."""
    inside = (rows >= 0) & (rows < IMAGE_SIDE) & (columns >= 0) & (columns < IMAGE_SIDE)
    return np.where(inside, image[np.clip(rows, 0, IMAGE_SIDE - 1), np.clip(columns, 0, IMAGE_SIDE - 1)], 0)


def thicken(image: Array) -> Array:
    """Move every edge out by half a pixel: halfway to the brightest of each pixel and its four neighbours."""
    brightest: Array = _neighbours(image, 0).max(axis=0)
    return np.asarray((image.astype(np.uint16) + brightest) // 2, dtype=np.uint8)


def thin(image: Array) -> Array:
    """Move every edge in by half a pixel: `thicken` of the black instead of the white."""
    darkest: Array = _neighbours(image, WHITE).min(axis=0)
    return np.asarray((image.astype(np.uint16) + darkest + 1) // 2, dtype=np.uint8)


def _neighbours(image: Array, beyond: int) -> Array:
    """Each pixel and the ones above, below, left and right of it, (5, 28, 28); `beyond` the edges."""
    padded = np.pad(image, 1, constant_values=beyond)
    inner = slice(1, -1)
    return np.stack([image, padded[:-2, inner], padded[2:, inner], padded[inner, :-2], padded[inner, 2:]])


def erase(image: Array, *spots: Sequence[int]) -> Array:
    """Set the pixels around each (row, column) to black."""
    image = image.copy()
    for row, column in spots:
        image[max(row - SPOT, 0) : row + SPOT + 1, max(column - SPOT, 0) : column + SPOT + 1] = 0
    return image


def add_noise(image: Array, seed: int) -> Array:
    """Add normally distributed brightness to every pixel; the same seed gives the same noise."""
    noise = np.random.RandomState(seed).normal(0.0, NOISE, image.shape)
    return np.clip(np.rint(image + noise), 0, WHITE).astype(np.uint8)


MOTIONS: dict[str, Callable[..., Array]] = {"shift": _shift, "rotate": _rotate}
CHANGES: dict[str, Callable[..., Array]] = {
    "thicken": thicken,
    "thin": thin,
    "erase": erase,
    "noise": add_noise,
}
