"""How a call of the page becomes a call of a Python function, and its result a reply.

A call is JSON text (the arguments) and buffers; a reply is JSON text and typed arrays. An expected failure
(KobaiError) is a reply too: its message and values, for the page to translate.
"""

import inspect
import json
import traceback

from kobai.errors import KobaiError
from pyodide.ffi import to_js

# How NumPy refuses an array of which not even the size fits into the 32 bits of an address here
TOO_BIG = ("array is too big", "iterator is too large", "Maximum allowed")


def exported(function):
    """The function as the page calls it."""

    async def call(arguments="{}", *buffers):
        try:
            result = function(*buffers, **json.loads(arguments))
            if inspect.isawaitable(result):
                result = await result
        except KobaiError as error:
            return to_js([as_text(refusal(error))])
        except (MemoryError, ValueError) as error:
            if isinstance(error, ValueError) and not str(error).startswith(TOO_BIG):
                raise
            return to_js([as_text(refusal(_no_memory()))])
        answer, *arrays = result if isinstance(result, tuple) else (result,)
        try:
            return to_js([as_text(answer), *arrays])
        except ValueError:
            return to_js([as_text(refusal(_no_number()))])

    call.__name__ = function.__name__
    return call


def as_text(answer):
    """As JSON for the page, each letter as itself. ValueError for NaN and infinity.

    MicroPython would read the pair of escapes for a letter beyond U+FFFF as two letters. Half a pair alone,
    which UTF-8 cannot hold, stays an escape.
    """
    text = json.dumps(answer, allow_nan=False, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode()


def _no_number():
    """JSON has neither NaN nor infinity, and a page that drew them would show nothing sensible."""
    return KobaiError(
        "The numbers of this network have grown beyond what a computer can hold, so there is nothing to "
        "show here. Use another network, or train with a smaller learning rate."
    )


def _no_memory():
    return KobaiError(
        "There is not enough memory for this. Close other tabs, or ask for less, for instance a smaller "
        "batch or fewer hidden units."
    )


def refusal(error):
    """The reply for an expected failure, a KobaiError."""
    return {**said(error), "details": "".join(traceback.format_exception(error))}


def said(error):
    """A KobaiError as the page translates it; None for none."""
    return None if error is None else {"refused": error.template, "values": error.values}
