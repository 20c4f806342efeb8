"""The state classes of the page's modules: each field that is used is one that is made."""

import ast
import importlib.util

import pytest
from sitebuild.check.read_imports import PY

PAGE = sorted((PY / "page").rglob("*.py"))


def state_classes(tree):
    """Name of the instance -> the fields that its class makes."""
    classes = {
        node.name: {
            target.attr
            for each in ast.walk(node)
            if isinstance(each, ast.Assign)
            for target in each.targets
            if isinstance(target, ast.Attribute)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] == ["State"]
    }
    return {
        ast.unparse(node.targets[0]): classes[ast.unparse(node.value.func)]
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in classes
    }


def test_all_fields_are_made_in_the_beginning():
    wrong, count = [], 0
    for path in PAGE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, fields in state_classes(tree).items():
            count += 1
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == name:
                    if node.attr not in fields | {"set"}:
                        wrong.append(f"{path.name}:{node.lineno} {name}.{node.attr}")
                elif isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.set":
                    unknown = {word.arg for word in node.keywords if word.arg} - fields
                    wrong += [f"{path.name}:{node.lineno} {name}.set({each}=…)" for each in unknown]
    assert wrong == []
    assert count > 30


def test_several_fields_change_at_once_and_none_is_made_later():
    spec = importlib.util.spec_from_file_location("state", PY / "page" / "ui" / "state.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Now(module.State):
        def __init__(self):
            self.at, self.row = 0, 0

    now = Now()
    now.set(at=3, row=2)
    assert (now.at, now.row) == (3, 2)
    with pytest.raises(AttributeError):
        now.set(column=1)
