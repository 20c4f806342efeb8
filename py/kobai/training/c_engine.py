"""The fast path of training and evaluation: engine.c behind NumPy arrays. The only place with pointers.

The same wrapper serves the native library under CPython and the WebAssembly module under Pyodide. Images are
uint8, params and results float64 as everywhere in kobai; the products inside are computed in float32, so
numbers agree with NumPy's to about six digits. Wrong arguments raise ValueError that names them.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..book.functions import Array
from ..book.mnist import CLASSES
from ..errors import KobaiError

INTERFACE = 2  # as in engine.c
PARAMS = ("W1", "b1", "W2", "b2")
LARGEST = 2**31 - 1  # bytes of workspace; also the largest i32
LARGEST_INDEX = 2**24 - 1  # engine.c packs an index and a pixel into 32 bits

_pointer, _i32, _double = ctypes.c_void_p, ctypes.c_int32, ctypes.c_double
_SIGNATURES = {  # name in engine.c without kobai_: result, arguments
    "workspace_size": (_double, [_i32] * 3),
    "first_layer": (None, [_pointer, _i32, _i32, _pointer, _pointer, _i32, _pointer, _pointer]),
    "subtract_outer": (None, [_pointer, _pointer, _i32, _i32, _pointer, _i32, _double, _pointer]),
    "train_steps": (
        _i32, [_pointer] * 4 + [_i32] * 3 + [_pointer] * 3 + [_i32] * 2 + [_double] + [_pointer] * 2
    ),
    "count_correct": (_i32, [_pointer] * 4 + [_i32] * 3 + [_pointer] * 2 + [_i32, _pointer]),
}  # fmt: skip


class EngineError(KobaiError):
    """The engine cannot be loaded; NumPy does the same work, only slower."""


def load(path: Path | str) -> Engine:
    """Load a compiled engine.c and return the engine.

    EngineError when this machine or browser cannot run it.
    """
    try:
        library = ctypes.CDLL(os.fspath(path))
        library.kobai_interface.restype = _i32
        interface = library.kobai_interface()
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, f"kobai_{name}")
            function.restype, function.argtypes = result, arguments
    except (
        Exception
    ) as error:  # Pyodide also lets errors of JavaScript through, such as one about missing SIMD
        raise EngineError(
            "The fast engine cannot be loaded here, so NumPy computes instead ({reason}).",
            reason=str(error).partition("\n")[0][:200],
        ) from error
    if interface != INTERFACE:
        raise EngineError(
            "The fast engine is of version {found}, not {expected}, so NumPy computes instead. "
            "Reload the page.",
            found=interface, expected=INTERFACE,
        )  # fmt: skip
    return Engine(library)


class Engine:
    """The functions of a compiled engine.c, called with NumPy arrays.

    params: W1 (pixels, hidden), b1 (hidden,), W2 (hidden, 10), b2 (10,), float64. ValueError for arrays of
    another dtype, shape or memory layout.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        """Take the loaded library; its functions are called by their C names."""
        self._library = library

    def first_layer(self, images: Array, W1: Array, b1: Array) -> Array:
        """a1 = images / 255 @ W1 + b1, skipping zero pixels.

        images: uint8 (N, pixels). W1: float64 (pixels, hidden). b1: float64 (hidden,).
        Returns float64 (N, hidden).
        """
        pixels, hidden = _matrix_shape("W1", W1)
        n = _check_images("images", images, pixels)
        _check("W1", W1, np.float64, (pixels, hidden))
        _check("b1", b1, np.float64, (hidden,))
        a1 = np.empty((n, hidden))
        self._call("first_layer", images, n, pixels, W1, b1, hidden, a1, self._workspace(pixels, hidden, 0))
        return a1

    def subtract_outer(self, W1: Array, images: Array, da1: Array, learning_rate: float) -> None:
        """W1 -= learning_rate * (images / 255).T @ da1 in place, skipping zero pixels.

        images: uint8 (N, pixels). W1: float64 (pixels, hidden). da1: float64 (N, hidden).
        """
        pixels, hidden = _matrix_shape("W1", W1)
        n = _check_images("images", images, pixels)
        _check("W1", W1, np.float64, (pixels, hidden), written=True)
        _check("da1", da1, np.float64, (n, hidden))
        _check_apart(W1=W1, images=images, da1=da1)
        self._call(
            "subtract_outer", W1, images, n, pixels, da1, hidden, float(learning_rate),
            self._workspace(pixels, hidden, n),
        )  # fmt: skip

    def train_steps(
        self,
        params: Mapping[str, Array],
        x_train: Array,
        t_train: Array,
        batch_masks: Array | Sequence[Array],
        learning_rate: float,
        normalize: bool = True,
    ) -> Array:
        """One step of the book's loop for each batch, by backpropagation; changes params in place.

        x_train: uint8 (N, pixels). t_train: labels, uint8 (N,). batch_masks: indices of images, integers
        (steps, batch_size), as np.random.choice gives them. normalize: pixels divided by 255, else as they
        are. Returns the losses, float64 (steps,), each taken on its batch after the update. They are fewer
        than the batches when in the step after them the loss or a param is not finite in float32: that step
        is undone, and left to NumPy and the range of float64.
        """
        pixels, hidden = _check_params(params, written=True)
        n = _check_images("x_train", x_train, pixels)
        _check_labels("t_train", t_train, n)
        batches = _batches(batch_masks, n)
        steps, batch_size = batches.shape
        _check_apart(x_train=x_train, t_train=t_train, **params)
        workspace = self._workspace(pixels, hidden, batch_size)
        losses = np.empty(steps)
        before = {key: params[key].copy() for key in PARAMS}

        def run(count: int) -> int:
            return self._call(
                "train_steps", *(params[key] for key in PARAMS), pixels, hidden, _divisor(normalize),
                x_train, t_train, batches, count, batch_size, float(learning_rate), losses, workspace,
            )  # fmt: skip

        done = run(steps)
        if done < steps:  # the same steps again, without the one that failed
            for key, array in before.items():
                params[key][...] = array
            run(done)
        return losses[:done]

    def count_correct(
        self, params: Mapping[str, Array], images: Array, labels: Array, normalize: bool = True
    ) -> int:
        """How many images get their label as the most probable class.

        images: uint8 (N, pixels). labels: uint8 (N,). normalize: pixels divided by 255, else as they are.
        Raises OverflowError when a score is not finite in float32.
        """
        pixels, hidden = _check_params(params)
        n = _check_images("images", images, pixels)
        _check_labels("labels", labels, n)
        correct = self._call(
            "count_correct", *(params[key] for key in PARAMS), pixels, hidden, _divisor(normalize),
            images, labels, n, self._workspace(pixels, hidden, 0),
        )  # fmt: skip
        if correct < 0:
            raise OverflowError("The network's scores are not finite in float32.")
        return correct

    def _call(self, function: str, *arguments: Array | int | float) -> int:
        """Calls kobai_<function> with the addresses of arrays, which `arguments` keeps alive meanwhile."""
        addresses = (a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments)
        return int(getattr(self._library, f"kobai_{function}")(*addresses) or 0)

    def _workspace(self, pixels: int, hidden: int, batch_size: int) -> Array:
        """Memory that one call works in. Raises ValueError when it would be more than LARGEST bytes."""
        for name, size in (("pixels", pixels), ("hidden units", hidden), ("images in a batch", batch_size)):
            if size > LARGEST_INDEX:
                raise ValueError(f"{size} {name} are too many for the engine")
        if (
            pixels * max(hidden, batch_size) * 16 > LARGEST
        ):  # beyond this, sizes in WebAssembly could wrap around
            raise ValueError(
                f"{pixels} pixels, {hidden} hidden units and {batch_size} images need too much memory"
            )
        return np.empty(int(self._library.kobai_workspace_size(pixels, hidden, batch_size)), np.uint8)


