"""Where one number of a recording comes from: the sum, the product or the function call that made it.

The statement is taken apart along its syntax, with the recorded values; nothing of the learner's code runs
again (see safe_eval.py).
"""

from __future__ import annotations

import ast
import contextlib
import math
from typing import Any, NamedTuple

import numpy as np

from ..book.functions import Array
from .recorded_values import entry
from .recorder import LINE, RESULT, RETURN, Recording, is_result
from .safe_eval import LAYER_FUNCTIONS, OPERATORS, Evaluator

MOST_TERMS = 8  # of a sum that are shown one by one, the largest
DEEPEST = 8  # calls and operations within each other
Index = tuple[int, ...]
Node = dict[str, Any]

_ELEMENTWISE = ("exp", "log", "sqrt", "abs", "tanh", "maximum")
_AS_IT_IS = ("asarray", "array", "ascontiguousarray", "atleast_2d", "float", "copy")


class Assigned(NamedTuple):
    """The expression that gives a variable its value, which element of it, and which entry of a dict."""

    expression: ast.expr
    place: Index
    entry: str


UNTOUCHED = object()  # a statement that changes other elements than the one asked for


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
    if recording.moments[at].kind == RETURN and is_result(name):
        made_at = at
    while made_at is not None:
        explainer = _Explainer(recording, made_at)
        statement = recording.source(made_at).statement(recording.moments[made_at].line).node
        found = explainer.expression(statement, name, index)
        if found is not UNTOUCHED:
            node = explainer.explained(found, value) if isinstance(found, Assigned) else None
            return Origin(value, made_at, recording.source(made_at).text_of(statement), None, node)
        made_at = _made_before(recording, made_at, name)
    return Origin(value, None, None, _caller(recording, at, name), None)


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


