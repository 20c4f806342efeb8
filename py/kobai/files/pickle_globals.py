"""The names that a pickle may contain: inert objects, and checked stand-ins for the calls in NumPy's files.

A name ("numpy.ndarray") is only looked up in the exact table at the end of this file. Nothing is imported, no
method of a real object is called; the one real call is `numpy.frombuffer`, on bytes of checked length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import NetworkFileError
from .array_bytes import array_of_bytes, check_dtype, wrong_length
from .limits import MAX_BYTES, printable, too_large
from .pickle_opcodes import MAX_INSTRUCTIONS

MAX_KEY = 200  # characters of a name


@dataclass(eq=False, slots=True)
class Array:
    """An array of the file; `values` is None until its contents are read."""

    values: NDArray[Any] | None = None


@dataclass(eq=False)
class Dtype:
    """A type of array elements: NumPy's code without the byte order ("f8"), and the byte order."""

    code: str
    order: str = "<"


@dataclass(eq=False)
class Instance:
    """An object of a class of which only the `name` is known, with the attributes it was saved with."""

    name: str
    state: dict[str, object]


@dataclass(frozen=True, eq=False)
class Name:
    """A name on the list, and the function for its calls (None: only mentioned, as numpy.ndarray is)."""

    name: str
    call: Callable[[Budget, tuple[object, ...]], object] | None = None
    is_class: bool = False


class Budget:
    """Limits of instructions and copied bytes: a file can name one long text many thousand times."""

    MAX_COPIED = MAX_BYTES // 2  # with the texts themselves, less than 100 MB

    def __init__(self, instructions: int = MAX_INSTRUCTIONS) -> None:
        """Start with so many instructions left and no bytes copied."""
        self.instructions = instructions  # that are left
        self.copied = 0

    def charge(self, count: int) -> None:
        """Count so many copied bytes; NetworkFileError when all together are more than MAX_COPIED."""
        self.copied += count
        if self.copied > self.MAX_COPIED:
            too_large()

    def encode(self, text: object, name: str) -> bytes:
        """The bytes of latin-1 text, for the call `name`."""
        if type(text) is not str:
            odd_call(name)
        self.charge(len(text))
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            odd_call(name)


def odd_call(name: str) -> NoReturn:
    """Raise the NetworkFileError for a call with arguments that no pickler of networks writes."""
    raise NetworkFileError(
        "The file uses {name} in a way that no saved network does. Nothing was run.", name=printable(name)
    )


def new_instance(cls: object, arguments: object) -> Instance:
    """The inert counterpart of `cls.__new__(cls)`. NetworkFileError where there are arguments."""
    if type(cls) is not Name or not cls.is_class or arguments != ():
        odd_call(cls.name if type(cls) is Name else "__new__")
    return Instance(cls.name, {})


def named(pairs: Iterable[tuple[object, object]]) -> dict[str, object]:
    """A dict with `str` keys, those of `bytes` decoded.

    NetworkFileError for other keys: tuples, say, can be very slow to hash.
    """
    made = {}
    for key, value in pairs:
        if type(key) is bytes and len(key) <= MAX_KEY:
            key = key.decode("latin-1")
        if type(key) is not str or len(key) > MAX_KEY:
            raise NetworkFileError(
                "The file holds a dict whose keys are not names like W1, so it is not a network."
            )
        made[key] = value
    return made


def byte_order(dtype: Dtype, state: object) -> str:
    """The byte order in dtype.__setstate__'s tuple.

    The tuple is (version, order, subarray, names, fields, itemsize, alignment, flags).
    """
    if type(state) is not tuple or len(state) != 8 or [type(item) for item in state[:2]] != [int, str]:
        odd_call("numpy.dtype")
    version, order, *rest = state
    if version != 3 or order not in ("<", ">", "|") or any(item is not None for item in rest[:3]):
        odd_call("numpy.dtype")
    if any(type(item) is not int or item not in (-1, 0) for item in rest[3:]):
        odd_call("numpy.dtype")
    return "<" if order == "|" else str(order)


