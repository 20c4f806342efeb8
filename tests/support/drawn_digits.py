"""Ten digits as a hand draws them: strokes in units of a canvas of 280 by 280, varied by a seed.

The shapes are polylines and smooth curves (Catmull-Rom splines) through a few points in a unit square, x to
the right and y downwards; they follow what schools of several countries teach, not MNIST.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

CANVAS = 280.0


class Drawing(NamedTuple):
    """What was drawn: its digit, the shape's name, strokes (n, 2) and the pen's width, in canvas units."""

    digit: int
    shape: str
    strokes: list[np.ndarray]
    pen: float


def ellipse(x, y, across, down, start=-90.0, sweep=-360.0, count=13):
    """Points on an ellipse around x, y; angles in degrees, 0 to the right, positive clockwise."""
    angles = np.radians(np.linspace(start, start + sweep, count))
    return [(x + across * math.cos(a), y + down * math.sin(a)) for a in angles]


# digit -> shape -> strokes; "line": corners are kept, "curve": a spline runs through the points
SHAPES: dict[int, dict[str, list[tuple[str, list[tuple[float, float]]]]]] = {
    0: {
        "round": [("curve", ellipse(0.5, 0.5, 0.36, 0.5))],
        "narrow": [("curve", ellipse(0.5, 0.5, 0.26, 0.5))],
        "overshooting": [("curve", ellipse(0.5, 0.5, 0.33, 0.5, start=-60, sweep=-395))],
    },
    1: {
        "stick": [("line", [(0.5, 0), (0.5, 1)])],
        "serif": [("line", [(0.3, 0.22), (0.53, 0), (0.53, 1)])],
        "serif and base": [("line", [(0.32, 0.2), (0.5, 0), (0.5, 1)]), ("line", [(0.28, 1), (0.72, 1)])],
    },
    2: {
        "plain": [
            ("curve", [(0.16, 0.26), (0.3, 0.06), (0.55, 0), (0.78, 0.14), (0.8, 0.36), (0.62, 0.6)]
             + [(0.38, 0.8), (0.16, 0.98)]),
            ("line", [(0.16, 0.98), (0.86, 0.98)]),
        ],
        "loop": [
            ("curve", [(0.16, 0.22), (0.36, 0.03), (0.62, 0.03), (0.76, 0.22), (0.68, 0.48), (0.44, 0.78)]
             + [(0.22, 0.95), (0.1, 0.88), (0.2, 0.77), (0.42, 0.86), (0.66, 0.97), (0.92, 0.92)]),
        ],
        "angular": [
            ("curve", [(0.18, 0.16), (0.42, 0), (0.72, 0.08), (0.78, 0.3), (0.56, 0.6), (0.16, 1)]),
            ("line", [(0.16, 1), (0.88, 0.96)]),
        ],
    },
    3: {
        "round": [
            ("curve", [(0.2, 0.12), (0.45, 0), (0.72, 0.08), (0.76, 0.28), (0.6, 0.43), (0.4, 0.47)]),
            ("curve", [(0.4, 0.47), (0.68, 0.53), (0.82, 0.72), (0.7, 0.93), (0.45, 1), (0.16, 0.9)]),
        ],
        "flat top": [
            ("line", [(0.2, 0.02), (0.76, 0.02), (0.46, 0.38)]),
            ("curve", [(0.46, 0.38), (0.7, 0.46), (0.82, 0.68), (0.7, 0.92), (0.44, 1), (0.16, 0.9)]),
        ],
        "one stroke": [
            ("curve", [(0.22, 0.1), (0.5, 0), (0.72, 0.14), (0.68, 0.34), (0.46, 0.46), (0.7, 0.52)]
             + [(0.82, 0.72), (0.68, 0.94), (0.42, 1), (0.16, 0.9)]),
        ],
    },
    4: {
        "open": [
            ("line", [(0.24, 0.02), (0.16, 0.52), (0.82, 0.52)]),
            ("line", [(0.74, 0.06), (0.68, 1)]),
        ],
        "closed": [("line", [(0.62, 0), (0.12, 0.62), (0.9, 0.62)]), ("line", [(0.62, 0), (0.62, 1)])],
        "rounded": [
            ("curve", [(0.2, 0.05), (0.14, 0.3), (0.2, 0.48), (0.45, 0.52), (0.72, 0.45)]),
            ("line", [(0.76, 0.03), (0.7, 1)]),
        ],
    },
    5: {
        "bar apart": [
            ("curve", [(0.28, 0.02), (0.25, 0.22), (0.23, 0.42), (0.45, 0.36), (0.7, 0.45), (0.78, 0.68)]
             + [(0.66, 0.92), (0.42, 1), (0.15, 0.92)]),
            ("line", [(0.28, 0.02), (0.82, 0.02)]),
        ],
        "one stroke": [
            ("line", [(0.8, 0.02), (0.3, 0.02), (0.24, 0.44)]),
            ("curve", [(0.24, 0.44), (0.48, 0.36), (0.72, 0.46), (0.78, 0.7), (0.64, 0.94), (0.4, 1)]
             + [(0.14, 0.9)]),
        ],
        "flowing": [
            ("curve", [(0.86, 0.02), (0.58, 0.05), (0.38, 0.1), (0.32, 0.3), (0.4, 0.42), (0.62, 0.52)]
             + [(0.7, 0.72), (0.56, 0.93), (0.34, 1), (0.1, 0.93)]),
        ],
    },
    6: {
        "curved": [
            ("curve", [(0.66, 0), (0.4, 0.2), (0.24, 0.5), (0.24, 0.8), (0.42, 1), (0.66, 0.96), (0.78, 0.76)]
             + [(0.66, 0.56), (0.44, 0.56), (0.26, 0.74)]),
        ],
        "straight": [
            ("curve", [(0.5, 0), (0.36, 0.3), (0.26, 0.62), (0.3, 0.88), (0.5, 1), (0.7, 0.88), (0.72, 0.68)]
             + [(0.55, 0.57), (0.36, 0.64), (0.27, 0.78)]),
        ],
    },
    7: {
        "plain": [("line", [(0.14, 0.03), (0.82, 0.03), (0.4, 1)])],
        "bar": [("line", [(0.14, 0.03), (0.84, 0.03), (0.42, 1)]), ("line", [(0.3, 0.5), (0.8, 0.48)])],
        "serif": [("line", [(0.14, 0.18), (0.15, 0.03), (0.84, 0.03)]), ("line", [(0.84, 0.03), (0.44, 1)])],
        "curved": [("curve", [(0.12, 0.08), (0.4, 0.02), (0.7, 0.04), (0.8, 0.12), (0.62, 0.44), (0.46, 1)])],
    },
    8: {
        "one stroke": [
            ("curve", [(0.72, 0.1), (0.48, 0), (0.26, 0.12), (0.3, 0.34), (0.52, 0.48), (0.76, 0.66)]
             + [(0.74, 0.9), (0.48, 1), (0.24, 0.88), (0.26, 0.66), (0.52, 0.48), (0.72, 0.3), (0.72, 0.1)]),
        ],
        "two rings": [
            ("curve", ellipse(0.5, 0.24, 0.23, 0.24)),
            ("curve", ellipse(0.5, 0.74, 0.28, 0.26)),
        ],
    },
    9: {
        "straight": [
            ("curve", ellipse(0.48, 0.28, 0.26, 0.28, start=-10, sweep=-350)),
            ("line", [(0.74, 0.2), (0.7, 1)]),
        ],
        "curved": [
            ("curve", [(0.74, 0.22), (0.6, 0.02), (0.36, 0.04), (0.24, 0.26), (0.36, 0.5), (0.6, 0.48)]
             + [(0.74, 0.24), (0.76, 0.55), (0.66, 0.86), (0.44, 1), (0.22, 0.94)]),
        ],
        "slanting": [
            ("curve", ellipse(0.5, 0.27, 0.26, 0.27, start=-20, sweep=-345)),
            ("line", [(0.76, 0.14), (0.52, 1)]),
        ],
    },
}  # fmt: skip


def spline(points: np.ndarray, per_segment: int = 8) -> np.ndarray:
    """A Catmull-Rom spline through the points (n, 2)."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    u = np.linspace(0, 1, per_segment, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * u
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * u**2
                + (3 * p1 - p0 - 3 * p2 + p3) * u**3
            )
        )
    return np.vstack([*pieces, points[-1]])


