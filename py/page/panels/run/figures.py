"""The figures of the moment of a training, its progress bar, and the line that tells of it in other views."""

from ui.dom import by_id
from ui.i18n import _, duration, number, percent

_now = {"spoken": -1}  # the tenth of the training that a screen reader was told of


def show(status, settings, running):
    """status: what the worker says of the training on the page, None for none; settings: those it has."""
    shown = {
        "now-iteration": "0",
        "now-epoch": "0.00",
        "now-loss": "–",
        "now-accuracy": "–",
        "now-rate": "–",
        "now-left": "–",
    }
    part, measured = 0, _("test accuracy")
    if status:
        total = settings["iterations"]
        share = status["images_done"] / settings["batch_size"]  # of an iteration
        part = (status["iteration"] + share) / total
        shown["now-iteration"] = f"{number(status['iteration'])} / {number(total)}"
        shown["now-epoch"] = f"{status['epoch']:.2f}"
        if status["loss"] is not None:
            shown["now-loss"] = f"{status['loss']:.4f}"
        if status["test_accuracy"] is not None:
            shown["now-accuracy"] = percent(status["test_accuracy"])
            measured = _("test accuracy at {iteration}", iteration=number(status["evaluated_at"]))
        if running and status["rate"]:
            rate = status["rate"]
            shown["now-rate"] = number(int(rate + 0.5)) if rate >= 10 else f"{rate:.1f}"
            shown["now-left"] = duration((total - status["iteration"]) / rate)
        if running and status["evaluating"]:
            shown["now-left"] = _("measuring…")
    for name, text in shown.items():
        by_id(name).textContent = text
    by_id("now-accuracy-name").textContent = measured
    by_id("run-bar").value = part
    _show_elsewhere(shown, running)
    tenth = int(part * 10)
    if status and tenth != _now["spoken"]:
        _now["spoken"] = tenth
        by_id("run-spoken").textContent = _("{percent} of the training done.", percent=percent(part, 0))


def _show_elsewhere(shown, running):
    """The line below the header, seen in all views but the first."""
    by_id("running").hidden = not running
    if running:
        by_id("running").textContent = _(
            "Training goes on: iteration {iteration}, loss {loss}. Back to it",
            iteration=shown["now-iteration"],
            loss=shown["now-loss"],
        )


def of_slow_gradient(status, settings, running):
    """How far the numerical gradient of the moment is, when one takes more than a second; "" otherwise."""
    if not running or not status or not status["images_done"] or status["rate"] >= 1:
        return ""
    return " " + _(
        "This numerical gradient: {done} of {count} images.",
        done=number(status["images_done"]),
        count=number(settings["batch_size"]),
    )
