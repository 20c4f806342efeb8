"""What this browser keeps and cannot be read: a notice that names it, and a list to save or delete it."""

import networks
from panels.keep import saving
from pyscript import window
from ui import confirm
from ui.display_name import plain
from ui.dom import by_id, make, on, on_click, spawn
from ui.i18n import N_, _, number, on_language
from ui.state import State
from worker_link import worker

KINDS = {
    "network": N_("a network"),
    "training": N_("a training"),
    "choices": N_("the settings and choices of this page"),
    "digit": N_("the digit you drew"),
    "unknown": N_("something that this page does not know"),
}
MOST_NAMED = 5  # in the notice
MOST_LISTED = 50


class _Now(State):
    def __init__(self):
        self.records = []
        self.closed = []


_now = _Now()  # closed: the records that were named when the notice was closed


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("unread-show", _go_to_list)
    on_click("unread-close", _close)
    worker.on("aside", lambda message: spawn(_one_more()))
    worker.on("kept", lambda message: spawn(_refresh()))
    on_language(_show)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    spawn(_refresh())


async def _one_more():
    if worker.ready():  # else it is in the list that the start of Python ends with
        await networks.reread()  # a network that is set aside has left the shelf
        await _refresh()


async def _refresh():
    if worker.ready():
        _now.records = (await worker.call("records_aside"))[0]["records"]
        _show()


def _show():
    records = _now.records
    unseen = [each for each in records if each["record"] not in _now.closed]
    sentence = _sentence(records) if unseen else ""
    by_id("unread-sentence").textContent = by_id("unread-spoken").textContent = sentence
    by_id("unread").hidden = not sentence
    by_id("aside").hidden = not records
    by_id("aside-list").replaceChildren(*[_item(each) for each in records[:MOST_LISTED]])
    more = len(records) - MOST_LISTED
    by_id("aside-more").textContent = _("and {count} more", count=number(more)) if more > 0 else ""


def _sentence(records):
    names = ", ".join(_name(each) for each in records[:MOST_NAMED])
    if len(records) > MOST_NAMED:
        names += " " + _("and {count} more", count=number(len(records) - MOST_NAMED))
    return _(
        "Set aside, because it cannot be read: {names}. Everything else works as before. Under “Everything "
        "you made” you can save it to a file, or delete it.",
        names=names,
    )


def _name(each):
    """What the learner may know it by, and the name it has in the browser's storage."""
    kind = _(KINDS[each["kind"]])
    if each["name"]:
        kind = _("the network “{name}”", name=plain(each["name"]))
    return "{} ({})".format(kind, plain(each["record"])[:60])


def _item(each):
    name = _name(each)
    item = make("li")
    item.append(make("span", name))
    for text, work in ((_("Save to a file"), _save), (_("Delete"), _delete)):
        button = make("button", text, type="button", aria_label=f"{text}: {name}")
        _on_press(button, work, each)
        item.append(button)
    return item


def _on_press(button, work, each):
    on(button, "click", lambda event: spawn(work(each)))


async def _save(each):
    about, data = await worker.call("save_record", record=each["record"])
    saving.hand_over(data, about["name"])


async def _delete(each):
    question = _("Delete what cannot be read? {name}. This cannot be undone.", name=_name(each))
    if await confirm.ask(question, _("Delete")):
        await worker.call("delete_record", record=each["record"])
        await _refresh()


def _go_to_list():
    window.kobai.go("#aside")
    by_id("aside-list").querySelector("button").focus()


def _close():
    _now.closed = [each["record"] for each in _now.records]
    _show()