def polyline(points: np.ndarray, step: float = 0.04) -> np.ndarray:
    """The straight lines through the points (n, 2), with points at least every `step`."""
    pieces = []
    for a, b in zip(points, points[1:], strict=False):
        count = max(1, math.ceil(math.dist(a, b) / step))
        pieces.append(a + (b - a) * np.linspace(0, 1, count, endpoint=False)[:, None])
    return np.vstack([*pieces, points[-1]])


def draw(digit: int, shape: str, seed: int) -> Drawing:
    """One drawing; the seed chooses size, place, slant, turn, wobble, pen, and each stroke's direction."""
    rng = np.random.RandomState(seed)
    height = rng.uniform(60, 240)
    width = height * rng.uniform(0.5, 1.1)
    slant, turn = rng.uniform(-0.2, 0.4), math.radians(rng.uniform(-10, 10))
    shear = np.array([[1, -slant], [0, 1]])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    shift = rng.normal(0, 0.03, (8, 2))  # one for each joint, so that strokes that meet still meet
    strokes = []
    for kind, corners in SHAPES[digit][shape]:
        points = np.array(corners)
        moved = points + shift[np.minimum((points.sum(axis=1) * 4).astype(int), 7)]
        moved = (moved + rng.normal(0, 0.02, moved.shape) - 0.5) * (width, height)
        line = spline(moved) if kind == "curve" else polyline(moved / height) * height
        line = line @ shear.T @ rotation.T + rng.normal(0, 0.4, line.shape)
        strokes.append(line[::-1] if rng.rand() < 0.5 else line)
    order = rng.permutation(len(strokes))
    everything = np.vstack(strokes)
    low, high = everything.min(axis=0), everything.max(axis=0)
    room = np.maximum(CANVAS - (high - low) - 8, 0)
    place = 4 - low + rng.uniform(0, 1, 2) * room
    return Drawing(digit, shape, [strokes[i] + place for i in order], rng.uniform(12, 28))


def drawings(per_shape: int = 12) -> list[Drawing]:
    """So many drawings of each shape, each with a seed of its own."""
    kinds = [(digit, shape) for digit, shapes in SHAPES.items() for shape in shapes]
    return [draw(*kind, seed=1000 * i + k) for i, kind in enumerate(kinds) for k in range(per_shape)]
