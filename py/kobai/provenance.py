"""Where one number of a recording comes from: the sum, the product or the function call that makes it.

The statement that made it is taken apart along its syntax, with the recorded values; nothing of the learner's
code runs again: only names, entries, attributes and the pure functions of PURE are looked up or computed.
"""

from __future__ import annotations

import ast
import math
from typing import Any, NamedTuple

import numpy as np

from . import functions
from .functions import Array
from .tracing import LINE, RESULT, RETURN, Recording

MOST_TERMS = 8  # of a sum that are shown one by one, the largest
DEEPEST = 8  # calls and operations within each other
Index = tuple[int, ...]
Node = dict[str, Any]

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_ELEMENTWISE = ("exp", "log", "sqrt", "abs", "tanh", "maximum")
_AS_IT_IS = ("asarray", "array", "ascontiguousarray", "atleast_2d", "float", "_floats", "copy")
_LAYER_FUNCTIONS = ("sigmoid", "sigmoid_grad", "relu", "relu_grad", "step_function", "identity_function")
_NUMPY = frozenset(
    ("dot", "sum", "exp", "log", "sqrt", "abs", "tanh", "maximum", "max", "min", "argmax", "mean", "eye",
     "arange", "where", "zeros", "zeros_like", "ones", "asarray", "atleast_2d", "array")
)  # fmt: skip
_LIBRARY = (*_LAYER_FUNCTIONS, "softmax", "_floats")
# What may be computed again: functions without effects, by the names that the sources call them by
PURE: dict[str, Any] = {name: getattr(functions, name) for name in _LIBRARY} | {
    "float": float,
    "int": int,
    "len": len,
}


class Origin(NamedTuple):
    """Where an element comes from: the moment and the statement that made it, or the caller's variable.

    made_at: None for an argument, or what was there before the recording. caller: (variable of the caller or
    None, moment of the call) for an argument. node: how the statement makes it, or None.
    """

    value: float
    made_at: int | None
    statement: str | None
    caller: tuple[str | None, int] | None
    node: Node | None


def where_from(recording: Recording, at: int, name: str, index: Index) -> Origin:
    """The origin of element `index` of a variable, as it stands after moment `at`.

    Raises KeyError for a variable that is not there, IndexError for an element that is not.
    """
    made_here = _is_new(recording, at, name)
    after = recording.following(at) if made_here else at
    assert after is not None  # what is made is found by a later moment
    value = _element(recording.value(after, name), index)
    made_at = at if made_here else _made_before(recording, at, name)
    if recording.moments[at].kind == RETURN and name.startswith(RESULT):
        made_at = at
    if made_at is None:
        return Origin(value, None, None, _caller(recording, at, name), None)
    source = recording.source(made_at)
    statement = source.statement(recording.moments[made_at].line)
    expression = _expression_for(statement.node, name)
    node = None
    if expression is not None:
        node = _Explainer(recording, made_at).node(expression, index, 0)
    return Origin(value, made_at, source.text_of(statement.node), None, node)


def _is_new(recording: Recording, at: int, name: str) -> bool:
    """Whether the line at `at` gives the variable a value it had not; x = np.asarray(x) may not."""
    after = recording.following(at)
    if recording.moments[at].kind != LINE or after is None:
        return False
    then = recording.moments[after].state.get(name)
    return then is not None and then != recording.moments[at].state.get(name)


def _made_before(recording: Recording, at: int, name: str) -> int | None:
    """The last moment of this call, before `at`, whose line made the variable."""
    frame = recording.moments[at].frame
    for earlier in range(at - 1, -1, -1):
        moment = recording.moments[earlier]
        if moment.frame == frame and _is_new(recording, earlier, name):
            return earlier
    return None


def _caller(recording: Recording, at: int, name: str) -> tuple[str | None, int] | None:
    """The variable of the caller that holds the same value at the call."""
    frame = recording.frames[recording.moments[at].frame]
    if frame.called_at is None:
        return None
    number = recording.moments[at].state.get(name)
    names = recording.read(frame.called_at)
    state = recording.moments[frame.called_at].state
    return next((each for each in names if state.get(each) == number), None), frame.called_at


def _expression_for(node: ast.AST, name: str) -> ast.expr | None:
    """The right side that belongs to a variable of an assignment; x -= y counts as x - y."""
    if isinstance(node, ast.Return):
        return node.value
    if isinstance(node, ast.AugAssign):
        target = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.BinOp(target, node.op, node.value)
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return None
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        names = [ast.unparse(element) for element in target.elts]
        return value.elts[names.index(name)] if name in names else None
    return None if isinstance(target, ast.Tuple) else value