class _Explainer(Evaluator):
    """Takes expressions apart."""

    def expression(self, statement: ast.AST, name: str, index: Index) -> Assigned | object | None:
        """What a statement assigns to element `index` of a variable; None when it does so by other means.

        x -= y counts as x - y; of x[i] = y, UNTOUCHED where i is not the element.
        """
        pairs: list[tuple[ast.expr, ast.expr]]
        match statement:
            case ast.Return(value=ast.expr() as value):
                return Assigned(value, index, name.removeprefix(RESULT))
            case ast.AugAssign():
                target = ast.parse(ast.unparse(statement.target), mode="eval").body
                pairs = [(statement.target, ast.BinOp(target, statement.op, statement.value))]
            case ast.AnnAssign(value=ast.expr() as value):
                pairs = [(statement.target, value)]
            case ast.Assign(targets=[ast.Tuple() as targets], value=ast.Tuple() as values):
                pairs = list(zip(targets.elts, values.elts, strict=False))
            case ast.Assign():
                pairs = [(target, statement.value) for target in statement.targets]
            case _:
                return None
        for target, value in pairs:
            text = self._target(target)
            if name == text or name.startswith(f"{text}["):
                return Assigned(value, index, name.removeprefix(text))
            if isinstance(target, ast.Subscript) and ast.unparse(target.value) == name:
                place = self._place(target, name, index)
                return UNTOUCHED if place is None else Assigned(value, place, "")
        return None

    def _target(self, target: ast.expr) -> str:
        """The variable that is assigned: params[key] is params["W1"]."""
        if isinstance(target, ast.Subscript) and ast.unparse(target.value) not in self.state:
            with contextlib.suppress(LookupError):
                key = self.slice_of(target.slice)
                if isinstance(key, str | int):
                    return entry(ast.unparse(target.value), key)
        return ast.unparse(target)

    def _place(self, target: ast.Subscript, name: str, index: Index) -> Index | None:
        """Which element of y becomes element `index` of x in x[...] = y; None when none does."""
        try:
            shape = np.shape(self.recording.values[self.state[name]])
            places = np.arange(math.prod(shape)).reshape(shape)
            found = np.argwhere(places[self.slice_of(target.slice)] == places[index])
        except (LookupError, TypeError, ValueError):
            return index
        return tuple(int(i) for i in found[0]) if len(found) else None

    def explained(self, assigned: Assigned, value: float) -> Node:
        """How an assigned expression comes to its recorded value.

        An explanation that does not lead to that value (of a loop in one line, say) is not given.
        """
        expression, index = assigned.expression, assigned.place
        if isinstance(expression, ast.Call) and self.returned(expression) is not None:
            return self._computed(expression, value, index, assigned.entry)
        with contextlib.suppress(LookupError, TypeError, ValueError):
            index = self._broadcast(expression, index)
        node = self.node(expression, index, 0)
        found = node["value"]
        if found is None or not math.isclose(found, value, rel_tol=1e-6):  # never close to nan
            return self._computed(expression, value, index)
        return node

    def node(self, expression: ast.expr, index: Index, depth: int) -> Node:
        """How the element `index` of an expression's value comes about."""
        try:
            value = _element(self.value(expression), index)
        except (LookupError, TypeError, ValueError):
            return self._computed(expression, None, index)
        made: Node = {"source": ast.unparse(expression), "value": value}
        if depth > DEEPEST:
            return self._computed(expression, value, index)
        return made | (self._parts(expression, index, depth + 1) or self._computed(expression, value, index))

    def _computed(self, expression: ast.expr, value: float | None, index: Index, entry_of: str = "") -> Node:
        """Not taken apart; of a recorded call, where it returned. entry_of: of a dict that it returned."""
        found = [each.id for each in ast.walk(expression) if isinstance(each, ast.Name)]
        names = [name for name in dict.fromkeys(found) if name in self.state]
        node: Node = {"kind": "computed", "source": ast.unparse(expression), "value": value, "names": names}
        returned = self.returned(expression) if isinstance(expression, ast.Call) else None
        if returned is not None:
            node["returned"] = {"name": f"{RESULT}{entry_of}", "at": returned, "index": list(index)}
        return node

    def _parts(self, expression: ast.expr, index: Index, depth: int) -> Node | None:
        name = self.name_of(expression)
        if name is not None:
            return {"kind": "name", "name": name, "index": list(index)}
        match expression:
            case ast.Constant() | ast.Name():
                return {"kind": "constant"}
            case ast.Attribute(attr="T"):
                return self.node(expression.value, index[::-1], depth)
            case ast.Subscript():
                return self._picked(expression, index)
            case ast.UnaryOp(op=ast.USub()):
                return {"kind": "neg", "parts": [self.node(expression.operand, index, depth)]}
            case ast.BinOp(op=ast.MatMult()):
                return self._dot(expression.left, expression.right, index)
            case ast.BinOp() if type(expression.op) in OPERATORS:
                sides = (expression.left, expression.right)
                parts = [self.node(side, self._broadcast(side, index), depth) for side in sides]
                return {"kind": OPERATORS[type(expression.op)], "parts": parts}
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
        if name in _ELEMENTWISE or name in LAYER_FUNCTIONS:
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
        if self.name_of(argument) is None:  # the terms are made within this line
            for term, k in zip(terms, order, strict=True):
                term["why"] = self.node(argument, places[k], depth)
        return {"kind": "sum", "terms": terms, "rest": rest}

    def _picked(self, expression: ast.Subscript, index: Index) -> Node | None:
        """One element that a fancy index picks: y[np.arange(N), t], np.eye(10)[t]."""
        picked = self.slice_of(expression.slice)
        whole = np.asarray(self.value(expression.value))
        places = np.arange(whole.size).reshape(whole.shape)[picked]  # which element stands where
        place = [int(i) for i in np.unravel_index(int(places[index]), whole.shape)]
        name = self.name_of(expression.value) or ast.unparse(expression.value)
        return {"kind": "element", "name": name, "index": place}

    def _leaf(self, expression: ast.expr, place: list[int]) -> Node:
        """Which element of which variable, x.T looked through."""
        if isinstance(expression, ast.Attribute) and expression.attr == "T":
            return self._leaf(expression.value, place[::-1])
        return {"name": self.name_of(expression) or ast.unparse(expression), "index": place}

    def _broadcast(self, side: ast.expr, index: Index) -> Index:
        """The element of an operand that meets element `index` of the result."""
        shape = np.shape(self.value(side))
        if len(shape) > len(index):  # atleast_2d of a vector, say
            return (*[0] * (len(shape) - len(index)), *index)
        own = index[len(index) - len(shape) :]
        return tuple(0 if length == 1 else i for i, length in zip(own, shape, strict=True))


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
