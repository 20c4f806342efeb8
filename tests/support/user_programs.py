"""Programs as learners write them, and a small network to record."""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from kobai.book.two_layer_net import TwoLayerNet
from kobai.tracing.recorder import LINE, Recording


def small_network(seed: int = 0) -> TwoLayerNet:
    np.random.seed(seed)
    return TwoLayerNet(784, 7, 10, weight_init_std=0.3)


def batch(n: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(1)
    x = random.uniform(size=(n, 784)) * (random.uniform(size=(n, 784)) > 0.8)
    return x.astype(np.float32), random.randint(0, 10, n)


X, T = batch()


def learners(text: str, name: str = "mine") -> Callable[..., Any]:
    """A function of the learner's, whose source is known as that of a cell of a notebook is."""
    file = f"<learner {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"np": np, "__name__": "__main__"}
    exec(compile(text, file, "exec"), space)
    return space[name]


def worked_out(node: dict[str, Any]) -> float:
    """The value of an explanation by its parts alone."""
    kind = node["kind"]
    if kind == "dot":
        for term in node["terms"]:
            assert term["value"] == pytest.approx(term["left"]["value"] * term["right"]["value"], rel=1e-12)
        return math.fsum(term["value"] for term in node["terms"]) + node["rest"]["sum"]
    if kind == "sum":
        for term in node["terms"]:
            assert term["value"] == pytest.approx(worked_out(term.get("why", {"kind": "", **term})), rel=1e-9)
        return math.fsum(term["value"] for term in node["terms"]) + node["rest"]["sum"]
    parts = [worked_out(part) for part in node.get("parts", [])]
    match kind:
        case "+":
            return parts[0] + parts[1]
        case "-":
            return parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case "**":
            return parts[0] ** parts[1]
        case "neg":
            return -parts[0]
        case "call":
            known = {
                "np.exp": math.exp,
                "np.log": math.log,
                "np.abs": abs,
                "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
                "sigmoid_grad": lambda a: math.exp(-a) / (1 + math.exp(-a)) ** 2,
            }
            if node["function"] == "softmax":
                top = max(term["value"] for term in node["terms"])
                e = [math.exp(term["value"] - top) for term in node["terms"]]
                return math.exp(parts[0] - top) / sum(e)
            return known[node["function"]](*parts)
    return node["value"]  # a variable, a constant, one element, something computed


def at_line(recording: Recording, text: str) -> int:
    """The first moment whose statement contains this text."""
    for at, moment in enumerate(recording.moments):
        statement = recording.source(at).statement(moment.line)
        if moment.kind == LINE and text in recording.source(at).text_of(statement.node):
            return at
    raise AssertionError(text)
