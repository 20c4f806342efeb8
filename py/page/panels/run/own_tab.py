"""Which training is on the page in this tab: known across a reload, and to this tab alone."""

from pyscript import window

KEY = "kobai-training"  # in sessionStorage
_now = {"run": None}


def recall():
    """The id of the training; "" when there was none, None in a tab that is new."""
    return window.kobai.recallInTab(KEY)


def remember(run):
    """run: the id of the training, "" for none."""
    if _now["run"] != run:
        _now["run"] = run
        window.kobai.rememberInTab(KEY, run)