def _divisor(normalize: bool) -> int:
    """What engine.c divides pixels by."""
    return 255 if normalize else 1


def _check(
    name: str, array: Array, dtype: type[np.generic], shape: tuple[int, ...], written: bool = False
) -> None:
    """Raise ValueError unless `array` has the dtype, shape and memory layout that engine.c expects."""
    if not isinstance(array, np.ndarray) or array.dtype != np.dtype(dtype):
        raise ValueError(
            f"{name} must be an array of {np.dtype(dtype)}, not {getattr(array, 'dtype', array)!s:.50}"
        )
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {array.shape}")
    if not (array.flags.c_contiguous and array.flags.aligned):
        raise ValueError(f"{name} must be contiguous in memory, row by row")
    if written and not array.flags.writeable:
        raise ValueError(f"{name} must be writeable")


def _matrix_shape(name: str, array: Array) -> tuple[int, int]:
    if not isinstance(array, np.ndarray) or array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} must be a matrix that is not empty, not of the shape {np.shape(array)}")
    return array.shape[0], array.shape[1]


def _check_images(name: str, images: Array, pixels: int) -> int:
    """The number of images; ValueError when they are not uint8 (N, pixels) or too many."""
    n, _ = _matrix_shape(name, images)
    _check(name, images, np.uint8, (n, pixels))
    if n > LARGEST:
        raise ValueError(f"{name} has {n} rows, which are too many for the engine")
    return n


def _check_labels(name: str, labels: Array, n: int) -> None:
    _check(name, labels, np.uint8, (n,))
    if labels.max() >= CLASSES:
        raise ValueError(f"{name} has the label {labels.max()}; labels are 0 to 9")


def _check_params(params: Mapping[str, Array], written: bool = False) -> tuple[int, int]:
    """pixels and hidden size; ValueError when the params do not fit each other."""
    for key in PARAMS:
        if key not in params:
            raise ValueError(f"params has no {key}")
    pixels, hidden = _matrix_shape("params W1", params["W1"])
    shapes = {"W1": (pixels, hidden), "b1": (hidden,), "W2": (hidden, CLASSES), "b2": (CLASSES,)}
    for key, shape in shapes.items():
        _check(f"params {key}", params[key], np.float64, shape, written)
    return pixels, hidden


def _check_apart(**arrays: Array) -> None:
    """ValueError when arrays that are written and read share memory."""
    names = list(arrays)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            if np.may_share_memory(arrays[a], arrays[b]):
                raise ValueError(f"{a} and {b} must not share memory")


def _batches(batch_masks: Array | Sequence[Array], n: int) -> Array:
    """batch_masks as int32 (steps, batch_size); ValueError when they are not indices of n images."""
    batches = np.asarray(batch_masks)
    if batches.ndim != 2 or not np.issubdtype(batches.dtype, np.integer):
        raise ValueError(
            f"batch_masks must be integers (steps, batch_size), not {batches.dtype} {batches.shape}"
        )
    if batches.size == 0:
        raise ValueError(f"batch_masks must not be empty: its shape is {batches.shape}")
    if batches.min() < 0 or batches.max() >= n:
        raise ValueError(
            f"batch_masks has indices from {batches.min()} to {batches.max()}; there are {n} images"
        )
    return np.ascontiguousarray(batches, dtype=np.int32)
