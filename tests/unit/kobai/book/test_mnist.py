"""Reading MNIST: the format, its faults, and the well-known figures of the real files."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
from pathlib import Path

import kobai.book.mnist
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.book.mnist import load_mnist, normalize_pixels, one_hot, read_images, read_labels
from kobai.errors import DatasetError
from kobai.images.png import image_png
from PIL import Image


def images_file(
    images: np.ndarray, magic: int = 2051, count: int | None = None, sides: tuple = (28, 28)
) -> bytes:
    return struct.pack(">4I", magic, len(images) if count is None else count, *sides) + images.tobytes()


def labels_file(labels: list[int], magic: int = 2049, count: int | None = None) -> bytes:
    return struct.pack(">2I", magic, len(labels) if count is None else count) + bytes(labels)


TWO_IMAGES = np.arange(2 * 784).reshape(2, 784).astype(np.uint8)
FILES = {
    "train-images-idx3-ubyte": images_file(TWO_IMAGES),
    "train-labels-idx1-ubyte": labels_file([3, 9]),
    "t10k-images-idx3-ubyte": images_file(TWO_IMAGES[1:]),
    "t10k-labels-idx1-ubyte": labels_file([0]),
}


@pytest.fixture
def small_dir(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


# --- the real files ---


def test_the_real_mnist(mnist):
    assert mnist.x_train.shape == (60_000, 784)
    assert mnist.x_test.shape == (10_000, 784)
    assert mnist.x_train.dtype == mnist.t_train.dtype == np.uint8
    # the first labels that every book prints, and the class counts of LeCun's page
    assert mnist.t_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.t_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(mnist.t_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(mnist.t_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # the mean and standard deviation by which PyTorch's examples normalise MNIST
    assert round(float(mnist.x_train.mean()) / 255, 4) == 0.1307
    assert round(float(mnist.x_train.std()) / 255, 4) == 0.3081


# --- load_mnist, as in the book ---


@pytest.mark.parametrize("compressed", [False, True])
def test_load_mnist_and_its_options(small_dir, compressed):
    if compressed:
        for path in list(small_dir.iterdir()):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    (x_train, t_train), (x_test, t_test) = load_mnist(dataset_dir=small_dir)
    assert x_train.dtype == np.float32
    np.testing.assert_array_equal(x_train, TWO_IMAGES.astype(np.float32) / np.float32(255))
    assert t_train.tolist() == [3, 9]
    assert (x_test.shape, t_test.tolist()) == ((1, 784), [0])

    (x_train, t_train), _ = load_mnist(
        normalize=False, flatten=False, one_hot_label=True, dataset_dir=str(small_dir)
    )
    assert x_train.dtype == np.uint8
    np.testing.assert_array_equal(x_train, TWO_IMAGES.reshape(2, 1, 28, 28))
    assert t_train.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]


def test_the_default_folder(small_dir, monkeypatch):
    assert Path("dataset") == kobai.book.mnist.DATASET_DIR
    monkeypatch.setattr(kobai.book.mnist, "DATASET_DIR", small_dir)
    assert load_mnist()[0][1].tolist() == [3, 9]


def test_a_missing_file_is_named_with_what_to_do(small_dir):
    (small_dir / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DatasetError, match=r"t10k-labels-idx1-ubyte is not in the folder .*; put the four"):
        load_mnist(dataset_dir=small_dir)


def test_images_and_labels_must_be_as_many(small_dir):
    (small_dir / "train-labels-idx1-ubyte").write_bytes(labels_file([3]))
    with pytest.raises(DatasetError, match="training set has 2 images but 1 labels"):
        load_mnist(dataset_dir=small_dir)


# --- the format and its faults ---


@given(hnp.arrays(np.uint8, st.tuples(st.integers(0, 3), st.just(784))), st.booleans())
def test_images_come_back_as_written(images, compressed):
    data = images_file(images)
    found = read_images(gzip.compress(data) if compressed else data)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, images)


@given(st.lists(st.integers(0, 9)), st.booleans())
def test_labels_come_back_as_written(labels, compressed):
    data = labels_file(labels)
    assert read_labels(gzip.compress(data) if compressed else data).tolist() == labels


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "t.idx is too short to be an IDX file (0 bytes)."),
        (images_file(TWO_IMAGES)[:15], "t.idx is too short to be an IDX file (15 bytes)."),
        (images_file(TWO_IMAGES, magic=2049), "it starts with 2049, not 2051."),
        (b"<!DOCTYPE html><html></html>", "is not the right kind of IDX file"),
        (images_file(TWO_IMAGES, sides=(14, 56)), "t.idx holds images of 14 by 56 pixels, not 28 by 28."),
        (images_file(TWO_IMAGES)[:-1], "should have 1584 bytes for its 2 items, but has 1583."),
        (images_file(TWO_IMAGES) + b"\0", "but has 1585."),
        (images_file(TWO_IMAGES, count=2**32 - 1), "for its 4294967295 items"),
        (gzip.compress(images_file(TWO_IMAGES))[:-9], "t.idx is damaged: it cannot be decompressed."),
        (b"\x1f\x8b\x08 not gzip at all", "t.idx is damaged: it cannot be decompressed."),
    ],
)
def test_faulty_images_are_refused(data, sentence):
    with pytest.raises(DatasetError) as caught:
        read_images(data, "t.idx")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (labels_file([1])[:7], "t.idx is too short to be an IDX file (7 bytes)."),
        (labels_file([1], magic=2051), "it starts with 2051, not 2049."),
        (labels_file([1, 2], count=3), "should have 11 bytes for its 3 items, but has 10."),
        (labels_file([0, 9, 10, 255]), "t.idx has the label 10 at position 2; labels are 0 to 9."),
    ],
)
def test_faulty_labels_are_refused(data, sentence):
    with pytest.raises(DatasetError) as caught:
        read_labels(data, "t.idx")
    assert sentence in str(caught.value)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x1f\x8b\x08\x00", images_file(TWO_IMAGES[:0])]))
def test_any_bytes_are_read_or_refused_with_a_sentence(data, start):
    for read in (read_images, read_labels):
        with contextlib.suppress(DatasetError):  # any other error fails the test
            assert read(start + data).dtype == np.uint8


# --- pixels ---


def test_every_pixel_value_is_the_nearest_float32():
    values = np.arange(256, dtype=np.uint8)
    pixels = normalize_pixels(values)
    assert pixels.dtype == np.float32
    assert [float(p) for p in pixels] == [float(np.float32(k / 255)) for k in range(256)]
    assert values[255] == 255  # the images themselves stay


@given(hnp.arrays(np.uint8, 20, elements=st.integers(0, 9)))
def test_one_hot(labels):
    rows = one_hot(labels)
    assert rows.shape == (20, 10)
    assert rows.dtype == np.float64
    assert (rows.sum(axis=1) == 1).all()
    np.testing.assert_array_equal(rows.argmax(axis=1), labels)


@given(hnp.arrays(np.uint8, st.sampled_from([(784,), (28, 28)])))
def test_png_shows_the_pixels(pixels):
    image = Image.open(io.BytesIO(image_png(pixels)))
    image.load()
    assert (image.format, image.mode, image.size) == ("PNG", "L", (28, 28))
    np.testing.assert_array_equal(np.asarray(image), pixels.reshape(28, 28))


def test_png_of_a_digit_is_small(mnist):
    sizes = [len(image_png(image)) for image in mnist.x_test[:100]]
    assert max(sizes) < 784  # smaller than its pixels
