"""MNIST: reading the four IDX files, and `load_mnist` of the book (`dataset/mnist.py`).

The format: http://yann.lecun.com/exdb/mnist/ (LeCun, Cortes, Burges): big-endian 32-bit magic number, counts,
then one byte per pixel or label.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .functions import Array

DATASET_DIR = Path("dataset")
FILES = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
IMAGE_SIDE = 28
IMAGE_SIZE = IMAGE_SIDE * IMAGE_SIDE  # 784
CLASSES = 10
IMAGES_MAGIC = 2051  # 0x0803: unsigned bytes, three dimensions
LABELS_MAGIC = 2049  # 0x0801: unsigned bytes, one dimension
GZIP_MAGIC = b"\x1f\x8b"


def _idx_body(data: bytes, source: str, magic: int, sides: tuple[int, ...]) -> tuple[int, bytes]:
    """The number of items and their bytes; the header must be `magic`, the number, and `sides`."""
    if data[:2] == GZIP_MAGIC:
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            raise DatasetError("{source} is damaged: it cannot be decompressed.", source=source) from None
    header = struct.Struct(f">{2 + len(sides)}I")
    if len(data) < header.size:
        raise DatasetError(
            "{source} is too short to be an IDX file ({size} bytes).", source=source, size=len(data)
        )
    found_magic, count, *found_sides = header.unpack_from(data)
    if found_magic != magic:
        raise DatasetError(
            "{source} is not the right kind of IDX file: it starts with {found}, not {expected}.",
            source=source, found=found_magic, expected=magic,
        )  # fmt: skip
    if tuple(found_sides) != sides:
        raise DatasetError(
            "{source} holds images of {height} by {width} pixels, not 28 by 28.",
            source=source, height=found_sides[0], width=found_sides[1],
        )  # fmt: skip
    expected_size = header.size + count * int(np.prod(sides, dtype=np.int64))
    if len(data) != expected_size:
        raise DatasetError(
            "{source} should have {expected} bytes for its {count} items, but has {size}.",
            source=source, expected=expected_size, count=count, size=len(data),
        )  # fmt: skip
    return count, data[header.size :]


def read_images(data: bytes, source: str = "images") -> Array:
    """Images of an IDX file, uint8 (N, 784), read-only. `data` may be gzipped; `source` names it in errors.

    Raises DatasetError when the magic number, the image size or the length is wrong.
    """
    count, body = _idx_body(data, source, IMAGES_MAGIC, (IMAGE_SIDE, IMAGE_SIDE))
    return np.frombuffer(body, dtype=np.uint8).reshape(count, IMAGE_SIZE)


def read_labels(data: bytes, source: str = "labels") -> Array:
    """The labels of an IDX file, uint8 (N,), read-only. `data` may be gzipped; `source` names it in errors.

    Raises DatasetError when the magic number or the length is wrong, or a label is not a digit.
    """
    _, body = _idx_body(data, source, LABELS_MAGIC, ())
    labels = np.frombuffer(body, dtype=np.uint8)
    wrong = np.flatnonzero(labels >= CLASSES)
    if wrong.size:
        raise DatasetError(
            "{source} has the label {label} at position {position}; labels are 0 to 9.",
            source=source, label=int(labels[wrong[0]]), position=int(wrong[0]),
        )  # fmt: skip
    return labels


def normalize_pixels(images: Array) -> Array:
    """Pixels 0 to 255 as float32 0.0 to 1.0, as `load_mnist` of the book gives them."""
    pixels = images.astype(np.float32)
    pixels /= 255.0
    return pixels


def as_inputs(images: Array, normalize: bool) -> Array:
    """Convert pixels 0 to 255 to a network's input, float32: from 0.0 to 1.0, or 0.0 to 255.0 as they are."""
    return normalize_pixels(images) if normalize else images.astype(np.float32)


def one_hot(labels: Array) -> Array:
    """Labels (N,) as rows (N, 10) of zeros with a 1 at the label, float64."""
    rows = np.zeros((labels.size, CLASSES))
    rows[np.arange(labels.size), labels] = 1
    return rows


def load_mnist(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    dataset_dir: Path | str | None = None,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Load (x_train, t_train), (x_test, t_test) as in the book (3.6.1).

    normalize: pixels as float32 0.0 to 1.0, else uint8. flatten: images (N, 784), else (N, 1, 28, 28).
    one_hot_label: labels as rows (N, 10), else (N,). dataset_dir: the folder of the four IDX files, plain or
    .gz, by default DATASET_DIR. DatasetError when a file is missing or is not what it should be.
    """
    folder = DATASET_DIR if dataset_dir is None else Path(dataset_dir)

    def images(name: str) -> Array:
        x = read_images(*_read_file(folder, name))
        x = normalize_pixels(x) if normalize else x
        return x if flatten else x.reshape(-1, 1, IMAGE_SIDE, IMAGE_SIDE)

    def labels(name: str) -> Array:
        t = read_labels(*_read_file(folder, name))
        return one_hot(t) if one_hot_label else t

    x_train, t_train = images(FILES["train_images"]), labels(FILES["train_labels"])
    x_test, t_test = images(FILES["test_images"]), labels(FILES["test_labels"])
    for part, x, t in (("training", x_train, t_train), ("test", x_test, t_test)):
        if len(x) != len(t):
            raise DatasetError(
                "The {part} set has {images} images but {labels} labels.",
                part=part,
                images=len(x),
                labels=len(t),
            )
    return (x_train, t_train), (x_test, t_test)


def _read_file(folder: Path, name: str) -> tuple[bytes, str]:
    """The bytes of folder/name or folder/name.gz, and the name of the file read."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path.read_bytes(), path.name
    raise DatasetError(
        "{name} is not in the folder {folder}; put the four MNIST files there, as they are or as .gz.",
        name=name, folder=str(folder),
    )  # fmt: skip
