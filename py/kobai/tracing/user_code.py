"""Run a learner's own program and record it line by line (see recorder.py), the book's functions at hand."""

from __future__ import annotations

import builtins
import contextlib
import io
import linecache
import sys
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..book import functions, gradient, two_layer_net
from ..errors import KobaiError
from .recorder import Recording, record

FILE = "your code"  # what stands in a traceback
MOST_LETTERS = 20_000
MOST_PRINTED = 10_000  # letters
FUNCTIONS = (
    "identity_function", "step_function", "sigmoid", "sigmoid_grad", "relu", "relu_grad", "softmax",
    "sum_squared_error", "cross_entropy_error", "softmax_loss",
)  # fmt: skip
NAMES: dict[str, Any] = {
    "np": np,
    "TwoLayerNet": two_layer_net.TwoLayerNet,
    "numerical_gradient": gradient.numerical_gradient,
    **{name: getattr(functions, name) for name in FUNCTIONS},
}
MODULES = {  # what the programs of the book import
    "common": types.ModuleType("common"),
    "common.functions": functions,
    "common.gradient": gradient,
    "two_layer_net": two_layer_net,
}


def run_own_code(text: str, given: Mapping[str, Any]) -> tuple[Recording, str]:
    """Run a program and record each of its lines, and those of the library's functions that it calls.

    given: its variables, beside NAMES. Returns the recording and what was printed, MOST_PRINTED letters at
    most. What the program raises is kept in the recording. At a limit of the recording the program is ended,
    for it may be one that never ends. KobaiError for a text that is empty, too long or no Python.
    """
    code = _compiled(text)
    linecache.cache[FILE] = (len(text), None, io.StringIO(text).readlines(), FILE)
    for name, module in MODULES.items():
        sys.modules.setdefault(name, module)
    known = {"__name__": "__main__", "__builtins__": builtins, **NAMES, **given}
    program = types.FunctionType(code, known)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        recording = record(program, halt=True)
    return recording, printed.getvalue()[:MOST_PRINTED]


def _compiled(text: str) -> types.CodeType:
    if not text.strip():
        raise KobaiError("There is no code yet: write some, or take the example.")
    if len(text) > MOST_LETTERS:
        raise KobaiError(
            "Your code has {letters} letters; at most {most} can be traced.",
            letters=len(text), most=MOST_LETTERS,
        )  # fmt: skip
    try:
        return compile(text, FILE, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise KobaiError(
            "Line {line} of your code is not Python yet: {error}", line=error.lineno or 1, error=error.msg
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:  # a zero byte; too deep for the parser
        raise KobaiError("Python cannot read your code: {error}", error=str(error)) from error
