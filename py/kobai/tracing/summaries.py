"""Describe a recorded value: its shape, range and role, and a picture that fits them.

Small enough to be sent to a page at each step: at most a few thousand numbers, or a PNG.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np

from ..analysis.hidden_units import colour_limit, diverging_png
from ..book.functions import Array
from ..book.mnist import CLASSES, IMAGE_SIDE, IMAGE_SIZE
from ..images.png import sheet_of
from .recorded_values import Named

MOST_NUMBERS = 6000  # of a matrix that is sent as numbers
LONGEST_STRIP = 600
_PARAMETER = re.compile(r'^(?:.*\[")?[Wb]\d+(?:"\])?$')
_GRADIENT = re.compile(r'^(?:d[a-z]\w*|(?:grads?|return)\["\w+"\]|grad)$')
_ENTRY = re.compile(r'^(?:grads?|return)\["(\w+)"\]$')
# dy is the derivative by a2, softmax and cross entropy taken together (see TwoLayerNet.gradient)
_PAIRS = {"dy": "a2"}


def summary(name: str, value: Any, images: int, row: int) -> dict[str, Any]:
    """A dict that describes a value for the page; see docs/tracing.md for the entries.

    images: how many images the traced batch has; row: the one that is pictured.
    """
    made: dict[str, Any] = {"name": name, "kind": "text", "shape": None, "dtype": None, "rows": None}
    made |= {"min": None, "max": None, "mean": None, "text": None, "picture": None, "role": "other"}
    if isinstance(value, np.ndarray) and value.ndim:
        return made | {"kind": "array"} | _of_array(name, value, images, row)
    if isinstance(value, bool | np.bool_ | str | None | tuple):
        return made | {"text": str(value) if isinstance(value, Named) else repr(value)}
    number = value.item() if isinstance(value, np.ndarray | np.generic) else value
    dtype = str(value.dtype) if isinstance(value, np.ndarray | np.generic) else type(value).__name__
    role = "loss" if name == "loss" else "number"
    return made | {"kind": "number", "shape": [], "dtype": dtype, "text": repr(number), "role": role}


def pair_of(name: str, state: dict[str, Any]) -> str | None:
    """The variable of the forward pass that a gradient belongs to, if `state` has one of the same shape."""
    entry = _ENTRY.match(name)
    if entry:
        ending = f'.params["{entry[1]}"]'
        candidates = [entry[1], *(other for other in state if other.endswith(ending))]
    elif _GRADIENT.match(name):
        candidates = [_PAIRS.get(name, ""), name[1:]]
    else:
        return None
    shape = np.shape(state[name])
    return next((each for each in candidates if each in state and np.shape(state[each]) == shape), None)


def _of_array(name: str, array: Array, images: int, row: int) -> dict[str, Any]:
    found: dict[str, Any] = {"shape": list(array.shape), "dtype": str(array.dtype)}
    numbers = array.dtype.kind in "fiub"
    if array.size and numbers:
        with np.errstate(all="ignore"):
            range_of = {"min": array.min(), "max": array.max(), "mean": array.mean()}
        found |= {key: float(each) if np.isfinite(each) else None for key, each in range_of.items()}
    if not numbers:
        return found
    batch = array.ndim >= 1 and len(array) == images and not _is_parameter(name, array)
    one = array[min(row, len(array) - 1)] if batch and array.ndim > 1 else array
    found["rows"] = len(array) if batch and array.ndim > 1 else None
    found["role"] = _role(name, one)
    found["picture"] = _picture(one, found["role"])
    return found


def _is_parameter(name: str, array: Array) -> bool:
    return bool(_PARAMETER.match(name) or _ENTRY.match(name)) or array.shape[:1] == (IMAGE_SIZE,)


def _role(name: str, one: Array) -> str:
    if _GRADIENT.match(name):
        return "gradient"
    if one.ndim == 2:
        return "weights" if _PARAMETER.match(name) else "other"
    if one.shape == (IMAGE_SIZE,):
        return "image"
    if _PARAMETER.match(name):
        return "weights"
    if one.dtype.kind in "iu":
        return "labels"
    if one.shape == (CLASSES,):
        if np.all((one == 0) | (one == 1)) and one.sum() == 1:
            return "target"
        total = float(one.sum())
        return "probabilities" if one.min() >= 0 and abs(total - 1) < 1e-3 else "scores"
    return "hidden"


def _picture(one: Array, role: str) -> dict[str, Any] | None:
    if one.size == 0 or not np.isfinite(one).all():
        return None
    if one.ndim == 2 and len(one) == IMAGE_SIZE:
        return _sheet(one)
    if one.ndim == 2 and one.size <= MOST_NUMBERS:
        return {"kind": "matrix", "rows": len(one), "columns": one.shape[1], "values": _rounded(one)}
    if one.ndim != 1 or role == "labels":
        return None
    if len(one) == IMAGE_SIZE:
        return {"kind": "image", "side": IMAGE_SIDE, "values": _rounded(one)}
    if len(one) == CLASSES:
        return {"kind": "bars", "values": _rounded(one)}
    return {"kind": "strip", "values": _rounded(one)} if len(one) <= LONGEST_STRIP else None


def _sheet(weights: Array) -> dict[str, Any]:
    """Weights (784, H) as H tiles of 28 x 28 on one sheet."""
    tiles = weights.T.reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
    limit = colour_limit(weights)
    sheet, columns = sheet_of(tiles)
    png = base64.b64encode(diverging_png(sheet, limit)).decode()
    return {
        "kind": "sheet", "src": f"data:image/png;base64,{png}", "units": len(tiles), "columns": columns,
        "side": IMAGE_SIDE, "limit": limit,
    }  # fmt: skip


def _rounded(values: Array) -> list[float]:
    """The values with six digits, enough for a picture; a single number is sent in full on request."""
    return [float(f"{value:.6g}") for value in values.ravel().tolist()]
