"""Evaluate expressions of a traced source from recorded values; nothing of the learner's code runs again.

Names, entries, attributes and calls that returned are looked up; only the functions of PURE and of NumPy that
have no effects are computed. By hand: `ast.literal_eval` knows no names, and `eval` would run code again.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

import numpy as np

from ..book import functions
from .recorded_values import entry
from .recorder import RESULT, RETURN, Recording

LAYER_FUNCTIONS = ("sigmoid", "sigmoid_grad", "relu", "relu_grad", "step_function", "identity_function")
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_NUMPY = frozenset(
    ("dot", "sum", "exp", "log", "sqrt", "abs", "tanh", "maximum", "max", "min", "argmax", "mean", "eye",
     "arange", "where", "zeros", "zeros_like", "ones", "asarray", "atleast_2d", "array")
)  # fmt: skip
_LIBRARY = (*LAYER_FUNCTIONS, "softmax")
# What may be computed again: functions without effects, by the names that the sources call them by
PURE: dict[str, Any] = {name: getattr(functions, name) for name in _LIBRARY} | {
    "float": float,
    "int": int,
    "len": len,
}


class Evaluator:
    """Evaluates expressions at a moment of a recording."""

    def __init__(self, recording: Recording, at: int) -> None:
        """Evaluate at moment `at` of a recording."""
        self.recording, self.at = recording, at
        self.state = recording.moments[at].state
        self._globals = recording.frames[recording.moments[at].frame].names

    def value(self, node: ast.expr) -> Any:
        """The value of a pure expression; raises LookupError for anything else."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name() | ast.Subscript() | ast.Attribute() if (name := self.name_of(node)) is not None:
                return self.recording.values[self.state[name]]
            case ast.Name(id=name) if type(self._globals.get(name)) in (int, float):  # such as H
                return self._globals[name]
            case ast.Subscript():
                return self.value(node.value)[self.slice_of(node.slice)]
            case ast.Attribute(attr="T" | "shape" | "size" | "ndim" | "dtype"):
                return getattr(self.value(node.value), node.attr)
            case ast.Tuple():
                return tuple(self.value(element) for element in node.elts)
            case ast.UnaryOp(op=ast.USub()):
                return -self.value(node.operand)
            case ast.BinOp() if type(node.op) in OPERATORS:
                left, right = self.value(node.left), self.value(node.right)
                with np.errstate(all="ignore"):
                    return _compute(OPERATORS[type(node.op)], left, right)
            case ast.Compare(ops=[ast.GtE() | ast.Gt()], comparators=[other]):
                left, right = self.value(node.left), self.value(other)
                return left >= right if isinstance(node.ops[0], ast.GtE) else left > right
            case ast.Call():
                if (returned := self.returned(node)) is not None:
                    return self.recording.value(returned, RESULT)
                function = self._pure(node.func)
                keywords = {str(each.arg): self.value(each.value) for each in node.keywords}
                with np.errstate(all="ignore"):
                    return function(*[self.value(argument) for argument in node.args], **keywords)
        raise LookupError(ast.unparse(node))

    def slice_of(self, node: ast.expr) -> Any:
        """The value of an index: a slice, a tuple of indices, or an expression. LookupError like `value`."""
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return slice(*[None if part is None else self.value(part) for part in parts])
        if isinstance(node, ast.Tuple):
            return tuple(self.slice_of(element) for element in node.elts)
        return self.value(node)

    def _pure(self, function: ast.expr) -> Any:
        match function:
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in _NUMPY and self._means(
                "np", np
            ):
                return getattr(np, name)
            case ast.Name(id=name) if name in PURE and self._means(name, PURE[name]):
                return PURE[name]
        raise LookupError(ast.unparse(function))

    def returned(self, call: ast.Call) -> int | None:
        """The moment at which a call of this statement returned, if it was recorded and only one can be it.

        The library's own short functions are not looked up: they are computed again, and taken apart.
        """
        recording = self.recording
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in PURE and self._means(name, PURE[name]):
            return None
        statement = recording.source(self.at).statement(recording.moments[self.at].line).node
        calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
        named = [each for each in calls if ast.unparse(each.func).rpartition(".")[2] == name]
        if len(named) != 1:
            return None
        line = self.at
        if recording.moments[line].kind == RETURN:  # its calls were made at the line before
            own = recording.of_frame(recording.moments[line].frame)
            line = own[max(0, own.index(line) - 1)]
        called = [number for number, frame in enumerate(recording.frames) if frame.called_at == line]
        ends = [recording.of_frame(number)[-1] for number in called]
        ends = [at for at in ends if recording.source(at).title.rpartition(".")[2] == name]
        if len(ends) != 1 or recording.moments[ends[0]].kind != RETURN:
            return None
        return ends[0]

    def _means(self, name: str, thing: Any) -> bool:
        """Whether a name of the source is this very function, and not one of the learner's."""
        return name not in self.state and self._globals.get(name, getattr(builtins, name, None)) is thing

    def name_of(self, node: ast.expr) -> str | None:
        """The recorded variable that an expression is, or None."""
        text = ast.unparse(node)
        if text in self.state:
            return text
        if isinstance(node, ast.Subscript):
            base = ast.unparse(node.value)
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if isinstance(node.slice, ast.Name) and node.slice.id in self.state:
                key = self.recording.values[self.state[node.slice.id]]
            if isinstance(key, str | int | np.integer):
                name = entry(base, key if isinstance(key, str) else int(key))
                return name if name in self.state else None
        return None


def _compute(operator: str, left: Any, right: Any) -> Any:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
    return left**right
