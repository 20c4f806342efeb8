"""Page and worker agree on what they say to each other; docs/protocol.md is what the sources say."""

import ast
import re
from collections import Counter

import protocol
import pytest
from sitebuild.check.describe_protocol import ROOT, calls, text

CALLS = calls()


def strings_in(folder):
    """Every string constant of the modules of a folder."""
    return {
        node.value
        for path in (ROOT / "py" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def first_arguments(folder, *functions):
    """The first argument of each call of these functions, where it is a string."""
    return {
        node.args[0].value
        for path in (ROOT / "py" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in functions
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_the_description_is_that_of_the_sources():
    assert (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8") == text()


def test_every_function_has_one_place_and_says_what_it_does():
    assert [name for name, count in Counter(call.name for call in CALLS).items() if count > 1] == []
    assert [call for call in CALLS if not call.says] == []


def test_the_page_calls_what_there_is_and_all_of_it():
    names = {call.name for call in CALLS}
    called = first_arguments("page", "worker.call", "call", "_call")
    assert called - names == set()
    assert names - strings_in("page") - {"init"} == set()  # `init` is called with its base


def test_messages_are_of_kinds_that_the_protocol_names_and_all_are_heard():
    sent = first_arguments("worker", "tell", "progress.tell")
    heard = first_arguments("page", "worker.on", "ComputeButton")
    assert sent <= set(protocol.PROGRESS)
    assert set(protocol.PROGRESS) - strings_in("page") == set()
    assert set(protocol.PROGRESS) - strings_in("worker") == set()
    assert heard & set(protocol.PROGRESS)


def test_each_job_can_be_cancelled_by_the_page_and_looks_whether_it_was():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "py/worker/panels").rglob("*.py"))
    for job in protocol.JOBS:
        assert re.search(rf'jobs\.begin\("{job}"\)', source), job
        assert re.search(rf'is_cancelled\("{job}"\)', source), job
        assert job in strings_in("page"), job


class Owner:
    @protocol.called_by_page
    def one(self): ...

    def two(self): ...


@protocol.called_by_page
def free(): ...


def test_what_is_marked_is_found():
    owner = Owner()
    assert protocol.marked(owner) == [owner.one]
    assert protocol.marked(free) == [free]
    with pytest.raises(AttributeError):
        assert free.other
