"""The picture of a network's hidden units: colours from W1, frames from z1, lines from z1 * W2."""

from __future__ import annotations

import numpy as np
import pytest
from kobai.analysis.hidden_units import NEGATIVE, POSITIVE
from kobai.analysis.network_picture import (
    FRAME_COLOUR,
    columns_of,
    frames_of_gradient,
    frames_of_outputs,
    strongest_lines,
    tiles_rgba,
    units_shown,
)

STEP = 2  # from one opacity to the next: there are 127 of each sign
SIDE, PITCH = 28, 34  # px of a picture, and from tile to tile: 28 and on either side 2 of frame and 1 of gap


def tile(picture, columns, place):
    """The 34 x 34 px of one tile."""
    row, column = divmod(place, columns)
    return picture[row * PITCH : (row + 1) * PITCH, column * PITCH : (column + 1) * PITCH]


@pytest.mark.parametrize(("tiles", "columns"), [(1, 2), (3, 3), (10, 5), (50, 10), (100, 15)])
def test_there_is_room_for_every_tile(tiles, columns):
    assert columns_of(tiles) == columns
    weights = np.random.RandomState(0).randn(tiles, 784)
    picture = tiles_rgba(weights, frames_of_outputs(np.zeros(tiles)))
    assert picture.shape == (-(-tiles // columns) * PITCH, columns * PITCH, 4)
    assert picture.dtype == np.uint8


def test_a_pixel_is_as_opaque_as_its_weight_is_large_in_the_colour_of_its_sign():
    """One scale for all tiles: +1, -1/2 and 0 beside each other, and the same in another tile."""
    weights = np.zeros((2, 784))
    weights[0, :400] = 1.0  # so many that they set the scale
    weights[0, 400] = -0.5
    weights[1, 0], weights[1, 783] = 0.25, -1.0
    picture = tiles_rgba(weights, frames_of_outputs(np.zeros(2)))
    first, second = tile(picture, 2, 0)[3:31, 3:31], tile(picture, 2, 1)[3:31, 3:31]
    assert first[0, 0].tolist() == [*POSITIVE, 255]
    half = first[400 // SIDE, 400 % SIDE].tolist()
    assert half == [*NEGATIVE, pytest.approx(255 / 2, abs=STEP)]
    assert first[27, 27, 3] == 0  # a weight of 0 is the paper's colour
    assert second[0, 0].tolist() == [*POSITIVE, pytest.approx(255 / 4, abs=STEP)]
    assert second[27, 27].tolist() == [*NEGATIVE, 255]


@pytest.mark.parametrize(
    ("outputs", "opacities"),
    [([0.0, 0.5, 1.0], [0, 128, 255]), ([0.0, 5.0, 10.0], [0, 128, 255]), ([np.nan, 0.25, 0.0], [0, 64, 0])],
    ids=["sigmoid", "relu", "diverged"],
)
def test_a_frame_is_as_opaque_as_the_output_is_large(outputs, opacities):
    picture = tiles_rgba(np.zeros((3, 784)), frames_of_outputs(np.array(outputs)))
    for place, opacity in enumerate(opacities):
        one = tile(picture, 3, place)
        assert one[0, :, 3].tolist() == [0] * PITCH  # the gap
        assert one[1, 5].tolist() == [*FRAME_COLOUR, opacity]
        assert one[32, 32].tolist() == [*FRAME_COLOUR, opacity]


def test_weights_that_are_no_numbers_are_left_out():
    weights = np.zeros((1, 784))
    weights[0, 0] = np.nan
    assert tiles_rgba(weights, frames_of_outputs(np.zeros(1)))[3, 3, 3] == 0


def test_of_more_than_a_hundred_units_those_with_the_longest_rows_of_w2_are_shown():
    params = {"b1": np.zeros(120), "W2": np.ones((120, 10))}
    params["W2"][::6] *= 0.01  # twenty that hardly count
    assert units_shown(params).tolist() == [j for j in range(120) if j % 6]
    assert units_shown({"b1": np.zeros(7), "W2": np.ones((7, 10))}).tolist() == list(range(7))
    assert units_shown({"b1": np.zeros(10)}).tolist() == list(range(10))


def test_lines_are_the_largest_products_and_all_of_them_and_the_bias_make_the_score():
    rng = np.random.RandomState(3)
    z, after, bias = rng.rand(50), rng.randn(50, 10), rng.randn(10)
    lines = strongest_lines(z, after, 8)
    products = z * after[:, 8]
    assert [line.place for line in lines] == sorted(range(50), key=lambda j: -abs(products[j]))[:12]
    assert [line.value for line in lines] == [products[line.place] for line in lines]
    score = sum(line.value for line in strongest_lines(z, after, 8, count=50)) + bias[8]
    assert score == pytest.approx((z @ after + bias)[8], abs=1e-12)


def test_a_product_that_is_no_number_is_no_line():
    after = np.ones((2, 10))
    after[0, 3] = np.nan
    assert [line.place for line in strongest_lines(np.ones(2), after, 3)] == [1]


def test_a_frame_tells_by_colour_whether_the_loss_rises_and_by_opacity_how_much():
    frames = frames_of_gradient(np.array([0.02, -0.04, 0.0, np.nan]))
    assert frames[0].tolist() == [*POSITIVE, 128]
    assert frames[1].tolist() == [*NEGATIVE, 255]
    assert frames[2:, 3].tolist() == [0, 0]
    assert frames_of_gradient(np.zeros(3))[:, 3].tolist() == [0, 0, 0]