class _Explainer:
    """Takes expressions apart with the values that a moment has recorded."""

    def __init__(self, recording: Recording, at: int) -> None:
        self.recording, self.at = recording, at
        self.state = recording.moments[at].state

    # ------------------------------------------------------------- values

    def value(self, node: ast.expr) -> Any:
        """The value of a pure expression; raises LookupError for anything else."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name() | ast.Subscript(slice=ast.Constant(value=str())) if self._name(node) is not None:
                return self.recording.values[self.state[str(self._name(node))]]
            case ast.Subscript():
                if (name := self._name(node)) is not None:
                    return self.recording.values[self.state[name]]
                return self.value(node.value)[self._slice(node.slice)]
            case ast.Attribute(attr="T" | "shape" | "size" | "ndim" | "dtype"):
                return getattr(self.value(node.value), node.attr)
            case ast.Tuple():
                return tuple(self.value(element) for element in node.elts)
            case ast.UnaryOp(op=ast.USub()):
                return -self.value(node.operand)
            case ast.BinOp() if type(node.op) in _OPERATORS:
                left, right = self.value(node.left), self.value(node.right)
                with np.errstate(all="ignore"):
                    return _compute(_OPERATORS[type(node.op)], left, right)
            case ast.Compare(ops=[ast.GtE() | ast.Gt()], comparators=[other]):
                left, right = self.value(node.left), self.value(other)
                return left >= right if isinstance(node.ops[0], ast.GtE) else left > right
            case ast.Call():
                function = self._pure(node.func)
                keywords = {str(each.arg): self.value(each.value) for each in node.keywords}
                with np.errstate(all="ignore"):
                    return function(*[self.value(argument) for argument in node.args], **keywords)
        raise LookupError(ast.unparse(node))

    def _slice(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return slice(*[None if part is None else self.value(part) for part in parts])
        if isinstance(node, ast.Tuple):
            return tuple(self._slice(element) for element in node.elts)
        return self.value(node)

    def _pure(self, function: ast.expr) -> Any:
        match function:
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in _NUMPY:
                return getattr(np, name)
            case ast.Name(id=name) if name in PURE:
                return PURE[name]
        raise LookupError(ast.unparse(function))

    def _name(self, node: ast.expr) -> str | None:
        """The recorded variable that an expression is, or None."""
        text = ast.unparse(node)
        if text in self.state:
            return text
        if isinstance(node, ast.Subscript):
            base = ast.unparse(node.value)
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if isinstance(node.slice, ast.Name) and node.slice.id in self.state:
                key = self.recording.values[self.state[node.slice.id]]
            entry = f'{base}["{key!s}"]'
            return entry if entry in self.state else None
        return None

    # -------------------------------------------------------- explanations

    def node(self, expression: ast.expr, index: Index, depth: int) -> Node:
        """How the element `index` of an expression's value comes about."""
        try:
            value = _element(self.value(expression), index)
        except (LookupError, TypeError, ValueError):
            return self._computed(expression, None)
        made: Node = {"source": ast.unparse(expression), "value": value}
        if depth > DEEPEST:
            return self._computed(expression, value)
        return made | (self._parts(expression, index, depth + 1) or self._computed(expression, value))

    def _computed(self, expression: ast.expr, value: float | None) -> Node:
        found = [each.id for each in ast.walk(expression) if isinstance(each, ast.Name)]
        names = [name for name in found if name in self.state]
        return {
            "kind": "computed",
            "source": ast.unparse(expression),
            "value": value,
            "names": list(dict.fromkeys(names)),
        }

    def _parts(self, expression: ast.expr, index: Index, depth: int) -> Node | None:
        name = self._name(expression)
        if name is not None:
            return {"kind": "name", "name": name, "index": list(index)}
        match expression:
            case ast.Constant():
                return {"kind": "constant"}
            case ast.Attribute(attr="T"):
                return self.node(expression.value, index[::-1], depth)
            case ast.Subscript():
                return self._picked(expression, index)
            case ast.UnaryOp(op=ast.USub()):
                return {"kind": "neg", "parts": [self.node(expression.operand, index, depth)]}
            case ast.BinOp(op=ast.MatMult()):
                return self._dot(expression.left, expression.right, index)
            case ast.BinOp() if type(expression.op) in _OPERATORS:
                sides = (expression.left, expression.right)
                parts = [self.node(side, self._broadcast(side, index), depth) for side in sides]
                return {"kind": _OPERATORS[type(expression.op)], "parts": parts}
            case ast.Call():
                return self._call(expression, index, depth)
        return None

    def _call(self, call: ast.Call, index: Index, depth: int) -> Node | None:
        function = ast.unparse(call.func)
        name = function.removeprefix("np.")
        argument = call.args[0] if call.args else None
        if name == "dot" and len(call.args) == 2:
            return self._dot(call.args[0], call.args[1], index)
        if argument is None:
            return None
        if name in _AS_IT_IS:
            return self.node(argument, self._broadcast(argument, index), depth)
        if name == "where" and len(call.args) == 3:
            condition = np.broadcast_to(self.value(argument), np.shape(self.value(call)))
            chosen = call.args[1] if condition[index] else call.args[2]
            return self.node(chosen, self._broadcast(chosen, index), depth)
        if name == "sum":
            return self._sum(call, argument, index, depth)
        if name in _ELEMENTWISE or name in _LAYER_FUNCTIONS:
            last = call.args[-1]  # of np.maximum(0, x)
            parts = [self.node(last, self._broadcast(last, index), depth)]
            return {"kind": "call", "function": function, "parts": parts}
        if name == "softmax":
            row = np.asarray(self.value(argument))[index[:-1]]
            terms = [
                {"name": ast.unparse(argument), "index": [*index[:-1], k], "value": float(each)}
                for k, each in enumerate(row)
            ]
            parts = [self.node(argument, index, depth)]
            return {"kind": "call", "function": function, "parts": parts, "terms": terms[:40]}
        return None

    def _dot(self, left: ast.expr, right: ast.expr, index: Index) -> Node:
        """Element (i, j) of a product: the terms left[i, k] * right[k, j]."""
        a, b = np.asarray(self.value(left)), np.asarray(self.value(right))
        rows, columns = index[: a.ndim - 1], index[a.ndim - 1 :]
        row = a[rows]  # (K,)
        column = b[:, columns[0]] if columns else b  # (K,)
        products = np.asarray(row * column, dtype=np.float64)
        order, rest = _largest(products)

        def factor(side: ast.expr, place: list[int], value: float) -> Node:
            return self._leaf(side, place) | {"value": float(value)}

        terms = [
            {
                "left": factor(left, [*rows, int(k)], row[k]),
                "right": factor(right, [int(k), *columns], column[k]),
                "value": float(products[k]),
            }
            for k in order
        ]
        return {
            "kind": "dot", "left": ast.unparse(left), "right": ast.unparse(right), "terms": terms,
            "rest": rest, "zero": int(np.sum(products == 0)),
        }  # fmt: skip

    def _sum(self, call: ast.Call, argument: ast.expr, index: Index, depth: int) -> Node:
        keywords = {str(each.arg): self.value(each.value) for each in call.keywords}
        x = np.asarray(self.value(argument))
        axis = keywords.get("axis")
        if axis is None:
            places = list(np.ndindex(x.shape))
        else:
            axis = int(axis) % x.ndim
            kept = list(index) if keywords.get("keepdims") else [*index[:axis], 0, *index[axis:]]
            places = [tuple(kept[:axis] + [k] + kept[axis + 1 :]) for k in range(x.shape[axis])]
        values = np.array([x[place] for place in places], dtype=np.float64)
        order, rest = _largest(values)
        terms = [self._leaf(argument, list(places[k])) | {"value": float(values[k])} for k in order]
        if self._name(argument) is None:  # the terms are made within this line
            for term, k in zip(terms, order, strict=True):
                term["why"] = self.node(argument, places[k], depth)
        return {"kind": "sum", "terms": terms, "rest": rest}

    def _picked(self, expression: ast.Subscript, index: Index) -> Node | None:
        """One element that a fancy index picks: y[np.arange(N), t], np.eye(10)[t]."""
        picked = self._slice(expression.slice)
        whole = np.asarray(self.value(expression.value))
        places = np.arange(whole.size).reshape(whole.shape)[picked]  # which element stands where
        place = [int(i) for i in np.unravel_index(int(places[index]), whole.shape)]
        name = self._name(expression.value) or ast.unparse(expression.value)
        return {"kind": "element", "name": name, "index": place}

    def _leaf(self, expression: ast.expr, place: list[int]) -> Node:
        """Which element of which variable, x.T looked through."""
        if isinstance(expression, ast.Attribute) and expression.attr == "T":
            return self._leaf(expression.value, place[::-1])
        return {"name": self._name(expression) or ast.unparse(expression), "index": place}

    def _broadcast(self, side: ast.expr, index: Index) -> Index:
        """The element of an operand that meets element `index` of the result."""
        shape = np.shape(self.value(side))
        if len(shape) > len(index):  # atleast_2d of a vector, say
            return (*[0] * (len(shape) - len(index)), *index)
        own = index[len(index) - len(shape) :]
        return tuple(0 if length == 1 else i for i, length in zip(own, shape, strict=True))


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


def _element(value: Any, index: Index) -> float:
    """One number of a value; IndexError when the index is not one of it."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise LookupError("not a number")
    if len(index) != array.ndim or any(not 0 <= i < n for i, n in zip(index, array.shape, strict=True)):
        raise IndexError(index)
    return float(array[index])


def _largest(values: Array) -> tuple[list[int], Node]:
    """The places of the largest values by size, those that are 0 left out; and the rest as count and sum."""
    order = [int(k) for k in np.argsort(-np.abs(values), kind="stable")[:MOST_TERMS] if values[k] != 0]
    others = np.delete(values, order)
    return order, {"count": int(np.sum(others != 0)), "sum": math.fsum(others.tolist())}
