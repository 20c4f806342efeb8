"""Split the source of a function into statements: their lines, and the variables each reads and assigns."""

from __future__ import annotations

import ast
import inspect
import linecache
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .recorded_values import entry


@dataclass(frozen=True)
class Reading:
    """A variable, an attribute (self.w), or an entry of either that a statement reads.

    literal, variable: the key of the entry, or the name of the variable that holds it.
    """

    name: str
    literal: str | int | None = None
    variable: str | None = None

    def names(self, state: Mapping[str, int], values: list[Any]) -> list[str]:
        """The recorded variables that this stands for, in a state as of tracing.Moment."""
        key = self.literal
        if self.variable is not None and self.variable in state:
            key = values[state[self.variable]]
        if isinstance(key, str | int | np.integer):
            name = entry(self.name, key if isinstance(key, str) else int(key))
            if name in state:
                return [name]
        if self.name in state:
            return [self.name]
        inside = [name for name in state if name.startswith((f"{self.name}[", f"{self.name}."))]
        if inside or "." not in self.name:
            return inside
        return Reading(self.name.rpartition(".")[0]).names(state, values)  # x.shape reads x


@dataclass
class Statement:
    """A statement, or the head of a compound one. line: where it begins; makes: the variables it assigns."""

    line: int
    end: int
    node: ast.AST
    reads: list[Reading] = field(default_factory=list)
    makes: list[str] = field(default_factory=list)


class Source:
    """The text of a function.

    title: its name with the class; file: that of its module; first: its first line.
    """

    def __init__(self, title: str, file: str, first: int, text: str) -> None:
        """Split the text into statements; a text that is no Python has none."""
        self.title, self.file, self.first, self.text = title, file, first, text
        self._statements = _statements(text, first)

    def statement(self, line: int) -> Statement:
        """The smallest statement that this line belongs to."""
        found = [each for each in self._statements if each.line <= line <= each.end]
        if not found:
            return Statement(line, line, ast.Pass())
        return min(found, key=lambda each: each.end - each.line)

    def text_of(self, node: ast.AST) -> str:
        """The source of a part of a statement, on one line."""
        return ast.unparse(node)


def source_of(code: types.CodeType) -> Source:
    """The source of a function's code, or of a whole program; a comment where there is no file to read."""
    title = getattr(code, "co_qualname", code.co_name)
    if title == "<module>":
        return Source(code.co_filename, code.co_filename, 1, "".join(linecache.getlines(code.co_filename)))
    try:
        lines, first = inspect.getsourcelines(code)
    except (OSError, TypeError):
        return Source(title, code.co_filename, 1, "# the source of this function is not to be had\n")
    parts = code.co_filename.replace("\\", "/").split("/")
    return Source(title, "/".join(parts[-2:]), max(first, 1), "".join(lines))


def _statements(text: str, first: int) -> list[Statement]:
    indented = text[:1].isspace()
    try:
        tree = ast.parse(f"if True:\n{text}" if indented else text)
    except SyntaxError:  # a part of a file that does not stand alone
        return []
    ast.increment_lineno(tree, first - (2 if indented else 1))
    return [
        _statement(node) for node in ast.walk(tree) if isinstance(node, ast.stmt) and not _is_function(node)
    ]


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _statement(node: ast.stmt) -> Statement:
    body = getattr(node, "body", None)
    end = max(node.lineno, body[0].lineno - 1) if body else (node.end_lineno or node.lineno)
    statement = Statement(node.lineno, end, node)
    for part in _own_parts(node):
        statement.reads += [reading for reading in _readings(part) if reading not in statement.reads]
    for target in _targets(node):
        statement.makes += _made(target)
    if isinstance(node, ast.AugAssign):
        statement.reads += list(_readings(_as_read(node.target)))
    return statement


def _own_parts(node: ast.stmt) -> list[ast.expr]:
    """The expressions that are evaluated when this statement, or the head of it, runs."""
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, ast.While | ast.If):
        return [node.test]
    if isinstance(node, ast.With):
        return [item.context_expr for item in node.items]
    if isinstance(node, ast.Try):
        return []
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return [node.value] if node.value is not None else []
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
        return [node.target]
    return []


def _as_read(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _made(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _made(element)]
    if isinstance(target, ast.Starred):
        return _made(target.value)
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        key = target.slice.value
        return [entry(ast.unparse(target.value), key if isinstance(key, str | int) else repr(key))]
    if isinstance(target, ast.Subscript):
        return [ast.unparse(target.value)]
    return [ast.unparse(target)]


def _readings(node: ast.AST) -> Iterator[Reading]:
    """Names, attributes such as self.params, and their entries; a function that is called is not read."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        base = ast.unparse(node.value)
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str | int):
            yield Reading(base, literal=node.slice.value)
            return
        if isinstance(node.slice, ast.Name):
            yield Reading(base, variable=node.slice.id)
            yield Reading(node.slice.id)
            return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield Reading(node.id)
        return
    if isinstance(node, ast.Attribute) and _is_dotted(node):
        yield Reading(ast.unparse(node))
        return
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):  # the object whose method is called
            yield from _readings(node.func.value)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            yield from _readings(argument)
        return
    for child in ast.iter_child_nodes(node):
        yield from _readings(child)


def _is_dotted(node: ast.AST) -> bool:
    """a.b.c: names and dots alone."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
