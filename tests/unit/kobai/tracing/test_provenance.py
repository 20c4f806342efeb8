"""Where a number comes from: each explanation, worked out again, gives the recorded number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from kobai.book.training_step import training_step
from kobai.book.two_layer_net import TwoLayerNet
from kobai.tracing.provenance import where_from
from kobai.tracing.recorder import LINE, RETURN, Recording, record
from kobai.tracing.summaries import pair_of, summary
from support.user_programs import T, X, at_line, learners, small_network, worked_out

NET = small_network()


def every_number(recording: Recording):
    for at, moment in enumerate(recording.moments):
        names = recording.made(at) if moment.kind == LINE else ["return"] if moment.kind == RETURN else []
        for name in names:
            after = recording.following(at) if moment.kind == LINE else at
            state = recording.moments[after].state
            if name not in state:
                continue
            value = recording.value(after, name)
            array = np.asarray(value)
            if array.dtype.kind in "fiu" and array.size:
                for index in {
                    tuple(0 for _ in array.shape),
                    tuple(n // 2 for n in array.shape),
                    tuple(n - 1 for n in array.shape),
                }:
                    yield at, name, index, float(array[index])


RUNS = {
    "loss": lambda net: record(net.loss, X, T),
    "gradient": lambda net: record(net.gradient, X, T),
    "step": lambda net: record(training_step, net, X, T, 0.1),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_explanation_gives_the_recorded_number(name: str) -> None:
    recording = RUNS[name](small_network())
    kinds = set()
    for at, variable, index, value in every_number(recording):
        origin = where_from(recording, at, variable, index)
        assert origin.value == value
        if origin.made_at != at:  # x = np.asarray(x), which leaves x as it is, is looked through
            assert (
                recording.moments[at].state[variable]
                == recording.moments[recording.following(at)].state[variable]
            )
        if origin.node is None or origin.node["value"] is None:
            continue
        kinds.add(origin.node["kind"])
        assert origin.node["value"] == pytest.approx(value, rel=1e-5, abs=1e-12)
        assert worked_out(origin.node) == pytest.approx(value, rel=1e-5, abs=1e-9)
    assert {"call", "/", "+", "name"} <= kinds
    if name != "loss":
        assert {"dot", "sum", "*"} <= kinds


def test_a_score_is_its_largest_terms_the_rest_and_the_bias() -> None:
    recording = record(NET.predict, X)
    at = at_line(recording, "np.dot(x, W1)")
    node = where_from(recording, at, "a1", (1, 4)).node
    product, bias = node["parts"]
    terms = X[1].astype(np.float64) * NET.params["W1"][:, 4]
    order = np.argsort(-np.abs(terms), kind="stable")[:8]
    assert [term["left"] for term in product["terms"]] == [
        {"name": "x", "index": [1, int(i)], "value": float(X[1, i])} for i in order
    ]
    assert [term["right"]["index"] for term in product["terms"]] == [[int(i), 4] for i in order]
    assert product["zero"] == int(np.sum(terms == 0))
    assert product["rest"]["count"] == int(np.sum(terms != 0)) - 8
    assert (bias["kind"], bias["name"], bias["index"]) == ("name", "b1", [4])


def test_the_loss_of_one_image_is_the_one_probability_that_counts() -> None:
    recording = record(NET.loss, X[:1], T[:1])
    at = at_line(recording, "np.log(")
    returned = next(i for i in range(at, len(recording.moments)) if recording.moments[i].kind == RETURN)
    text = str(where_from(recording, returned, "return", ()).node)
    y = NET.predict(X[:1])[0, T[0]]
    assert f"'index': [0, {T[0]}]" in text
    assert repr(float(y)) in text
    assert recording.result == pytest.approx(-math.log(y + 1e-7), rel=1e-12)


def test_an_argument_is_followed_to_the_caller() -> None:
    recording = record(NET.predict, X)
    inside = next(at for at in range(len(recording.moments)) if recording.source(at).title == "sigmoid")
    origin = where_from(recording, inside, "x", (0, 0))
    if origin.caller is None:  # the first line of sigmoid makes x anew
        origin = where_from(recording, inside + 1, "x", (0, 0))
    assert origin.caller is not None
    assert origin.caller[0] == "a1"
    assert recording.source(origin.caller[1]).title == "TwoLayerNet.predict"


def test_one_hot_targets_and_slices_of_a_learner() -> None:
    mine = learners(
        "def mine(a, t):\n    e = np.eye(3)[t]\n    b = a[1:, ::2]\n    c = np.where(b > 2, b, 0 * b)\n"
        "    d = np.sum(c, axis=0, keepdims=True)\n    return d\n"
    )
    a = np.arange(12.0).reshape(3, 4)
    recording = record(mine, a, np.array([2, 0]))
    origin = where_from(recording, 0, "e", (0, 2))
    assert (origin.node["kind"], origin.node["index"], origin.value) == ("element", [2, 2], 1.0)
    origin = where_from(recording, 1, "b", (1, 1))
    assert (origin.node["name"], origin.node["index"], origin.value) == ("a", [2, 2], 10.0)
    origin = where_from(recording, 3, "d", (0, 1))
    assert [term["index"] for term in origin.node["terms"]] == [[1, 1], [0, 1]]
    assert worked_out(origin.node) == origin.value == 16.0


def test_what_is_not_understood_says_so_and_is_not_run_again() -> None:
    calls = []
    mine = learners("def mine(a, f):\n    b = f(a) + a\n    return b\n")

    def f(a: np.ndarray) -> np.ndarray:
        calls.append(1)
        return a * 2

    recording = record(mine, np.array([1.0, 2.0]), f)
    node = where_from(recording, 0, "b", (1,)).node
    assert (node["kind"], node["names"]) == ("computed", ["a"]) or node["value"] is None
    assert calls == [1]


def test_numbers_that_are_not_there_are_refused() -> None:
    recording = record(NET.predict, X)
    for name, index in (("no", ()), ("x", (0,)), ("x", (0, 784)), ("x", (-1, 0))):
        with pytest.raises((KeyError, IndexError)):
            where_from(recording, 3, name, index)


# ------------------------------------------------------------ summaries


def test_each_gradient_belongs_to_what_it_is_the_gradient_of() -> None:
    net = TwoLayerNet(784, 7, 10)
    recording = record(net.gradient, X, T)
    state = {name: recording.values[number] for name, number in recording.moments[-2].state.items()}
    pairs = {name: pair_of(name, state) for name in state}
    assert {name: pair for name, pair in pairs.items() if pair} == {
        "dy": "a2", "dz1": "z1", "da1": "a1",
        'grads["W1"]': "W1", 'grads["b1"]': "b1", 'grads["W2"]': "W2", 'grads["b2"]': "b2",
    }  # fmt: skip
    for name, pair in pairs.items():
        assert pair is None or np.shape(state[name]) == np.shape(state[pair])


@pytest.mark.parametrize(
    ("name", "value", "role", "picture"),
    [
        ("x", np.full((3, 784), 0.5, np.float32), "image", "image"),
        ("W1", np.linspace(-1, 1, 784 * 7).reshape(784, 7), "weights", "sheet"),
        ("z1", np.full((3, 50), 0.5), "hidden", "strip"),
        ("a2", np.arange(30.0).reshape(3, 10), "scores", "bars"),
        ("y", np.full((3, 10), 0.1), "probabilities", "bars"),
        ("t", np.eye(10)[[1, 2, 3]], "target", "bars"),
        ("t", np.array([1, 2, 3]), "labels", None),
        ("W2", np.zeros((50, 10)), "weights", "matrix"),
        ("b1", np.zeros(50), "weights", "strip"),
        ("da1", np.zeros((3, 50)), "gradient", "strip"),
        ('grads["W1"]', np.zeros((784, 7)), "gradient", "sheet"),
    ],
)
def test_a_value_gets_the_picture_that_fits_it(
    name: str, value: np.ndarray, role: str, picture: str | None
) -> None:
    found = summary(name, value, images=3, row=1)
    assert (found["role"], found["picture"] and found["picture"]["kind"]) == (role, picture)
    assert found["shape"] == list(value.shape)
    assert (found["min"], found["max"]) == (float(value.min()), float(value.max()))
    assert found["mean"] == pytest.approx(float(value.mean()))
    if picture in ("image", "strip", "bars") and value.ndim == 2:
        assert found["rows"] == 3
        assert found["picture"]["values"] == pytest.approx(value[1].tolist(), rel=1e-5)


def test_numbers_and_text_are_said_as_python_says_them() -> None:
    assert summary("batch_num", 3, 1, 0)["text"] == "3"
    assert summary("loss", np.float64(0.5), 1, 0) | {"text": ""} == summary("loss", 0.5, 1, 0) | {
        "text": "", "dtype": "float64",
    }  # fmt: skip
    assert summary("key", "W1", 1, 0)["text"] == "'W1'"
    assert summary("nothing", None, 1, 0)["text"] == "None"
