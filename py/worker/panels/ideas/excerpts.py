"""The code beside the formulas of the chapter's ideas: lines of the functions as they run here."""

import ast
import inspect
import textwrap

from kobai.book import functions
from kobai.book.gradient import numerical_gradient
from kobai.book.training_step import training_step
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.lessons import numerical_differentiation
from kobai.lessons.gradient_descent import function_2, gradient_descent
from kobai.lessons.minibatch_noise import Minibatches
from kobai.tracing.source_statements import source_of
from protocol import called_by_page

SHOWN = {
    each.__qualname__: each
    for each in (
        TwoLayerNet.accuracy,
        functions.cross_entropy_error,
        functions.sum_squared_error,
        numerical_differentiation.forward_difference,
        numerical_differentiation.central_difference,
        function_2,
        numerical_gradient,
        gradient_descent,
        Minibatches.draw,
        Minibatches._tremble,
        training_step,
    )
}


@called_by_page
def excerpt(code, begin="def ", end=""):
    """Lines of a function without its docstring, as [number from 1 on, text without the common indent].

    From the line that starts with `begin` to the first one after it that starts with `end`, or to the last.
    The numbers are those within the excerpt: in the file the docstring would leave a gap between them.
    KobaiError for a function or a line that does not exist.
    """
    if code not in SHOWN:
        raise KobaiError("There is no such code to show: {what}.", what=code[:60])
    source = source_of(inspect.unwrap(SHOWN[code]).__code__)
    text = textwrap.dedent(source.text)
    hidden = _docstring(text)
    lines = [line for i, line in enumerate(text.rstrip("\n").split("\n"), 1) if i not in hidden]
    start = _place(lines, begin, 0)
    stop = _place(lines, end, start) if end else len(lines) - 1
    shown = textwrap.dedent("\n".join(lines[start : stop + 1])).split("\n")
    return {
        "title": source.title,
        "file": source.file,
        "lines": [[number, line] for number, line in enumerate(shown, 1)],
    }


def _docstring(text):
    """The numbers of the lines, from 1 on, that the docstring of the function takes up."""
    first = ast.parse(text).body[0].body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str)
    return range(first.lineno, first.end_lineno + 1) if is_text else ()


def _place(lines, start, after):
    for i in range(after, len(lines)):
        if lines[i].lstrip().startswith(start):
            return i
    raise KobaiError("There is no such code to show: {what}.", what=start)
