"""Retouching: what each change must keep, by properties and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kobai.images.image_edits import NOISE, add_noise, erase, retouch, thicken, thin

images = hnp.arrays(np.uint8, (28, 28))
changes = st.lists(
    st.one_of(
        st.tuples(st.just("shift"), st.integers(-3, 3), st.integers(-3, 3)),
        st.tuples(st.just("rotate"), st.sampled_from([-15, -10, 10, 15])),
        st.tuples(st.sampled_from(["thicken", "thin"])),
        st.tuples(st.just("erase"), st.tuples(st.integers(0, 27), st.integers(0, 27))),
        st.tuples(st.just("noise"), st.integers(0, 99)),
    ),
    max_size=6,
)


@given(images, changes)
def test_any_changes_give_an_image_and_leave_the_old_one(image, steps):
    before = image.copy()
    result = retouch(image, steps)
    assert (result.dtype, result.shape) == (np.uint8, (28, 28))
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(retouch(image, steps), result)


@given(images, st.integers(-27, 27), st.integers(-27, 27))
def test_a_shift_moves_every_pixel_and_brings_in_black(image, down, right):
    result = retouch(image, [("shift", down, right)])
    expected = np.zeros((28, 28), np.uint8)
    expected[max(down, 0) : 28 + min(down, 0), max(right, 0) : 28 + min(right, 0)] = image[
        max(-down, 0) : 28 + min(-down, 0), max(-right, 0) : 28 + min(-right, 0)
    ]
    np.testing.assert_array_equal(result, expected)


@given(images, st.integers(-40, 40), st.integers(-40, 40))
def test_a_shift_and_back_loses_nothing(image, down, right):
    there_and_back = [("shift", down, right), ("shift", -down, -right)]
    np.testing.assert_array_equal(retouch(image, there_and_back), image)


@given(images, st.integers(1, 60))
def test_turns_that_add_up_to_a_whole_turn_change_nothing(image, steps):
    turned = retouch(image, [("rotate", 360 / steps)] * steps)
    assert np.abs(turned.astype(int) - image).max() <= 1


@given(images)
def test_no_turn_is_no_change_and_quarter_turns_are_exact(image):
    np.testing.assert_array_equal(retouch(image, [("rotate", 0)]), image)
    for quarters in range(1, 4):
        turned = retouch(image, [("rotate", 90 * quarters)])
        expected = np.rot90(image, -quarters)  # clockwise
        assert np.abs(turned.astype(int) - expected).max() <= 1


@given(images, st.floats(-180, 180))
def test_a_turn_moves_no_ink_in_the_inner_circle_away(image, degrees):
    """Bilinear weights of each pixel sum to 1 where the whole disc stays inside."""
    rows, columns = np.indices((28, 28)) - 13.5
    disc = np.where(np.hypot(rows, columns) < 11, 255, 0).astype(np.uint8)
    assert retouch(disc, [("rotate", degrees)]).sum(dtype=float) == pytest.approx(disc.sum(), rel=0.01)
    assert retouch(image, [("rotate", degrees)]).max() <= image.max()


def test_many_small_turns_blur_no_more_than_one():
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:15] = 255
    np.testing.assert_allclose(
        retouch(image, [("rotate", 5)] * 6), retouch(image, [("rotate", 30)]).astype(int), atol=1
    )


@given(images)
def test_thicken_never_darkens_and_thin_never_brightens(image):
    assert (thicken(image) >= image).all()
    assert (thin(image) <= image).all()


@given(images)
def test_thinning_the_white_is_thickening_the_black(image):
    np.testing.assert_array_equal(thin(255 - image), 255 - thicken(image))


def test_each_press_moves_an_edge_by_half_a_pixel():
    bar = np.zeros((28, 28), np.uint8)
    bar[:, 10:14] = 254  # even, so that its half is whole
    assert thicken(bar)[14].sum() == (4 + 2 * 0.5) * 254
    assert thin(bar)[14].sum() == (4 - 2 * 0.5) * 254


def test_black_stays_black_and_white_stays_white():
    for shade in (0, 255):
        image = np.full((28, 28), shade, np.uint8)
        for change in (thicken, thin):
            np.testing.assert_array_equal(change(image), image)


@given(images, st.integers(0, 27), st.integers(0, 27))
def test_the_eraser_blackens_three_by_three_and_nothing_else(image, row, column):
    result = erase(image, (row, column))
    rows, columns = np.indices((28, 28))
    spot = (abs(rows - row) <= 1) & (abs(columns - column) <= 1)
    assert not result[spot].any()
    np.testing.assert_array_equal(result[~spot], image[~spot])


def test_several_spots_in_one_go():
    image = np.full((28, 28), 9, np.uint8)
    one_by_one = retouch(image, [("erase", (3, 3)), ("erase", (20, 27))])
    np.testing.assert_array_equal(retouch(image, [("erase", (3, 3), (20, 27))]), one_by_one)


def test_noise_has_the_stated_spread_and_is_the_same_for_the_same_seed():
    grey = np.full((28, 28), 128, np.uint8)  # so far from both ends that little is cut off
    state = np.random.get_state()[1].copy()
    noisy = add_noise(grey, 3)
    np.testing.assert_array_equal(noisy, add_noise(grey, 3))
    assert (noisy != add_noise(grey, 4)).mean() > 0.9
    spread = np.concatenate([add_noise(grey, seed).astype(float) - 128 for seed in range(20)])
    assert spread.mean() == pytest.approx(0, abs=1.5)
    assert spread.std() == pytest.approx(NOISE, rel=0.03)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # the learner's own draws stay theirs


def test_changes_come_in_their_order():
    image = np.zeros((28, 28), np.uint8)
    image[10, 10] = 255
    after = retouch(image, [("shift", 2, 0), ("erase", (12, 10)), ("shift", -2, 0)])
    assert not after.any()
    assert retouch(image, [("erase", (12, 10)), ("shift", 2, 0)])[12, 10] == 255
