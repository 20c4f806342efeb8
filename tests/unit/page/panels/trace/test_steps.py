"""Ways through a recording of a real run: over stays, into goes one deeper, out comes back to the caller."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from kobai.book.two_layer_net import TwoLayerNet
from kobai.tracing.recorder import record
from sitebuild.check.extract_messages import ROOT

spec = importlib.util.spec_from_file_location("trace_steps", ROOT / "py/page/panels/trace/steps.py")
trace_steps = importlib.util.module_from_spec(spec)
spec.loader.exec_module(trace_steps)


@pytest.fixture(scope="module")
def recording():
    np.random.seed(0)
    return record(TwoLayerNet(784, 3, 10).gradient, np.random.rand(2, 784), np.array([1, 8]))


@pytest.fixture(scope="module")
def steps(recording):
    moments = recording.moments
    return trace_steps.Steps([each.depth for each in moments], [(each.frame, each.line) for each in moments])


def test_over_never_enters_a_call_and_runs_to_the_end(recording, steps):
    at, seen = 0, [0]
    while (at := steps.over(at)) is not None:
        seen.append(at)
    assert {recording.moments[each].frame for each in seen} == {0}
    assert seen == [i for i, moment in enumerate(recording.moments) if moment.frame == 0]


def test_into_enters_the_call_of_this_line_and_out_comes_back(recording, steps):
    entered = 0
    for at, moment in enumerate(recording.moments):
        inner = steps.into(at)
        if inner is None:
            continue
        entered += 1
        frame = recording.frames[recording.moments[inner].frame]
        assert (frame.caller, frame.called_at) == (moment.frame, at)
        back = recording.moments[steps.out(inner)]
        assert (back.frame, back.depth) == (moment.frame, moment.depth)
    calling = {frame.called_at for frame in recording.frames[1:]}
    assert entered == len(calling)  # of two calls in one line, into goes to the first


def test_back_undoes_forward_and_both_end(recording, steps):
    last = len(recording.moments) - 1
    assert (steps.back(0), steps.forward(last), steps.over(last), steps.out(0)) == (None, None, None, None)
    assert all(steps.back(steps.forward(at)) == at for at in range(last))


def test_a_line_that_runs_several_times_is_gone_through_in_a_circle():
    steps = trace_steps.Steps([0] * 5, ["a", "b", "a", "c", "a"])
    assert [steps.to_line(at, "a") for at in range(5)] == [2, 2, 4, 4, 0]
    assert steps.to_line(0, "elsewhere") is None
