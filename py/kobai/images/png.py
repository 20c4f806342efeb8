"""Small images as PNG files (ISO/IEC 15948), which every browser shows.

By hand: Pillow comes with Matplotlib, on demand, and is 1 MB that the first picture would wait for.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from ..book.functions import Array
from ..book.mnist import IMAGE_SIDE

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREYSCALE, PALETTE = 0, 3  # colour types


def encode_png(pixels: Array, palette: Array | None = None) -> bytes:
    """The pixels, uint8 (height, width), as the bytes of a PNG file.

    palette: uint8 (colours, 4), red, green, blue and opacity of each pixel value; without it the values are
    shades of grey from 0, black, to 255, white.
    """
    height, width = pixels.shape
    rows = np.zeros((height, 1 + width), dtype=np.uint8)  # each row starts with filter type 0: none
    rows[:, 1:] = pixels
    kind = GREYSCALE if palette is None else PALETTE
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]  # 8 bits a pixel
    if palette is not None:
        chunks += [(b"PLTE", palette[:, :3].tobytes()), (b"tRNS", palette[:, 3].tobytes())]
    chunks += [(b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def sheet_of(tiles: Array) -> tuple[Array, int]:
    """Tiles (count, side, side) as one picture, about twice as wide as high, and how many are in a row.

    Between them, and where none is left, is a line of zeros one pixel wide.
    """
    count, side, _ = tiles.shape
    columns = int(np.ceil(np.sqrt(2 * count)))
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, side + 1, side + 1), dtype=tiles.dtype)
    sheet[:count, :side, :side] = tiles
    sheet = sheet.reshape(rows, columns, side + 1, side + 1).swapaxes(1, 2)
    return np.asarray(sheet.reshape(rows * (side + 1), columns * (side + 1))[:-1, :-1]), columns


def image_png(pixels: Array) -> bytes:
    """One image, uint8 (784,) or (28, 28), as a greyscale PNG: 0 is black, 255 white."""
    return encode_png(pixels.reshape(IMAGE_SIDE, IMAGE_SIDE))
