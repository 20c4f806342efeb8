"""Iterations at even distances, whatever each takes."""

import pytest
from worker.pace import SLICE, Pace


class Clock:
    seconds = 100.0

    def __call__(self):
        return self.seconds


def run(pace, clock, seconds, each):
    """When each iteration began, in seconds, while one takes `each` of them."""
    begun, iteration, end = [], 0, clock.seconds + seconds
    while clock.seconds < end:
        while iteration < pace.due(10**6) and clock.seconds < end:
            begun.append(clock.seconds - end + seconds)
            iteration += 1
            clock.seconds += each
        clock.seconds += pace.rest(iteration) or 1e-9
    return begun


@pytest.mark.parametrize("per_second", [1, 10, 100])
def test_iterations_are_due_at_even_distances_and_the_first_at_once(per_second):
    clock = Clock()
    pace = Pace(clock)
    pace.set(per_second, 0)
    begun = run(pace, clock, 3, each=0.001)
    assert begun == pytest.approx([k / per_second for k in range(3 * per_second)], abs=0.002)


def test_what_takes_longer_than_its_distance_is_not_waited_for():
    clock = Clock()
    pace = Pace(clock)
    pace.set(100, 0)
    assert len(run(pace, clock, 3, each=0.02)) == pytest.approx(150, abs=1)


def test_without_a_pace_there_is_no_end_and_no_rest():
    pace = Pace(Clock())
    assert (pace.due(700), pace.rest(3)) == (700, 0)


def test_a_rest_is_short_and_the_end_of_the_run_holds():
    pace = Pace(Clock())
    pace.set(1, 41)
    assert pace.due(10**6) == 42
    assert pace.due(40) == 40
    assert pace.rest(42) == SLICE
