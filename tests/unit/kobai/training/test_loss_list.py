"""A list of losses that is one array."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kobai.training.loss_list import LEAST, LossList

NUMBERS = st.lists(st.floats(allow_nan=False), max_size=50)


@given(NUMBERS, st.lists(NUMBERS, max_size=5), st.integers(-60, 60), st.integers(-60, 60))
def test_it_is_a_list(first, more, start, stop):
    losses, expected = LossList(first), list(first)
    for numbers in more:
        losses.extend(np.array(numbers, dtype=np.float64))
        expected += numbers
    assert losses == expected
    assert list(losses) == expected
    assert len(losses) == len(expected)
    assert bool(losses) is bool(expected)
    assert losses[start:stop].tolist() == expected[start:stop]
    assert np.asarray(losses).tolist() == expected
    if expected:
        assert losses[-1] == expected[-1]
        assert type(losses[0]) is float


def test_it_grows_beyond_its_first_room_and_a_slice_stays_what_it_was():
    losses = LossList()
    for i in range(3 * LEAST):
        losses.append(i)
    early = losses[:2]
    losses.extend(np.full(LEAST, -1.0))
    assert early.tolist() == [0, 1]
    assert losses[: 3 * LEAST].tolist() == list(range(3 * LEAST))
    assert np.asarray(losses).dtype == np.float64
