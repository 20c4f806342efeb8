"""A program of the learner's own, to be traced: where it is written and kept, and what it printed."""

import asyncio

from pyscript import document
from ui.dom import by_id, on, on_click, spawn
from ui.i18n import N_, _, on_language
from ui.state import State
from worker_link import user_worker, worker

REST = 0.4  # seconds after the last letter before the text is kept
INDENT = "    "
HEAD = N_("net: the network in use, x: its images, t: their digits")
EXAMPLE = """
a1 = np.dot(x, net.params["W1"]) + net.params["b1"]
z1 = sigmoid(a1)
a2 = np.dot(z1, net.params["W2"]) + net.params["b2"]
y = softmax(a2)

for digit in range(10):
    print(digit, y[0, digit])
"""


class _Now(State):
    def __init__(self):
        self.example = ""
        self.touched = False
        self.asked = False
        self.kept = None


_now = _Now()  # kept: None for the example


def start():
    """Connect its controls; called once, before Python runs."""
    field = by_id("trace-text")
    on(field, "input", _on_input)
    on(field, "change", lambda event: spawn(_keep()))
    on(document.defaultView, "pagehide", lambda event: spawn(_keep()))
    on(field, "keydown", _on_key)
    on(by_id("trace-function"), "change", lambda event: show())
    on(by_id("trace-example"), "click", lambda event: _take_example())
    on_click("trace-stop", user_worker.end)
    on_language(_fill_example)
    show()


async def refresh():
    """What an earlier visit left, once; what was written meanwhile is newer, if only the example again."""
    if not _now.asked:
        _now.asked = True
        kept = (await worker.call("kept_code"))[0]["code"]
        if kept is not None and not _now.touched:
            put_kept(kept)
        else:
            _now.kept = kept
            await _keep()


def chosen():
    """Whether a program is to be traced, and no function of the library."""
    return by_id("trace-function").value == "code"


def show():
    """The field for own code is seen only where own code is chosen."""
    by_id("trace-own").hidden = not chosen()


def put_kept(code):
    """What the storage holds now."""
    _now.kept = by_id("trace-text").value = code


def text():
    """The program as it stands in the field."""
    return by_id("trace-text").value


def running(is_running):
    """While a program runs it can be stopped, together with the Python that runs it."""
    by_id("trace-stop").hidden = not is_running


def show_printed(recording):
    """What the program printed, if anything."""
    printed = recording.get("printed", "")
    by_id("trace-printed-all").hidden = not printed
    by_id("trace-printed").textContent = printed


# ------------------------------------------------------------------ the text


def _fill_example():
    """In the language of the page, as long as nothing else stands there."""
    old, _now.example = _now.example, f"# {_(HEAD)}{EXAMPLE}"
    if text() == old:
        by_id("trace-text").value = _now.example


def _take_example():
    field = by_id("trace-text")
    field.focus()
    field.select()
    _type(_now.example)


def _type(letters):
    """In place of what is selected, as if typed: the browser can undo it."""
    document.execCommand("insertText", False, letters)


def _on_key(event):
    """Enter begins the next line below the first letter of this one, after a colon further in."""
    if event.key != "Enter" or event.isComposing or event.shiftKey or event.ctrlKey or event.metaKey:
        return
    before = _first(event.target.selectionStart, text())
    line = before.split("\n")[-1]
    indent = line[: len(line) - len(line.lstrip(" "))]
    event.preventDefault()
    _type("\n" + indent + (INDENT if line.rstrip().endswith(":") else ""))


def _first(units, letters):
    """The letters within the first so many units of UTF-16, which the browser counts: two beyond U+FFFF."""
    for i, letter in enumerate(letters):
        if units <= 0:
            return letters[:i]
        units -= 2 if ord(letter) > 0xFFFF else 1
    return letters


def _on_input(_event):
    _now.touched = True
    spawn(_keep_soon())


async def _keep_soon():
    typed = text()
    await asyncio.sleep(REST)
    if typed == text():
        await _keep()


async def _keep():
    written = None if text() == _now.example else text()
    if worker.ready() and _now.asked and written != _now.kept:
        _now.kept = written
        await worker.call("keep_code", code=written)
