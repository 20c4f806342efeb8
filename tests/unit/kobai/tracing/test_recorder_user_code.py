"""Code of a learner's own under trace: what it computes, raises and notices is what it does without."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from kobai.book.functions import softmax
from kobai.tracing.recorder import MOST_DEPTH, RAISE, RETURN, record
from support.user_programs import learners

NOTICES = {
    "an attribute made up on demand": """
class Odd:
    asked = 0
    def __getattr__(self, name):
        Odd.asked += 1
        raise RuntimeError(name)
def mine():
    odd = Odd()
    seen = 1
    return Odd.asked
""",
    "a property that counts": """
class Odd:
    asked = 0
    @property
    def params(self):
        Odd.asked += 1
        return {}
def mine():
    odd = Odd()
    seen = 1
    return Odd.asked
""",
    "a number that cannot be written": """
class Odd(int):
    def __repr__(self):
        raise RuntimeError
def mine():
    odd, large = Odd(3), 10**5000
    return odd + 1
""",
    "a dict and an array of its own kind": """
class Own(dict):
    def __iter__(self):
        raise RuntimeError
    items = keys = __getitem__ = __iter__
class Numbers(np.ndarray):
    def tobytes(self):
        raise RuntimeError
    copy = __eq__ = __repr__ = tobytes
def mine():
    own, numbers = Own(a=1), np.zeros(3).view(Numbers)
    odd = np.array([1, "x", None], dtype=object)
    odd[0] = odd
    masked = np.ma.array([1.0, 2.0], mask=[0, 1])
    return dict.__len__(own), len(odd), float(masked.sum())
""",
    "things that hold themselves": """
def mine():
    held = ([],)
    held[0].append(held)
    own = {}
    own["own"] = own
    return len(own)
""",
    "a generator left, closed and thrown into": """
def numbers():
    try:
        for k in range(9):
            yield k
    except ValueError:
        yield -1
def mine():
    for k in numbers():
        if k == 2:
            break
    left, thrown = numbers(), numbers()
    next(left), next(thrown)
    left.close()
    return k, thrown.throw(ValueError)
""",
    "comprehensions, lambdas and an iterator": """
class Ends:
    def __iter__(self):
        return self
    def __next__(self):
        raise StopIteration
def mine():
    a = [i * 2 for i in range(3)]
    b = {k: (lambda v: v + 1)(k) for k in a}
    c = sum(i for i in b)
    for i in Ends():
        pass
    return a, b, c
""",
    "the names there are": """
def mine():
    a = 1
    exec("b = 2")
    return sorted(locals())
""",
    "what is freed": """
import weakref
class Odd:
    pass
def mine():
    odd = Odd()
    there = weakref.ref(odd)
    odd = None
    seen = 1
    return there() is None
""",
}


@pytest.mark.parametrize("name", NOTICES)
def test_code_does_not_notice_that_it_is_traced(name: str) -> None:
    expected = learners(NOTICES[name])()
    recording = record(learners(NOTICES[name] + "\n"))
    assert recording.error is None
    assert recording.result == expected
    assert recording.moments[-1].kind == RETURN


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def mine():\n    try:\n        1 / 0\n    finally:\n        a = 1\n", [3]),
        ("import sys\ndef mine():\n    sys.exit(3)\n", [3]),
        ("def f():\n    return [][0]\ndef mine():\n    return f()\n", [2, 4]),
    ],
)
def test_an_error_passes_through_each_call(text: str, lines: list[int]) -> None:
    with pytest.raises((Exception, SystemExit)) as plain:
        learners(text)()
    recording = record(learners(text + "\n"))
    assert type(recording.error) is plain.type
    assert str(recording.error) == str(plain.value)
    raises = [moment for moment in recording.moments if moment.kind == RAISE]
    assert len(raises) == len(lines)
    assert [moment.line for moment in raises][-1] in (lines[-1], 5)  # 5: the end of `finally`


def test_none_returned_is_no_error() -> None:
    text = (
        "import contextlib\ndef mine():\n"
        "    with contextlib.suppress(ValueError):\n        raise ValueError\n"
    )
    recording = record(learners(text))
    assert (recording.error, recording.moments[-1].kind) == (None, RETURN)


def test_calls_without_end_end_the_recording() -> None:
    recording = record(learners("def mine(n=0):\n    return mine(n + 1)\n"))
    assert isinstance(recording.error, RecursionError)
    assert max(moment.depth for moment in recording.moments) == MOST_DEPTH - 1
    assert "too deep" in str(recording.stopped)
    deep = record(learners("def mine(n):\n    return 0 if n == 0 else 1 + mine(n - 1)\n"), 300)
    assert (deep.result, deep.error) == (300, None)


def test_memory_stays_within_the_limit_also_where_arrays_repeat() -> None:
    same = learners("def mine():\n    for i in range(200):\n        a = np.zeros(100_000)\n    return 1\n")
    large = learners("def mine():\n    a = np.empty(2_000_000, np.uint8)\n    return a[:0].sum()\n")
    for mine, most in ((same, 4_000_000), (large, 1_000_000)):
        tracemalloc.start()
        recording = record(mine, most_bytes=most)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert recording.error is None
        assert peak < 8_000_000
        kept = sum(value.nbytes for value in recording.values if isinstance(value, np.ndarray))
        assert kept <= most


def test_attributes_and_entries_are_variables() -> None:
    text = (
        "class Layer:\n    def __init__(self, w):\n        self.w = w\n"
        "    def forward(self, x):\n        self.out = x * self.w\n        return self.out\n\n"
        "def mine(x):\n    layer, found = Layer(2.0), {}\n    found[0] = layer.forward(x)\n    return found\n"
    )
    recording = record(learners(text), np.arange(3.0))
    by_line = {
        (recording.source(at).title.rsplit(".")[-1], moment.line): at
        for at, moment in enumerate(recording.moments)
        if moment.kind == "line"
    }
    assert recording.made(by_line["__init__", 3]) == ["self.w"]
    assert recording.made(by_line["forward", 5]) == ["self.out"]
    assert recording.read(by_line["forward", 5]) == ["x", "self.w"]
    assert recording.made(by_line["mine", 10]) == ["found[0]", "layer.out"]
    assert recording.value(len(recording.moments) - 1, "return[0]").tolist() == [0, 2, 4]


def test_a_decorated_function_is_entered_and_its_decorator_is_not() -> None:
    recording = record(softmax, np.array([1.0, 2.0]))
    assert {source.file for source in recording.sources} == {"book/functions.py"}


def test_a_generator_is_one_call_and_may_outlive_the_recording() -> None:
    text = (
        "def pairs():\n    yield 1\n    yield 2\n\n"
        "def mine():\n    left = pairs()\n    next(left)\n    next(left)\n    return left\n"
    )
    recording = record(learners(text))
    assert len(recording.frames) == 2
    left: Any = recording.result
    moments = len(recording.moments)
    assert list(left) == []
    assert len(recording.moments) == moments
