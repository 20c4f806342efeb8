"""The networks one can look through: which is in use, saving it to a file, opening one."""

import js
import trainer
from dom import by_id, enable, make, on, on_click, spawn
from problems import Problem, Refused
from pyscript import document, ffi, window
from words import _, number, on_language

LARGEST_FILE = 64 * 1024 * 1024  # bytes, the limit of kobai.storage
LOADING = {
    "dict": """import pickle

with open("{name}", "rb") as f:
    params = pickle.load(f)  # a dict: W1, b1, W2, b2

network = TwoLayerNet(784, {hidden}, 10)
network.params = params""",
    "instance": """import pickle
from two_layer_net import TwoLayerNet  # the book's ch04/two_layer_net.py

with open("{name}", "rb") as f:
    network = pickle.load(f)""",
}
_now = {"current": "shipped", "networks": {}, "on_change": None}


def start(first, on_change):
    """first: the shipped network's description; on_change: awaited when another network is in use."""
    _now.update({"networks": {"shipped": first}, "on_change": on_change})
    on(by_id("network"), "change", lambda event: spawn(use(by_id("network").value)))
    on(by_id("save-format"), "change", lambda event: _code())
    on_click("save", _save)
    on(by_id("open"), "click", lambda event: by_id("file").click())
    on(by_id("file"), "change", lambda event: spawn(_open_picked()))
    for kind in ("dragenter", "dragover", "dragleave", "drop"):
        on(document.body, kind, _on_drag)
    on_language(_show)


def worker_is_ready(known):
    """known: dict of id -> description of the networks that the worker holds."""
    _now["networks"].update(known)
    _show()


def name_of(key, network=None):
    """What the learner calls this network (as it was when `network` described it)."""
    network = network or _now["networks"][key]
    if key == "shipped":
        return _("Kobai’s own, {iterations} iterations", iterations=number(network["iterations"]))
    if key == "trained":
        return _("yours, {iterations} iterations", iterations=number(network["iterations"]))
    if key == "before":
        return _(
            "your training before the reset, {iterations} iterations",
            iterations=number(network["iterations"]),
        )
    return network["name"]


def name_of_current():
    return name_of(_now["current"])


async def use(key):
    """Make this network the one that answers."""
    reply = (await trainer.call("use", network=key))[0]
    _now["networks"][key] = reply
    changed = _now["current"] != key
    _now["current"] = key
    _show()
    if changed:
        await _now["on_change"]()


def trained(status):
    """The training network has gone on."""
    network = _now["networks"].setdefault("trained", {"hidden_size": status["settings"]["hidden_size"]})
    changed = network.get("iterations") != status["iteration"]
    network["iterations"] = status["iteration"]
    network["hidden_size"] = status["settings"]["hidden_size"]
    network["accuracy"] = status["test_accuracy"]
    if changed:
        _show_trained()


def training_was_reset():
    """The trained network stays at hand under another name; nothing is lost."""
    _now["networks"]["before"] = _now["networks"].pop("trained")
    if _now["current"] == "trained":
        _now["current"] = "before"
    _show()


def measured(reply):
    _now["networks"][reply["network"]]["accuracy"] = reply["accuracy"]
    _show()


def _show_trained():
    """While training only the one name changes: rebuilding the list would close an open menu."""
    option = document.querySelector('#network option[value="trained"]')
    if option is None:
        _show()
        return
    option.textContent = name_of("trained")
    if _now["current"] == "trained":
        by_id("answered-by").textContent = _("Answered by: {network}", network=name_of("trained"))


def _show():
    for name in ("network", "save", "open"):
        enable(name, trainer.ready(), _("Python is still loading."))
    select = by_id("network")
    options = []
    for key in ("shipped", "trained", "before", "opened"):
        if key in _now["networks"]:
            option = make("option", name_of(key), value=key)
            option.selected = key == _now["current"]
            options.append(option)
    select.replaceChildren(*options)
    _code()


def _code():
    network = _now["networks"][_now["current"]]
    form = by_id("save-format").value
    text = (
        LOADING[form].replace("{name}", "two_layer_net.pkl").replace("{hidden}", str(network["hidden_size"]))
    )
    document.querySelector("#save-code code").textContent = text


async def _save():
    answer, data = await trainer.call("save", format=by_id("save-format").value)
    blob = js.Blob.new(ffi.to_js([data]), ffi.to_js({"type": "application/octet-stream"}))
    address = js.URL.createObjectURL(blob)
    link = make("a", href=address, download=answer["name"])
    link.click()
    window.setTimeout(ffi.create_proxy(lambda: js.URL.revokeObjectURL(address)), 60000)
    by_id("keep-result").textContent = _(
        "Saved as {name} ({size} kB).", name=answer["name"], size=number(int(data.length / 1000 + 0.5))
    )


async def _open_picked():
    picker = by_id("file")
    file = picker.files.item(0)
    if file:
        await _open(file)
    picker.value = ""


async def _open(file):
    if not trainer.ready():
        raise Problem(_("Python is not ready yet. Please wait a moment."))
    if file.size > LARGEST_FILE:
        raise Problem(
            _(
                "{name} is too large for a network ({size} MB). The network in use stays.",
                name=file.name,
                size=number(int(file.size / 1e6)),
            )
        )
    data = await file.arrayBuffer()
    try:
        reply = (await trainer.call("open_network", data, name=file.name))[0]
    except Refused as problem:
        by_id("keep-result").textContent = ""
        problem.sentence = _(
            "{name} was not opened. {reason} The network in use stays.",
            name=file.name,
            reason=problem.sentence,
        )
        raise problem
    _now["networks"]["opened"] = reply
    _now["current"] = "opened"
    _show()
    by_id("keep-result").textContent = _("{name} is now the network in use.", name=reply["name"])
    await _now["on_change"]()


def _on_drag(event):
    types = event.dataTransfer.types
    if not any(types[i] == "Files" for i in range(types.length)):
        return
    event.preventDefault()
    by_id("drop").hidden = event.type in ("drop", "dragleave") and (
        event.type == "drop" or event.relatedTarget is None
    )
    if event.type == "drop" and event.dataTransfer.files.length:
        spawn(_open(event.dataTransfer.files.item(0)))
