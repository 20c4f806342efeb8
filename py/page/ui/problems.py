"""Every failure as a sentence, with what to do next and the details behind a fold."""

import sys

from pyscript import document, ffi
from ui.i18n import N_, _

UNEXPECTED = N_("Something went wrong that should not have. Your network is kept; please try again.")
TRY_AGAIN = N_("Try again")
_now = {"told": None}  # the error that the notice is about


class Problem(Exception):
    """An expected failure: a sentence for the learner, technical details, and a button to try again."""

    def __init__(self, sentence, details="", retry=None, action=TRY_AGAIN):
        """retry: called by a button of the name `action`; None: there is no such button."""
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
        self.retry = retry
        self.action = action


class Refused(Problem):
    """The learning library said no, and why; nothing has changed."""


def tell(error):
    """Show what went wrong: a Problem (one without a sentence is not shown), or anything unexpected."""
    if isinstance(error, Problem) and not error.sentence:
        return
    _now["told"] = error
    if isinstance(error, Problem):
        _show(error.sentence, error.details, error.retry, error.action)
        return
    sys.print_exception(error)
    sentence = _(UNEXPECTED)
    _show(sentence, " ".join(str(a) for a in error.args) or repr(error), None)


def _show(sentence, details, retry, action=TRY_AGAIN):
    part = document.getElementById
    part("problem-sentence").textContent = sentence
    part("problem-details").textContent = details
    part("problem-fold").hidden = not details
    part("problem-retry").hidden = retry is None
    part("problem-retry").textContent = _(action)
    part("problem-retry").setAttribute("data-t", action)
    part("problem-close").hidden = False

    def try_again(event):
        close()
        retry()

    part("problem-retry").onclick = ffi.create_proxy(try_again)
    part("problem-close").onclick = ffi.create_proxy(close)
    part("problem").hidden = False
    part("problem").scrollIntoView(ffi.to_js({"block": "nearest"}))


def close(event=None):
    """Hide the notice."""
    document.getElementById("problem").hidden = True


def take_back(error):
    """What failed is tried again: the notice goes, if it is still about this error."""
    if error is not None and _now["told"] is error:
        close()


def _on_error(event):
    tell(
        Problem(
            _(UNEXPECTED),
            str(event.message),
        )
    )


def _on_rejection(event):
    tell(
        Problem(
            _(UNEXPECTED),
            str(event.reason),
        )
    )


def watch():
    """Tell of anything that nobody caught."""
    page = document.defaultView  # a method called on the js module itself has no `this`
    page.addEventListener("error", ffi.create_proxy(_on_error))
    page.addEventListener("unhandledrejection", ffi.create_proxy(_on_rejection))