def _make_array(raw: object, dtype: object, shape: object, order: str, name: str) -> NDArray[Any]:
    """A view of `raw` bytes; refused unless they are exactly as long as shape and dtype say."""
    if not isinstance(raw, bytes | bytearray) or type(dtype) is not Dtype or type(shape) is not tuple:
        odd_call(name)
    if len(shape) > 8 or any(type(length) is not int or length < 0 for length in shape):
        odd_call(name)
    return array_of_bytes(raw, dtype.order + dtype.code, shape, order == "F")


def array_of_state(budget: Budget, state: object) -> NDArray[Any]:
    """The array of ndarray.__setstate__'s tuple (version, shape, dtype, is_fortran, raw)."""
    name = "numpy.ndarray"
    if type(state) is not tuple or len(state) != 5 or type(state[0]) is not int or state[0] != 1:
        odd_call(name)
    _, shape, dtype, fortran, raw = state
    if type(fortran) not in (bool, int):
        odd_call(name)
    if type(raw) is str:  # Python 2 wrote its byte strings as text
        raw = budget.encode(raw, name)
    return _make_array(raw, dtype, shape, "F" if fortran else "C", name)


def _call_reconstruct(_budget: Budget, arguments: tuple[object, ...]) -> Array:
    if len(arguments) != 3 or arguments[0] is not _NDARRAY or type(arguments[2]) not in (bytes, str):
        odd_call("_reconstruct")
    shape = arguments[1]
    if type(shape) is not tuple or [type(length) for length in shape] != [int] or shape != (0,):
        odd_call("_reconstruct")
    return Array()


def _call_dtype(_budget: Budget, arguments: tuple[object, ...]) -> Dtype:
    if not 1 <= len(arguments) <= 3 or any(type(flag) not in (bool, int) for flag in arguments[1:]):
        odd_call("numpy.dtype")
    code = arguments[0]
    if type(code) is not str:
        odd_call("numpy.dtype")
    check_dtype(code)
    return Dtype(code)


def _call_scalar(budget: Budget, arguments: tuple[object, ...]) -> Array:
    """A number, of which only the length is looked at: no part of a network is a single number."""
    if len(arguments) != 2:
        odd_call("scalar")
    dtype, raw = arguments
    if type(raw) is str:
        raw = budget.encode(raw, "scalar")
    if type(dtype) is not Dtype or not isinstance(raw, bytes | bytearray):
        odd_call("scalar")
    if len(raw) != int(dtype.code[1:]):
        wrong_length()
    return Array(_NUMBER)


def _call_frombuffer(_budget: Budget, arguments: tuple[object, ...]) -> Array:
    if len(arguments) != 4 or type(arguments[3]) is not str or arguments[3] not in ("C", "F"):
        odd_call("_frombuffer")
    raw, dtype, shape, order = arguments
    return Array(_make_array(raw, dtype, shape, str(order), "_frombuffer"))


def _call_encode(budget: Budget, arguments: tuple[object, ...]) -> bytes:
    if len(arguments) != 2 or type(arguments[1]) is not str or arguments[1] not in ("latin1", "latin-1"):
        odd_call("_codecs.encode")
    return budget.encode(arguments[0], "_codecs.encode")


def _call_ordered_dict(budget: Budget, arguments: tuple[object, ...]) -> dict[str, object]:
    if not arguments:
        return {}
    pairs = arguments[0]  # Python 2 gives a list of [key, value] lists
    if len(arguments) != 1 or type(pairs) is not list:
        odd_call("collections.OrderedDict")
    budget.charge(1000 * len(pairs))  # a pair costs about as long as copying so many bytes
    if any(type(pair) not in (list, tuple) or len(pair) != 2 for pair in pairs):
        odd_call("collections.OrderedDict")
    return named((pair[0], pair[1]) for pair in pairs)


def _call_reconstructor(budget: Budget, arguments: tuple[object, ...]) -> Instance:
    """copyreg._reconstructor(cls, object, None): how protocols 0 and 1 of Python 3 save a plain instance."""
    if len(arguments) != 3 or arguments[1] is not _OBJECT or arguments[2] is not None:
        odd_call("copyreg._reconstructor")
    return new_instance(arguments[0], ())


