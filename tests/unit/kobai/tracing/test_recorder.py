"""A traced run is the run itself; what is recorded is what was there, up to limits that are told."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.book.gradient import numerical_gradient
from kobai.book.training_step import training_step
from kobai.book.two_layer_net import TwoLayerNet
from kobai.tracing.recorder import LINE, RAISE, RETURN, record
from support.user_programs import T, X, learners, small_network

RUNS: dict[str, Callable[[TwoLayerNet], tuple[Any, ...]]] = {
    "predict": lambda net: (net.predict, X),
    "loss": lambda net: (net.loss, X, T),
    "gradient": lambda net: (net.gradient, X, T),
    "fast numerical gradient": lambda net: (net.numerical_gradient, X, T),
    "step": lambda net: (training_step, net, X, T, 0.1),
}


def bits(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: bits(each) for key, each in value.items()}
    return np.asarray(value).tobytes()


@pytest.mark.parametrize("name", RUNS)
def test_a_traced_run_gives_the_same_bits(name: str) -> None:
    plain, traced = small_network(), small_network()
    np.random.seed(9)
    function, *arguments = RUNS[name](plain)
    expected = function(*arguments)
    state = np.random.get_state()[1].tobytes()
    np.random.seed(9)
    function, *arguments = RUNS[name](traced)
    recording = record(function, *arguments)
    assert recording.error is None
    assert recording.stopped is None
    assert bits(recording.result) == bits(expected)
    assert np.random.get_state()[1].tobytes() == state
    assert bits(traced.params) == bits(plain.params)


def test_every_line_is_found_with_what_it_made() -> None:
    net = small_network()
    recording = record(net.predict, X)
    seen = {}
    for at, moment in enumerate(recording.moments):
        if moment.depth == 0 and moment.kind == LINE:
            after = recording.following(at)
            seen |= {name: recording.value(after, name) for name in recording.made(at)}
    a1 = X @ net.params["W1"] + net.params["b1"]
    z1 = 1 / (1 + np.exp(-a1))
    np.testing.assert_allclose(seen["a1"], a1, rtol=1e-6)
    np.testing.assert_allclose(seen["z1"], z1, rtol=1e-6)
    np.testing.assert_allclose(seen["a2"], z1 @ net.params["W2"] + net.params["b2"], rtol=1e-6)
    last = recording.moments[-1]
    assert (last.kind, last.depth) == (RETURN, 0)
    np.testing.assert_array_equal(recording.value(len(recording.moments) - 1, "return"), net.predict(X))


def test_calls_are_entered_and_known_by_their_caller() -> None:
    recording = record(small_network().loss, X, T)
    titles = [recording.source(at).title for at in range(len(recording.moments))]
    for title in ("TwoLayerNet.loss", "TwoLayerNet.predict", "sigmoid", "softmax", "cross_entropy_error"):
        assert title in titles
    inside = titles.index("sigmoid")
    called_at = recording.frames[recording.moments[inside].frame].called_at
    assert recording.source(called_at).title == "TwoLayerNet.predict"
    assert recording.made(called_at) == ["z1"]


def test_the_source_is_that_of_the_module() -> None:
    recording = record(small_network().predict, X)
    source = recording.sources[0]
    lines = (sys.modules["kobai.book.two_layer_net"].__file__, source.first)
    with open(lines[0], encoding="utf-8") as file:  # noqa: PTH123 (a module's own path)
        text = file.read().splitlines()
    for offset, line in enumerate(source.text.splitlines()):
        assert text[source.first - 1 + offset] == line
    for at in range(len(recording.moments)):
        assert recording.source(at).text


def test_a_change_in_place_is_seen_and_what_stays_is_stored_once() -> None:
    net = small_network()
    before = copy.deepcopy(net.params)
    recording = record(training_step, net, X, T, 0.1)
    changes = [
        (at, name)
        for at in range(len(recording.moments))
        for name in recording.made(at)
        if "network.params" in name
    ]
    assert [name for _, name in changes] == [f'network.params["{key}"]' for key in ("W1", "b1", "W2", "b2")]
    for at, name in changes:
        key = name.split('"')[1]
        np.testing.assert_array_equal(recording.value(at, name), before[key])
        np.testing.assert_array_equal(recording.value(recording.following(at), name), net.params[key])
    copies = [
        value for value in recording.values if isinstance(value, np.ndarray) and value.shape == (784, 7)
    ]
    assert len(copies) == 3  # W1 before, its gradient, W1 after


def test_numerical_gradient_shows_each_parameter_moved_and_put_back() -> None:
    x = np.array([3.0, 4.0])
    recording = record(numerical_gradient, lambda each: float(np.sum(each**2)), x)
    np.testing.assert_allclose(recording.result, [6, 8], atol=1e-8)
    values = [
        recording.value(at, "x").tolist()
        for at in range(len(recording.moments))
        if recording.moments[at].kind == LINE
    ]
    moved = [value for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    h = 1e-4
    expected = [[3, 4], [3 + h, 4], [3 - h, 4], [3, 4], [3, 4 + h], [3, 4 - h], [3, 4]]
    assert moved == expected


def test_moments_are_the_same_in_every_run() -> None:
    first, second = (record(small_network().gradient, X, T) for _ in range(2))
    assert [moment[:4] for moment in first.moments] == [moment[:4] for moment in second.moments]


def test_a_statement_of_several_lines_is_one_moment() -> None:
    mine = learners("def mine(a):\n    b = (a +\n         1 +\n         2)\n    return b\n")
    recording = record(mine, 1)
    assert [(moment.kind, moment.line) for moment in recording.moments] == [(LINE, 2), (LINE, 5), (RETURN, 5)]
    assert recording.made(0) == ["b"]


def test_loops_recursion_and_generators_of_a_learner() -> None:
    text = (
        "def mine(n):\n    total = 0\n    for i in range(n):\n        total += i\n"
        "    for j in pairs(n):\n        total += j\n    return total + (mine(n - 1) if n else 0)\n\n"
        "def pairs(n):\n    for k in range(n):\n        yield 2 * k\n"
    )
    mine = learners(text)
    expected = mine(3)
    recording = record(mine, 3)
    assert recording.result == expected == sum(3 * sum(range(n)) for n in range(4))
    assert max(moment.depth for moment in recording.moments) >= 3
    titles = {recording.source(at).title for at in range(len(recording.moments))}
    assert titles == {"mine", "pairs"}


def test_an_error_is_a_result_and_its_line_is_known() -> None:
    recording = record(learners("def mine(x):\n    y = x\n    return y @ x\n"), np.ones((2, 3)))
    assert isinstance(recording.error, ValueError)
    assert (recording.moments[-1].kind, recording.moments[-1].line) == (RAISE, 3)
    caught = record(
        learners("def mine():\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        return 7\n")
    )
    assert (caught.error, caught.result, caught.moments[-1].kind) == (None, 7, RETURN)


def test_the_tracer_that_was_there_is_put_back() -> None:
    def other(_frame: Any, _event: str, _argument: Any) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(other)
    try:
        record(learners("def mine():\n    raise KeyError\n"))
        assert sys.gettrace() is other
    finally:
        sys.settrace(before)


def test_a_limit_ends_the_recording_and_not_the_run() -> None:
    mine = learners("def mine(n):\n    for i in range(n):\n        i += 1\n    return n\n")
    recording = record(mine, 1000, most_moments=50)
    assert recording.result == 1000
    assert len(recording.moments) == 50
    assert "50 lines" in str(recording.stopped)
    grow = learners(
        "def mine():\n    for i in range(50):\n        a = np.full(10000, float(i))\n    return a\n"
    )
    recording = record(grow, most_bytes=400_000)
    assert recording.result[0] == 49
    assert "arrays" in str(recording.stopped)
    assert sum(value.nbytes for value in recording.values if isinstance(value, np.ndarray)) <= 480_000


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_values_are_those_of_the_moment(additions: list[int]) -> None:
    """An array that changes in place, and back, is found as it was at each line."""
    mine = learners(
        "def mine(steps):\n    a = np.zeros(2)\n    for s in steps:\n        a[0] += s\n    return a\n"
    )
    recording = record(mine, additions)
    found = [
        recording.value(at, "a")[0]
        for at, moment in enumerate(recording.moments)
        if moment.line == 3 and "a" in moment.state
    ]
    assert found == [sum(additions[:i]) for i in range(len(additions) + 1)]
