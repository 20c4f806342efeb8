"""The images answered wrong, the most sure first: pages of them, one large with its ten probabilities."""

from panels.look import gallery
from ui.dom import by_id, make, on, on_click, spawn
from ui.i18n import _, images_of, number, on_language, percent
from ui.probability_bars import Bars, answer_of, say_verdict
from ui.roving_grid import Grid
from ui.state import State
from worker_link import worker

AT_A_TIME = 20


class _Now(State):
    def __init__(self):
        self.start = 0
        self.total = 0
        self.items = []
        self.chosen = None


_now = _Now()
_parts = {}


def start(on_cell):
    """on_cell: called with the label and the answer (each may be None) whose images are listed."""
    _parts["on_cell"] = on_cell
    _parts["grid"] = Grid(by_id("mistaken"), _choose)
    _parts["bars"] = Bars(by_id("mistaken-bars"))
    for name in ("mistaken-label", "mistaken-answer"):
        on(by_id(name), "change", lambda event: spawn(_from_the_start()))
    on_click("mistaken-all", lambda: _list(None, None))
    on_click("mistaken-back", lambda: _page(-1))
    on_click("mistaken-on", lambda: _page(1))
    on_language(_show)


def show_cell(label, answer):
    """List the images with this label and this answer."""
    spawn(_list(label, answer))


async def refresh():
    """Ask the worker for the present page of images and show it."""
    label, answer = _value("mistaken-label"), _value("mistaken-answer")
    reply = (
        await worker.call("mistaken_images", label=label, answer=answer, start=_now.start, count=AT_A_TIME)
    )[0]
    if (label, answer) != (_value("mistaken-label"), _value("mistaken-answer")):
        return  # chosen anew meanwhile: its own reply is on the way
    _now.set(**reply)
    if _now.chosen not in [image["index"] for image in _now.items]:
        _now.chosen = _now.items[0]["index"] if _now.items else None
    _show()


async def _list(label, answer):
    for name, digit in (("mistaken-label", label), ("mistaken-answer", answer)):
        by_id(name).value = "" if digit is None else str(digit)
    await _from_the_start()


async def _from_the_start():
    _now.start = 0
    _parts["on_cell"](_value("mistaken-label"), _value("mistaken-answer"))
    await refresh()


async def _page(step):
    _now.start += step * AT_A_TIME
    await refresh()


def _value(name):
    value = by_id(name).value
    return int(value) if value else None


def _choose(index):
    _now.chosen = index
    _parts["grid"].mark(index)
    _show_large()
    spawn(gallery.choose(index))


def _show():
    by_id("mistaken-what").textContent = _what()
    _parts["grid"].fill([_item(image) for image in _now.items], _now.chosen)
    _show_large()
    first, last, total = _now.start + 1, _now.start + len(_now.items), _now.total
    by_id("mistaken-pager").hidden = total <= AT_A_TIME
    by_id("mistaken-where").textContent = _(
        "{first}–{last} of {total}", first=number(first), last=number(last), total=number(total)
    )
    by_id("mistaken-back").disabled = first == 1
    by_id("mistaken-on").disabled = last >= total
    by_id("mistaken-all").hidden = not (by_id("mistaken-label").value or by_id("mistaken-answer").value)


def _what():
    label, answer = _value("mistaken-label"), _value("mistaken-answer")
    values = {"label": label, "answer": answer, "images": images_of(_now.total)}
    if label is None and answer is None:
        return _("Mistakes, the most sure first: {images}", **values)
    if answer is None:
        return _("Label {label}, answered wrong: {images}", **values)
    if label is None:
        return _("Answer {answer}, but wrong: {images}", **values)
    if label == answer:
        return _("Label {label}, answered right: {images}", **values)
    return _("Label {label}, answer {answer}: {images}", **values)


def _item(image):
    given = answer_of(image["probabilities"])
    sure = percent(max(image["probabilities"]), 1)
    given = "–" if given is None else given
    item = make("li", role="none")
    button = make("button", type="button", data_index=str(image["index"]))
    button.setAttribute(
        "aria-label",
        _(
            "Label {label}, answer {answer}, {percent} sure: test image {index}",
            label=image["label"],
            answer=given,
            percent=sure,
            index=image["index"],
        ),
    )
    words = make("span", f"{image['label']} → {given}", aria_hidden="true")  # the name says it in words
    button.append(make("img", src=image["src"], alt="", width="28", height="28"), words)
    button.append(make("small", sure, aria_hidden="true"))
    item.append(button)
    return item


def _show_large():
    chosen = [image for image in _now.items if image["index"] == _now.chosen]
    by_id("mistaken-large").hidden = not chosen
    for image in chosen:
        name = _("Test image {index}, label {label}", index=image["index"], label=image["label"])
        portrait = by_id("mistaken-portrait")
        portrait.src = image["src"]
        portrait.alt = _("Enlarged: {image}", image=name)
        by_id("mistaken-caption").textContent = name
        say_verdict(by_id("mistaken-verdict"), image["probabilities"], image["label"])
        _parts["bars"].show(image["probabilities"], image["label"])
