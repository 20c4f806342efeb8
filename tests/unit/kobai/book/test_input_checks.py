"""The checks before the book's functions, and that the lines a learner reads are free of them."""

from __future__ import annotations

import ast
import inspect
import re

import numpy as np
import pytest
from kobai.book import functions, input_checks
from kobai.book.functions import cross_entropy_error
from kobai.book.gradient import numerical_gradient
from kobai.book.multi_layer_net import network_of
from kobai.book.training_step import training_step
from kobai.book.two_layer_net import TwoLayerNet
from kobai.tracing.recorder import record
from worker.panels.ideas.excerpts import SHOWN

np.random.seed(2)
NET = TwoLayerNet(6, 4, 10, 0.5)
X, T = np.random.rand(5, 6).astype(np.float32), np.array([3, 0, 9, 9, 1])
TRACED = {
    "predict": lambda: record(NET.predict, X),
    "loss": lambda: record(NET.loss, X, T),
    "accuracy": lambda: record(NET.accuracy, X, T),
    "gradient": lambda: record(NET.gradient, X, T),
    "numerical gradient": lambda: record(numerical_gradient, lambda x: np.sum(x**2), np.array([3.0, 4.0])),
    "step": lambda: record(training_step, NET, X, T, 0.1),
}
IN_THE_WAY = re.compile(
    r"_floats|labels_from|asarray|astype|errstate|issubdtype|\bisinstance\b|\braise\b|\btry\b"
)


def test_no_line_that_an_idea_shows_checks_or_converts() -> None:
    for name, function in SHOWN.items():
        lines = [ast.unparse(each) for each in statements(inspect.getsource(inspect.unwrap(function)))]
        assert not [line for line in lines if IN_THE_WAY.search(line)], name


@pytest.mark.parametrize("name", TRACED)
def test_no_line_of_a_trace_checks_or_converts(name: str) -> None:
    recording = TRACED[name]()
    assert (recording.error, recording.stopped) == (None, None)
    for source in recording.sources:
        assert source.file.rpartition("/")[2] != input_checks.__name__.rpartition(".")[2] + ".py"
        head, *lines = [ast.unparse(each) for each in statements(source.text)]
        assert " | " not in head.partition("\n")[0], source.title  # a type union
        assert not [line for line in lines if IN_THE_WAY.search(line)], source.title


def statements(text: str) -> list[ast.stmt]:
    """The function, then each statement in it, docstrings left out."""
    tree = ast.parse("if True:\n" + text if text[:1].isspace() else text)
    function = next(each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))
    function.decorator_list = []
    inside = [each for each in ast.walk(function) if isinstance(each, ast.stmt) and each is not function]
    return [
        function,
        *(each for each in inside if not isinstance(getattr(each, "value", None), ast.Constant)),
    ]


def test_a_call_that_the_checks_make_has_the_line_of_the_caller() -> None:
    """As if the book's function had been called from there itself."""
    recording = record(NET.gradient, X, T)
    assert [recording.source(at).title for at in (0, -1)] == ["TwoLayerNet.gradient"] * 2
    callers = {
        recording.sources[frame.source].title: recording.source(frame.called_at).text.splitlines()[
            recording.moments[frame.called_at].line - recording.source(frame.called_at).first
        ]
        for frame in recording.frames
        if frame.called_at is not None
    }
    assert callers["softmax"].strip() == "y = softmax(a2)"
    assert callers["sigmoid_grad"].strip() == "da1 = sigmoid_grad(a1) * dz1"


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_the_gradient_of_labels_is_that_of_one_hot_rows_and_needs_a_batch(activation: str) -> None:
    for params in (NET.params, {**NET.params, "W3": np.ones((10, 10)), "b3": np.ones(10)}):
        net = network_of(params, activation)
        expected = net.gradient(X, np.eye(10)[T])
        for t in (T, T.tolist(), T.astype(np.uint8), np.eye(10, dtype=int)[T]):
            for key, value in net.gradient(X, t).items():
                np.testing.assert_array_equal(value, expected[key])
        with pytest.raises(ValueError, match=r"needs a batch .* \(6,\)"):
            net.gradient(X[0], T[:1])
        with pytest.raises(IndexError, match="out of bounds"):
            net.gradient(X, T + 5)


def test_probabilities_that_are_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(N, classes\); theirs is \(2, 3, 4\)"):
        cross_entropy_error(np.full((2, 3, 4), 0.25), [0, 1])


def test_each_function_keeps_its_name_and_docstring() -> None:
    for name in ("sigmoid", "softmax", "cross_entropy_error", "sum_squared_error", "relu_grad"):
        function = getattr(functions, name)
        assert (function.__name__, function.__module__) == (name, functions.__name__)
        assert function.__doc__
