"""Numerical differentiation of one variable (book 4.3): its error for each step h.

Truncation: h |f''| / 2 forward, h**2 |f'''| / 6 central. Rounding: about eps |f| / h for both, with eps =
2**-52 in float64. (Press et al., Numerical Recipes, section 5.7.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Function = Callable[[Any], Any]  # of one variable: a number, or an array of numbers
STEPS = [10.0 ** (-quarter / 4) for quarter in range(65)]  # h from 1 to 1e-16


class Curve(NamedTuple):
    """A function and its derivative in closed form, drawn from least to most; start is the first x."""

    f: Function
    slope: Callable[[float], float]
    least: float
    most: float
    start: float


def function_1(x: Any) -> Any:
    """0.01 x**2 + 0.1 x (book 4.3.2), in the type of x."""
    kind = type(x)
    return kind(0.01) * x**2 + kind(0.1) * x


CURVES = {
    "book": Curve(function_1, lambda x: 0.02 * x + 0.1, 0.0, 20.0, 5.0),
    "sine": Curve(np.sin, lambda x: float(np.cos(x)), 0.0, 6.0, 1.0),
}


def forward_difference(f: Function, x: Any, h: Any) -> Any:
    """(f(x + h) - f(x)) / h: the slope of the line through two points of the curve, one of them at x.

    Book 4.3.1. x, h: numbers of one type, such as np.float32; the result has that type.
    """
    return (f(x + h) - f(x)) / h


def central_difference(f: Function, x: Any, h: Any) -> Any:
    """(f(x + h) - f(x - h)) / 2h: the same with one point on either side of x (book 4.3.1)."""
    return (f(x + h) - f(x - h)) / (2 * h)


class Row(NamedTuple):
    """Both estimates with one h, and how far they are from the derivative."""

    h: float
    forward: float
    central: float
    forward_error: float
    central_error: float


def rows(curve: Curve, x: float, kind: Any = np.float64) -> list[Row]:
    """The estimates for all STEPS at x, computed in numbers of this type (np.float32 or np.float64)."""
    at, exact = kind(x), curve.slope(float(kind(x)))
    found = []
    with np.errstate(all="ignore"):  # float32 has no 1e-50: a division by 0 is part of the lesson
        for h in STEPS:
            forward = float(forward_difference(curve.f, at, kind(h)))
            central = float(central_difference(curve.f, at, kind(h)))
            found.append(Row(h, forward, central, abs(forward - exact), abs(central - exact)))
    return found


def best(found: list[Row]) -> tuple[float, float]:
    """The h with the least error, for the forward and for the central difference."""
    return (
        min(found, key=lambda row: row.forward_error).h,
        min(found, key=lambda row: row.central_error).h,
    )
