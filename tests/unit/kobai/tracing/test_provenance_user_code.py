"""Where a number of a learner's own code comes from: told as it was there, or not told."""

from __future__ import annotations

import numpy as np
import pytest
from kobai.book.gradient import numerical_gradient
from kobai.book.training_step import training_step
from kobai.tracing.provenance import Origin, where_from
from kobai.tracing.recorder import Recording, record
from kobai.tracing.summaries import summary
from support.user_programs import at_line, worked_out
from unit.kobai.tracing.test_provenance import T, X, learners, small_network

A = np.array([1.0, 2.0, 4.0])


def origin_of(recording: Recording, text: str, name: str, index: tuple[int, ...]) -> Origin:
    return where_from(recording, at_line(recording, text), name, index)


def test_a_function_of_the_learners_with_a_known_name_is_not_taken_for_the_librarys() -> None:
    text = "def softmax(x):\n    return x / np.sum(x)\n\ndef mine(x):\n    y = softmax(x)\n    return y\n"
    recording = record(learners(text), A)
    origin = origin_of(recording, "y = ", "y", (2,))
    assert origin.value == pytest.approx(4 / 7)
    assert origin.node["kind"] == "computed"
    returned = origin.node["returned"]
    inside = where_from(recording, returned["at"], returned["name"], (2,))
    assert recording.source(returned["at"]).title == "softmax"
    assert (inside.node["kind"], worked_out(inside.node)) == ("/", origin.value)

    unnamed = "softmax = lambda x: x * 2\n\ndef mine(x):\n    y = softmax(x) + 1\n    return y\n"
    origin = origin_of(record(learners(unnamed), A), "y = ", "y", (2,))
    assert (origin.value, origin.node["kind"]) == (9.0, "computed")

    shadowed = "def mine(x, softmax):\n    y = softmax(x) + 1\n    return y\n"
    origin = origin_of(record(learners(shadowed), A, np.negative), "y = ", "y", (2,))
    assert (origin.value, origin.node["kind"]) == (-3.0, "computed")


def test_an_element_is_made_by_the_line_that_assigned_it() -> None:
    text = "def mine(x):\n    y = x * 3\n    y[0] = x[1] + 5\n    y[1:] = x[1:] - 1\n    return y\n"
    recording = record(learners(text), A)
    at = at_line(recording, "return y")
    first, second = where_from(recording, at, "y", (0,)), where_from(recording, at, "y", (2,))
    assert (first.value, first.statement, worked_out(first.node)) == (7.0, "y[0] = x[1] + 5", 7.0)
    assert (second.value, second.statement, worked_out(second.node)) == (3.0, "y[1:] = x[1:] - 1", 3.0)
    earlier = where_from(recording, at_line(recording, "y[0]"), "y", (2,))
    assert (earlier.statement, worked_out(earlier.node)) == ("y = x * 3", 12.0)


def test_what_a_call_changes_beside_its_result_is_not_told_to_be_its_result() -> None:
    text = (
        "class Layer:\n    def forward(self, x):\n        self.out = x + 1\n        return x * 2\n\n"
        "def mine(x):\n    layer = Layer()\n    y = layer.forward(x)\n    return y\n"
    )
    recording = record(learners(text), A)
    at = at_line(recording, "y = ")
    assert where_from(recording, at, "layer.out", (1,)).node is None
    returned = where_from(recording, at, "y", (1,)).node["returned"]["at"]
    assert worked_out(where_from(recording, returned, "return", (1,)).node) == 4.0


def test_a_loop_in_one_line_is_not_explained_by_its_first_round() -> None:
    text = "def mine(x):\n    y = x + 0\n    for i in range(3): y = y * 2\n    return y\n"
    recording = record(learners(text), A)
    origin = where_from(recording, at_line(recording, "return y"), "y", (1,))
    assert origin.value == 16.0
    assert origin.node is None or (origin.node["kind"], origin.node["value"]) == ("computed", 16.0)


def test_a_step_takes_the_gradient_times_the_learning_rate_off_each_parameter() -> None:
    net = small_network()
    before = net.params["W1"].copy()
    recording = record(training_step, net, X, T, 0.1)
    steps = [
        at for at in range(len(recording.moments)) if 'network.params["W1"]' in recording.made(at)
        and recording.moments[at].depth == 0
    ]  # fmt: skip
    assert len(steps) == 1
    place = (400, 3)
    origin = where_from(recording, steps[0], 'network.params["W1"]', place)
    left, right = origin.node["parts"]
    assert (origin.node["kind"], left["name"], left["value"]) == ("-", 'network.params["W1"]', before[place])
    assert [part.get("name") for part in right["parts"]] == ["learning_rate", 'grad["W1"]']
    assert worked_out(origin.node) == origin.value == net.params["W1"][place]
    gradient = where_from(recording, steps[0], 'grad["W1"]', place)
    assert gradient.node["returned"]["name"] == 'return["W1"]'


def test_a_numerical_gradient_is_a_difference_of_two_recorded_losses() -> None:
    recording = record(numerical_gradient, lambda x: float(np.sum(x**2)), A.copy())
    end = len(recording.moments) - 1
    origin = where_from(recording, end - 1, "grad", (1,))
    assert origin.statement == "grad[idx] = (fxh1 - fxh2) / (2 * h)"
    difference, width = origin.node["parts"]
    assert [part["name"] for part in difference["parts"]] == ["fxh1", "fxh2"]
    assert (width["value"], worked_out(origin.node)) == (2e-4, origin.value)
    assert origin.value == pytest.approx(4.0, abs=1e-8)
    assert recording.moments[origin.made_at].state["idx"] != recording.moments[end - 1].state["idx"]


def test_a_loss_leads_into_the_function_that_returned_it() -> None:
    net = small_network()
    recording = record(net.loss, X, T)
    end = len(recording.moments) - 1
    returned = where_from(recording, end, "return", ()).node["returned"]
    assert recording.source(returned["at"]).title == "cross_entropy_error"
    inside = where_from(recording, returned["at"], returned["name"], ())
    assert inside.value == recording.result
    assert worked_out(inside.node) == pytest.approx(recording.result, rel=1e-12)


def test_what_is_infinite_or_no_number_is_told_without_a_sum() -> None:
    text = "def mine(x):\n    y = x * np.inf\n    z = y - y\n    return z\n"
    with np.errstate(invalid="ignore"):
        recording = record(learners(text), A)
    origin = where_from(recording, 1, "z", (0,))
    assert np.isnan(origin.value)
    assert origin.node["kind"] == "computed"
    found = summary("z", np.array([np.nan, 1.0]), images=1, row=0)
    assert (found["min"], found["max"], found["mean"], found["picture"]) == (None, None, None, None)
