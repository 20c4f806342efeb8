"""The learner's own program under trace: what it computes, prints and raises, and that it comes to an end."""

from __future__ import annotations

import contextlib
import io
import linecache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.book.functions import softmax
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.tracing.recorder import MOST_MOMENTS
from kobai.tracing.user_code import FILE, MOST_LETTERS, MOST_PRINTED, run_own_code


def final(recording, name):
    return recording.values[recording.moments[-1].state[name]]


def lines_run(recording) -> list[int]:
    return [m.line for m in recording.moments if recording.frames[m.frame].source == 0 and m.kind == "line"]


def test_the_six_lines_of_predict_give_what_predict_gives():
    np.random.seed(0)
    net, x = TwoLayerNet(784, 50, 10), np.random.rand(2, 784)
    recording, printed = run_own_code(
        'a1 = np.dot(x, net.params["W1"]) + net.params["b1"]\nz1 = sigmoid(a1)\n'
        'a2 = np.dot(z1, net.params["W2"]) + net.params["b2"]\ny = softmax(a2)\n',
        {"net": net, "x": x, "t": np.array([3, 4])},
    )
    np.testing.assert_array_equal(final(recording, "y"), net.predict(x))
    assert (recording.error, recording.stopped, printed) == (None, None, "")
    assert [source.title for source in recording.sources][:2] == [FILE, "sigmoid"]
    assert lines_run(recording) == [1, 2, 3, 4]
    assert recording.made(0) == ["a1"]


def test_a_program_of_the_book_runs_as_it_stands():
    """With the book's imports, a main part, functions and classes of its own."""
    recording, printed = run_own_code(
        "import sys, os\n"
        "sys.path.append(os.pardir)\n"
        "import numpy as np\n"
        "from common.functions import softmax, cross_entropy_error\n"
        "from common.gradient import numerical_gradient\n"
        "class simpleNet:\n"
        "    def __init__(self):\n"
        "        self.W = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])\n"
        "    def loss(self, x, t):\n"
        "        return cross_entropy_error(softmax(np.dot(x, self.W)), t)\n"
        "if __name__ == '__main__':\n"
        "    net = simpleNet()\n"
        "    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])\n"
        "    dW = numerical_gradient(lambda W: net.loss(x, t), net.W)\n"
        "    print(dW.shape)\n",
        {},
    )
    assert recording.error is None
    assert printed == "(2, 3)\n"
    y = softmax(np.array([0.6, 0.9]) @ np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]))
    np.testing.assert_allclose(final(recording, "dW"), np.outer([0.6, 0.9], y - [0, 0, 1]), rtol=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    pass\n",
        "n = 0\nwhile n >= 0:\n    try:\n        n += 1\n    except Exception:\n        pass\n",
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "import itertools\nfor n in itertools.count():\n    print(n)\n",
        "a = []\nfor n in range(10**9):\n    a.append(np.ones(100_000))\n    b = a[-1] * n\n",
    ],
)
def test_a_program_without_an_end_is_ended(text):
    recording, _printed = run_own_code(text, {})
    assert recording.stopped is not None
    assert 1 <= len(recording.moments) <= MOST_MOMENTS


@pytest.mark.parametrize(
    ("text", "line", "error"),
    [
        ("a = 1\nb = a / 0\n", 2, ZeroDivisionError),
        ("a = np.zeros(3)\nb = a @ np.zeros(4)\n", 2, ValueError),
        ("y\n", 1, NameError),
        ("import sys\nsys.exit(3)\n", 2, SystemExit),
        ("raise KeyboardInterrupt\n", 1, KeyboardInterrupt),
        ("import nothing_of_this_name\n", 1, ModuleNotFoundError),
    ],
)
def test_an_error_is_kept_with_all_that_came_before(text, line, error):
    recording, _printed = run_own_code(text, {})
    assert isinstance(recording.error, error)
    assert (recording.moments[-1].kind, recording.moments[-1].line) == ("raise", line)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no code yet"),
        (" \n\t\n", "no code yet"),
        ("a = 1\nb = = 2\n", "Line 2 of your code"),
        ("for i in range(3):\nprint(i)\n", "Line 2 of your code"),
        ("await x\n", "Line 1 of your code"),
        ("a = 1" + " " * MOST_LETTERS, "can be traced"),
        ("a = 1\x00", "your code"),
        ("a = '\ud800'", "your code"),
        ("-" * 15_000 + "1", "your code"),
    ],
    ids=["empty", "blank", "syntax", "indentation", "await", "long", "zero", "surrogate", "deep"],
)
def test_a_text_that_is_no_program_is_refused_with_its_line(text, says):
    with pytest.raises(KobaiError, match=says) as refused:
        run_own_code(text, {})
    assert "None" not in str(refused.value)


def test_arrays_are_printed_as_python_prints_them():
    array = np.linspace(0, 1, 5)
    recording, printed = run_own_code("print(a, repr(a), f'{a.mean():.2f}')\n", {"a": array})
    assert recording.error is None
    assert printed == f"{array} {array!r} 0.50\n"


def test_only_the_beginning_of_much_output_is_shown():
    _recording, printed = run_own_code("for i in range(500):\n    print('x' * 100)\n", {})
    assert len(printed) == MOST_PRINTED
    assert set(printed) == {"x", "\n"}


def test_line_numbers_are_those_of_python():
    """A form feed or a line separator within a text is no new line."""
    recording, _printed = run_own_code("a = 'x\u2028y\x0c'\nb = 2\n", {})
    assert recording.source(0).text.split("\n")[1] == "b = 2"
    assert linecache.getline(FILE, 2) == "b = 2\n"


@given(
    st.lists(st.sampled_from(["a += 1", "b = a * 2", "a, b = b, a", "print(a, b)", "b -= 3"]), max_size=30)
)
def test_it_computes_what_it_does_without_a_trace(statements):
    text = "\n".join(["a, b = 1, 2", *statements])
    printed, names = io.StringIO(), {}
    with contextlib.redirect_stdout(printed):
        exec(text, names)  # noqa: S102 (made of the five statements above)
    recording, said = run_own_code(text, {})
    assert said == printed.getvalue()
    assert (final(recording, "a"), final(recording, "b")) == (names["a"], names["b"])
    assert lines_run(recording) == list(range(1, len(statements) + 2))
