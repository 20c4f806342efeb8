"""When the training is copied: never is more than five seconds of it only in memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from worker.storage.save_interval import LIMIT, SaveInterval


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0.001, 1.2), st.floats(0.001, 1.2)), min_size=20, max_size=200))
def test_what_is_in_the_storage_is_never_five_seconds_behind(chunks):
    """However long each chunk (up to twice the one before) and each copy takes."""
    clock = Clock()
    cadence = SaveInterval(clock)
    kept = clock.now  # the moment of training that is in the storage
    before = 0.5
    for seconds, copying in chunks:
        chunk = min(seconds, 2 * before)
        clock.now += chunk
        assert clock.now - kept <= LIMIT
        if cadence.is_due(chunk):
            copied = clock.now
            cadence.begin()
            clock.now += copying
            assert clock.now - kept <= LIMIT
            cadence.end()
            kept = copied
        before = chunk


def test_an_iteration_of_many_seconds_is_copied_at_once():
    clock = Clock()
    cadence = SaveInterval(clock)
    for _ in range(3):
        clock.now += 20.0
        assert cadence.is_due(20.0)
        cadence.begin()
        cadence.end()


def test_copies_are_not_made_all_the_time():
    clock = Clock()
    cadence = SaveInterval(clock)
    copies = 0
    for _ in range(1000):  # a minute
        clock.now += 0.06
        if cadence.is_due(0.06):
            copies += 1
            cadence.begin()
            clock.now += 0.02
            cadence.end()
    assert 20 <= copies <= 31
