"""The shelf: every network with what is known of it, and what can be done with it."""

import networks
from panels.keep import interpretation, saving
from pyscript import document
from ui.display_name import plain
from ui.dom import by_id, make, on, on_click, spawn
from ui.i18n import N_, _, date, number, on_language, percent
from ui.state import State
from worker_link import lazy_room, worker

ORIGINS = {
    "shipped": N_("comes with the page"),
    "trained": N_("training now"),
    "kept": N_("trained here"),
    "opened": N_("from a file"),
}
COLUMNS = (
    N_("Build"),
    N_("Parameters"),
    N_("Test accuracy"),
    N_("Where from"),
    N_("Date"),
)


class _Now(State):
    def __init__(self):
        self.renaming = None
        self.deleted = None
        self.space = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    by_id("shelf-undo").hidden = True
    on_click("shelf-undo", _undelete)
    lazy_room.lazy("shelf", refresh)
    networks.on_change(_on_change)
    worker.on("gone", lambda: _say(""))  # what was deleted is now gone for good
    on_language(_show)


async def refresh():
    """The list as the worker has it, and the accuracy of each network that has none yet."""
    reply = (await worker.call("shelf"))[0]
    others = networks.read_shelf(reply)
    _now.space = reply
    _show()
    if others:
        await networks.changed()
    for network in networks.shelf():
        if network["accuracy"] is None and network["iterations"] != 0:
            assessed = (await worker.call("assess", network=network["id"]))[0]
            if assessed:
                networks.put(assessed)
                _show()


async def _on_change():
    _show()


def _show():
    """All rows anew; the focus stays on the control that has it."""
    focused = document.activeElement
    place = (
        (focused.getAttribute("data-do"), focused.getAttribute("data-network")) if focused else (None, None)
    )
    if not (place[0] == "name" and _now.renaming):  # not while a name is being typed
        by_id("shelf-rows").replaceChildren(*[_row(network) for network in networks.shelf()])
    if place[0]:
        for control in _controls():
            if _place(control) == place:
                control.focus()
    _show_space()


def _place(control):
    """What a control does, and to which network; (None, None) elsewhere on the page."""
    return control.getAttribute("data-do"), control.getAttribute("data-network")


def _controls():
    found = by_id("shelf-rows").querySelectorAll("[data-do]")
    return [found.item(i) for i in range(found.length)]


def _show_space():
    space = _now.space
    text = ""
    if space:
        text = _("Kept in this browser: {used} MB.", used=f"{space['used'] / 1e6:.1f}")
        if space["free"] is not None:
            text = _(
                "Kept in this browser: {used} MB; {free} MB are free.",
                used=f"{space['used'] / 1e6:.1f}",
                free=number(int(space["free"] / 1e6)),
            )
        if space["not_kept"]:
            text = _(space["not_kept"]["refused"], **space["not_kept"]["values"])
    lost = [network for network in networks.shelf() if network.get("stored") is False]
    if lost:
        text += " " + _(
            "Not kept, so gone when this page is left: {networks}.",
            networks=", ".join(networks.name_of(network["id"]) for network in lost),
        )
    by_id("shelf-space").textContent = text


def _row(network):
    key, name = network["id"], networks.name_of(network["id"])
    row = make("tr", **{"class": "in-use" if key == networks.current() else ""})
    head = make("th", scope="row")
    head.append(_name_field(key, name) if _now.renaming == key else make("span", name, **{"class": "name"}))
    if network["origin"] == "opened":
        head.append(interpretation.choices(network))
    row.append(head)
    accuracy = "–" if network["accuracy"] is None else percent(network["accuracy"])
    origin = _(ORIGINS[network["origin"]])
    texts = (
        _build(network),
        number(network["parameters"]),
        accuracy,
        origin,
        date(network["date"]) if network["date"] else "–",
    )
    for i, text in enumerate(texts):
        row.append(make("td", text, data_column=_(COLUMNS[i])))
    actions = make("td", **{"class": "actions"})
    actions.append(*_actions(network, name))
    row.append(actions)
    return row


def _build(network):
    """784–50–10, and what is not as in chapter 4."""
    text = "–".join(str(size) for size in network["layers"])
    if network["activation"] == "relu":
        text += " ReLU"
    if not network["normalize"]:
        text += " 0–255"
    return text


def _actions(network, name):
    key, origin = network["id"], network["origin"]
    in_use, beside = key == networks.current(), key == networks.beside()
    made = [
        _button(_("In use") if in_use else _("Use"), "use", key, name, _use, pressed=in_use),
        _button(_("Beside"), "beside", key, name, _put_beside, pressed=beside),
    ]
    if origin == "trained":
        made.append(_button(_("Keep a copy"), "copy", key, name, _keep_copy))
    if origin in ("kept", "opened"):
        made.append(_button(_("Rename"), "rename", key, name, _rename))
    made.append(_button(_("Download"), "download", key, name, _download))
    if origin in ("kept", "opened"):
        made.append(_button(_("Delete"), "delete", key, name, _delete))
    return made


def _button(text, action, key, name, work, pressed=None):
    button = make(
        "button", text, type="button", data_do=action, data_network=key, aria_label=f"{text}: {name}"
    )
    if pressed is not None:
        button.setAttribute("aria-pressed", "true" if pressed else "false")
    button.disabled = not worker.ready()
    on(button, "click", lambda event: spawn(work(key)))
    return button


async def _use(key):
    await networks.use(key)


async def _put_beside(key):
    await networks.put_beside(None if networks.beside() == key else key)


async def _keep_copy(key):
    reply = (await worker.call("keep_copy"))[0]
    networks.put(reply)
    _say(_("{network} is now on the shelf.", network=networks.name_of(reply["id"])))
    await networks.changed()


async def _download(key):
    await saving.download(key, "dict")


async def _delete(key):
    name = networks.name_of(key)
    await worker.call("delete", network=key)
    if networks.about(key) is None:  # a double click: the first one has done it
        return
    await networks.reread()
    _now.deleted = key
    _say(_("{network} was deleted.", network=name))
    by_id("shelf-undo").hidden = False
    by_id("shelf-undo").focus()


async def _undelete():
    by_id("shelf-undo").hidden = True
    networks.put((await worker.call("undelete", network=_now.deleted))[0])
    _say(_("{network} is back.", network=networks.name_of(_now.deleted)))
    await networks.changed()


def _say(text):
    by_id("shelf-undo").hidden = True
    by_id("shelf-result").textContent = text


# ------------------------------------------------------------------- names


async def _rename(key):
    _now.renaming = key
    _show()
    for control in _controls():
        if control.getAttribute("data-do") == "name":
            control.focus()
            control.select()


def _name_field(key, name):
    field = make(
        "input", type="text", maxlength="120", data_do="name", data_network=key, aria_label=_("New name")
    )
    field.value = name
    on(field, "keydown", lambda event: _name_key(event, key))
    on(field, "blur", lambda event: spawn(_named(key, event.target.value)))
    return field


def _name_key(event, key):
    if event.key == "Escape":
        event.target.value = networks.name_of(key)
    if event.key in ("Enter", "Escape"):
        event.target.blur()


async def _named(key, name):
    if _now.renaming != key:
        return
    _now.renaming = None
    if plain(name) != networks.name_of(key):
        networks.put((await worker.call("rename", network=key, name=plain(name)))[0])
        await networks.changed()
    _show()
    for control in _controls():
        if _place(control) == ("rename", key):
            control.focus()
