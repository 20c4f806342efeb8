"""Writing pickles instruction by instruction, and a valid network to hide an attack in."""

from __future__ import annotations

import pickle
import struct

import numpy as np

CANARY = "hostile_pickle_was_here"  # a file in the current folder, made by the attacks that run
_SHELL = f"echo > {CANARY}"
_PYTHON = f"open('{CANARY}', 'w').close()"


def params(hidden_size: int = 1, dtype: str = "f2") -> dict[str, np.ndarray]:
    """Arrays of a valid network, small numbers that float16 holds exactly."""
    shapes = {"W1": (784, hidden_size), "b1": (hidden_size,), "W2": (hidden_size, 10), "b2": (10,)}
    return {
        name: (np.arange(np.prod(shape)) % 64 / 64).astype(dtype).reshape(shape)
        for name, shape in shapes.items()
    }


def good_file(protocol: int = 2) -> bytes:
    return pickle.dumps(params(), protocol)


# Instructions, named as in pickletools
def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def raw(value: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(value)) + value


def integer(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def group(*items: bytes) -> bytes:
    return b"(" + b"".join(items) + b"t"


def name(module: str, qualified: str) -> bytes:
    return f"c{module}\n{qualified}\n".encode()


def stack_name(module: str, qualified: str) -> bytes:
    return text(module) + text(qualified) + b"\x93"


def call(module: str, qualified: str, *arguments: bytes) -> bytes:
    return name(module, qualified) + group(*arguments) + b"R"


def in_network(attack: bytes) -> bytes:
    """A valid network with one more entry: what the attack leaves on the stack."""
    # Python finds dotted names from protocol 4 on, and the names of Python 2 before protocol 3
    protocol = b"\x80\x02" if b"__builtin__" in attack else b"\x80\x04"
    return protocol + good_file()[2:-1] + text("extra") + attack + b"s."


F8 = call("numpy", "dtype", text("f8"), b"\x89", b"\x88")
F8_STATE = group(integer(3), text("<"), b"NNN", integer(-1), integer(-1), integer(0))
EMPTY_ARRAY = call(
    "numpy.core.multiarray", "_reconstruct", name("numpy", "ndarray"), group(integer(0)), raw(b"b")
)


def array_state(
    shape: bytes, data: bytes, dtype: bytes = F8, version: int = 1, fortran: bytes = b"\x89"
) -> bytes:
    return group(integer(version), shape, dtype, fortran, data)
