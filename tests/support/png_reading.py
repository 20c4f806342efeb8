"""Reads back the PNG files that the library writes, and how bright a colour is."""

from __future__ import annotations

import struct
import zlib

import numpy as np


def read_png(data: bytes) -> np.ndarray:
    """Shades (height, width), or red, green, blue, opacity (height, width, 4), from the bytes of a PNG."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, position = {}, 8
    while position < len(data):
        size, name = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + size]
        assert struct.unpack_from(">I", data, position + 8 + size)[0] == zlib.crc32(name + body)
        chunks[name] = body
        position += 12 + size
    assert list(chunks)[-1] == b"IEND"
    width, height, depth, kind, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, rest) == (8, [0, 0, 0])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width)
    assert not rows[:, 0].any()
    if kind == 0:
        return rows[:, 1:]
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    opacity = np.frombuffer(chunks[b"tRNS"], np.uint8)
    return np.hstack([colours, opacity[:, None]])[rows[:, 1:]]


def luminance(colours: np.ndarray) -> np.ndarray:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    part = colours[..., :3] / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]
