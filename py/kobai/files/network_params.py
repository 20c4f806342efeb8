"""Convert named arrays of a file to the parameters of a network, and check that they fit MNIST."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

import numpy as np

from ..book.functions import Array
from ..errors import NetworkFileError
from .limits import MAX_ELEMENTS, too_large

INPUT_SIZE = 784
OUTPUT_SIZE = 10
_PARAM = re.compile("([Wb])([1-9][0-9]?)", re.IGNORECASE)
_MISSING_SHOWN = 6


def check_arrays(found: Mapping[str, object]) -> dict[str, Array]:
    """The parameters W1, b1, ..., Wn, bn among the entries of a file, n >= 1, as new float64 arrays.

    Wi (inputs, outputs) of float16, 32 or 64 and bi (outputs,). A row of biases (1, outputs) gives the same
    sums and is taken as bi; w1 and B1 are taken as W1 and b1; other entries are left out.
    Raises NetworkFileError unless they make up a network with 784 inputs and 10 outputs.
    """
    arrays = _in_order(found)
    for name, array in arrays.items():
        arrays[name] = _of_right_rank(name, array)
    if sum(array.size for array in arrays.values()) > MAX_ELEMENTS:  # one array may be named many times
        too_large()
    _check_shapes(arrays)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise NetworkFileError(
                "{name} in the file holds NaN or infinity: the training diverged. Try a smaller learning "
                "rate.",
                name=name,
            )
    return {name: np.array(array, dtype=np.float64, order="C") for name, array in arrays.items()}


def _in_order(found: Mapping[str, object]) -> dict[str, Array]:
    """The arrays W1, b1, W2, b2, ... of the file, still of any rank."""
    entries: dict[str, object] = {}
    for key, value in found.items():
        match = _PARAM.fullmatch(key)
        if match:
            name = match[1].upper().replace("B", "b") + match[2]
            if key == name or name not in found:
                entries[name] = value
        elif re.fullmatch("(gamma|beta)[0-9]+", key):
            batch_normalization()
    if not entries:
        raise NetworkFileError("The file holds no W1, b1, W2, b2, …, so it is not a network.")

    layers = max(int(name[1:]) for name in entries)
    arrays, missing = {}, []
    for name in (f"{letter}{i}" for i in range(1, layers + 1) for letter in "Wb"):
        value = entries.get(name)
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif name in entries:
            raise NetworkFileError("{name} in the file is not a NumPy array.", name=name)
        else:
            missing.append(name)
    for name, array in arrays.items():
        if array.ndim == 4:
            raise NetworkFileError(
                "{name} in the file has four axes {shape}: this is a convolutional network (chapter 7). "
                "Kobai can use networks whose weights have two axes.",
                name=name,
                shape=str(array.shape),
            )
    if missing:
        more = ["…"] if len(missing) > _MISSING_SHOWN else []
        raise NetworkFileError(
            "The network in the file is incomplete. Missing: {names}.",
            names=", ".join(missing[:_MISSING_SHOWN] + more),
        )
    return arrays


def batch_normalization() -> NoReturn:
    """Raise the NetworkFileError for a network with batch normalization."""
    raise NetworkFileError(
        "The network in the file uses batch normalization (gamma1, beta1, …), which Kobai does not compute. "
        "Train one with use_batchnorm=False."
    )


def _of_right_rank(name: str, array: Array) -> Array:
    """The array, a row of biases as (outputs,).

    NetworkFileError unless it holds floats and has the right number of axes.
    """
    if name[0] == "b" and array.ndim == 2 and array.shape[0] == 1:
        array = array[0]
    rank = 2 if name[0] == "W" else 1
    if array.ndim != rank:
        raise NetworkFileError(
            "{name} in the file should have {rank} axes, but its shape is {shape}.",
            name=name,
            rank=rank,
            shape=str(array.shape),
        )
    if array.dtype.kind != "f":
        raise NetworkFileError(
            "{name} in the file holds {dtype}, but a network needs floats (float64).",
            name=name,
            dtype=str(array.dtype),
        )
    return array


def _check_shapes(arrays: dict[str, Array]) -> None:
    shape = arrays["W1"].shape
    if shape[1] == INPUT_SIZE != shape[0]:
        raise NetworkFileError(
            "The weights in the file are transposed, as PyTorch keeps them: W1 is {shape}, but should be "
            "(784, outputs). Save W1.T, W2.T, … instead.",
            shape=str(shape),
        )
    if shape[0] != INPUT_SIZE:
        raise NetworkFileError(
            "The network in the file takes {size} inputs (W1 is {shape}); an image of MNIST has 784 pixels.",
            size=shape[0],
            shape=str(shape),
        )
    before, size = "W1", INPUT_SIZE
    for name, array in arrays.items():
        if array.shape[0] != size:
            raise NetworkFileError(
                "The layers in the file do not fit together: {before} is {shape}, so the length of {name} "
                "should be {size}, but is {rows}.",
                before=before,
                shape=str(arrays[before].shape),
                name=name,
                size=size,
                rows=array.shape[0],
            )
        if name[0] == "W":
            before, size = name, array.shape[1]
        if size == 0:
            raise NetworkFileError(
                "A layer of the network in the file is empty: {name} is {shape}.",
                name=name,
                shape=str(array.shape),
            )
    if size != OUTPUT_SIZE:
        raise NetworkFileError(
            "The network in the file gives {size} outputs ({name} is {shape}); the digits need 10.",
            size=size,
            name=before,
            shape=str(arrays[before].shape),
        )