_NUMBER = np.broadcast_to(np.float64(0), ())  # stands for each; not writeable
_NDARRAY = Name("numpy.ndarray")
_OBJECT = Name("object")
_RECONSTRUCT = Name("numpy.core.multiarray._reconstruct", _call_reconstruct)
_SCALAR = Name("numpy.core.multiarray.scalar", _call_scalar)
_FROMBUFFER = Name("numpy.core.numeric._frombuffer", _call_frombuffer)
_RECONSTRUCTOR = Name("copyreg._reconstructor", _call_reconstructor)

# Exact names, never prefixes: published bypasses all used some function below an allowed `numpy` prefix.
_NAMES = {
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): Name("numpy.dtype", _call_dtype),
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy.core.multiarray", "scalar"): _SCALAR,
    ("numpy._core.multiarray", "scalar"): _SCALAR,
    ("numpy.core.numeric", "_frombuffer"): _FROMBUFFER,
    ("numpy._core.numeric", "_frombuffer"): _FROMBUFFER,
    ("_codecs", "encode"): Name("_codecs.encode", _call_encode),
    ("collections", "OrderedDict"): Name("collections.OrderedDict", _call_ordered_dict),
    ("copyreg", "_reconstructor"): _RECONSTRUCTOR,
    ("copy_reg", "_reconstructor"): _RECONSTRUCTOR,
    ("builtins", "object"): _OBJECT,
    ("__builtin__", "object"): _OBJECT,
} | {
    # the layers that the networks of chapters 5 and 6 keep beside their params
    (module, name): Name(name, is_class=True)
    for module in ("common.layers", "layers", "__main__")
    for name in ("Affine", "Relu", "Sigmoid", "SoftmaxWithLoss", "Dropout", "BatchNormalization")
}
# The book's classes may come from any module, ch04.two_layer_net or a notebook's __main__: none is imported.
NETWORKS = {
    name: Name(name, is_class=True)
    for name in ("TwoLayerNet", "ThreeLayerNet", "MultiLayerNet", "MultiLayerNetExtend")
}
_CONVOLUTIONAL = frozenset(["SimpleConvNet", "DeepConvNet"])
_LIBRARIES = {
    "torch": "PyTorch",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "sklearn": "scikit-learn",
    "joblib": "joblib",
    "pandas": "pandas",
    "cupy": "CuPy",
}


def look_up(asked: object) -> Name:
    """The entry of a (module, name) pair in the table; NetworkFileError where there is none."""
    if type(asked) is not tuple or len(asked) != 2 or any(type(part) is not str for part in asked):
        raise NetworkFileError("The file asks for something without saying its name. Nothing was run.")
    module, name = asked
    if name in NETWORKS:
        return NETWORKS[name]
    if asked in _NAMES:
        return _NAMES[asked]
    if name in _CONVOLUTIONAL:
        raise NetworkFileError(
            "The file holds a {name}, a convolutional network (chapter 7). Kobai can use networks of W1, b1, "
            "W2, b2, … without convolution.",
            name=name,
        )
    library = _LIBRARIES.get(module.partition(".")[0])
    if library is not None:
        raise NetworkFileError(
            "The file uses {name} of {library}; Kobai reads plain NumPy arrays. Nothing was run. Save the "
            "arrays W1, b1, W2, b2, … with np.savez.",
            name=printable(f"{module[:60]}.{name[:60]}"),
            library=library,
        )
    if module == "__main__" and name.isidentifier():
        raise NetworkFileError(
            "The file holds a {name}, a class that Kobai does not know. Nothing was run. Save its arrays, a "
            "dict of W1, b1, W2, b2, …, with pickle or np.savez.",
            name=printable(name),
        )
    raise NetworkFileError(
        "The file asks to use {name}, which no network needs. It was refused, and nothing was run.",
        name=printable(f"{module[:60]}.{name[:60]}"),
    )
