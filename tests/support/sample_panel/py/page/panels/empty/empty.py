"""What the network in use says of an image without a digit."""

from ui.dom import by_id, enable, on_click
from ui.i18n import _, on_language, percent
from worker_link import worker

_now = {"answer": None}


def start():
    on_click("empty-ask", _ask)
    on_language(_show)


def worker_is_ready():
    _show()


async def _ask():
    _now["answer"] = (await worker.call("empty_image"))[0]
    _show()


def _show():
    """All words, in the language of the moment."""
    enable("empty-ask", worker.ready(), worker.why())
    answer = _now["answer"]
    if answer:
        by_id("empty-answer").textContent = _(
            "A {digit}, it says, and is {percent} sure.",
            digit=answer["digit"],
            percent=percent(answer["probability"]),
        )
