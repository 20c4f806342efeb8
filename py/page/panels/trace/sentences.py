"""What Trace says of a recording: where it begins, how it ended, what it is of."""

import networks
from panels.trace import ask
from ui.i18n import _


def first_moment(wish, recording):
    """(the moment where the wish wants to begin, "") or, where it names none that exists, (0, a sentence)."""
    if "at" in wish and wish["at"] < len(recording["line"]):
        return wish["at"], ""
    if "at" in wish:
        return 0, _("The link names a moment that this recording does not have; here is its beginning.")
    if "line" in wish and wish["line"] in recording["line"]:
        return recording["line"].index(wish["line"]), ""
    if "line" in wish:
        return 0, _("The link names a line that does not run here; here is the beginning.")
    return 0, ""


def ending(recording):
    """A limit was reached, or the function failed: the moments until then are there."""
    stopped, raised = recording["stopped"], recording["raised"]
    if stopped and recording["f"] == "code":
        return _(stopped["refused"], **stopped["values"]) + " " + _("Your code was ended there.")
    if stopped:
        return _(stopped["refused"], **stopped["values"])
    return _("It ended with an error: {error}", error=raised["text"]) if raised else ""


def says_what(recording):
    """The function, the images and the network; and whether another network is in use now."""
    about = recording["network"]
    function, rate = recording["f"], recording["learning_rate"]
    if function == "step":
        function = _("one step of training with the learning rate {lr}", lr=f"{rate:.3g}")
    if function == "code":
        function = _("your own code")
    text = f"{function} · {ask.says_images(recording)} · {networks.name_of(about['id'], about)}"
    in_use = networks.about(networks.current())
    if in_use and (in_use["id"], in_use["iterations"]) != (about["id"], about["iterations"]):
        text += " · " + _("another network is in use now: press Trace for its numbers")
    return text
