"""Centring, checked against MNIST itself: its images must come out as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.files.network_file import load_network
from kobai.images.mnist_centering import centre, in_field
from sitebuild.check.extract_messages import ROOT


def test_images_of_mnist_stay_exactly_as_they_are(mnist):
    """The rule found in the data: 20 pixels the longer side, whole pixels moved."""
    images = mnist.x_test.reshape(-1, 28, 28)
    same = [np.array_equal(centre(image), image) for image in images]
    assert sum(same) >= 9_996


@pytest.mark.parametrize("factor", [1, 2, 5])
def test_enlarged_and_moved_images_are_recognised_as_before(mnist, factor):
    """The margin: half a percent of 2,000 images (measured: none to 0.1 percent)."""
    network = load_network((ROOT / "static" / "networks" / "two_layer_net.pkl").read_bytes())
    images, labels = mnist.x_test[:2000].reshape(-1, 28, 28), mnist.t_test[:2000]
    places = np.random.RandomState(factor).randint(0, 100, (len(images), 2))
    back = []
    for image, (row, column) in zip(images, places, strict=True):
        paper = np.zeros((28 * factor + 100, 28 * factor + 100), np.uint8)
        large = np.kron(image, np.ones((factor, factor), np.uint8))
        paper[row : row + 28 * factor, column : column + 28 * factor] = large
        back.append(centre(paper))

    def accuracy(x):
        return network.accuracy(np.reshape(x, (-1, 784)).astype(np.float32) / 255, labels)

    assert accuracy(back) >= accuracy(images) - 0.005
    moved = np.abs(np.array(back).astype(int) - images)
    assert moved.mean() <= 6  # of 255


def test_half_size_comes_back_with_its_proportions():
    small = np.zeros((14, 14))
    small[2:12, 5:9] = 200  # 10 by 4
    image = centre(small)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert (rows.size, columns.size) == (20, 8)
    assert image.max() == 200
    assert (rows[0], columns[0]) == (5, 11)  # rows 5 to 24, columns 11 to 18: the middle is 14.5 in both


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 20), st.integers(0, 20))
def test_a_bar_of_any_size_fits_the_box_in_the_middle(height, width, above, left):
    paper = np.zeros((above + height + 3, left + width + 3), np.uint8)
    paper[above : above + height, left : left + width] = 255
    image = centre(paper)
    assert (image.dtype, image.shape) == (np.uint8, (28, 28))
    longer = max(height, width)
    for axis, side in ((1, height), (0, width)):
        ink = np.flatnonzero(image.any(axis=axis))
        assert ink.size == np.ceil(side * 20 / longer - 1e-9)
        middle = image.sum(axis=axis) @ np.arange(28) / image.sum()
        assert 13.5 <= middle <= 14.5


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)))
def test_any_image_gives_one_of_28_by_28(image):
    result = centre(image)
    assert (result.dtype, result.shape) == (np.uint8, (28, 28))
    assert result.any() <= image.any()
    assert result.max() <= image.max()


def test_no_ink_is_black():
    assert not centre(np.zeros((5, 9), np.uint8)).any()
    assert not in_field(np.zeros((20, 20))).any()


@given(hnp.arrays(np.uint8, (20, 20)))
def test_nothing_is_lost_in_the_field(ink):
    field = in_field(ink.astype(float))
    assert sorted(field[field > 0]) == sorted(ink[ink > 0])
