"""Opening a network from a file: picked, or dropped anywhere on the page."""

import networks
from pyscript import document
from ui import file_picker
from ui.display_name import plain
from ui.dom import by_id, enable, on, spawn
from ui.i18n import N_, _, on_language
from ui.problems import Problem, Refused
from worker_link import worker

LARGEST_FILE = 64 * 1024 * 1024  # bytes, the limit of kobai.files.network_file
TOO_LARGE = N_("{name} is too large for a network ({size} MB). The network in use stays.")


def start():
    """Connect its controls; called once, before Python runs."""
    on(by_id("open"), "click", lambda event: by_id("file").click())
    on(by_id("file"), "change", lambda event: spawn(_open_picked()))
    for kind in ("dragenter", "dragover", "dragleave", "drop"):
        on(document.body, kind, _on_drag)
    on_language(worker_is_ready)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    enable("open", worker.ready(), worker.why())


async def _open_picked():
    file = file_picker.chosen(by_id("file"))
    if file:
        await _open(file)


async def _open(file, is_folder=False):
    worker.need()
    name = plain(file.name)
    if is_folder:
        raise Problem(
            _(
                "{name} is a folder. Open one file in it: a pickle or an .npz. The network in use stays.",
                name=name,
            )
        )
    data = await file_picker.read(file, name, LARGEST_FILE, TOO_LARGE)
    try:
        reply = (await worker.call("open_network", data, name=name))[0]
    except Refused as problem:
        by_id("keep-result").textContent = ""
        problem.sentence = _(
            "{name} was not opened. {reason} The network in use stays.",
            name=name,
            reason=problem.sentence,
        )
        raise problem
    networks.put(reply)
    await networks.use(reply["id"])
    by_id("keep-result").textContent = _("{name} is now the network in use.", name=reply["name"])


def _on_drag(event):
    types = event.dataTransfer.types
    if not any(types[i] == "Files" for i in range(types.length)):
        return
    event.preventDefault()
    by_id("drop").hidden = event.type in ("drop", "dragleave") and (
        event.type == "drop" or event.relatedTarget is None
    )
    if event.type == "drop" and event.dataTransfer.files.length:
        dropped = event.dataTransfer  # emptied by the browser after this event
        spawn(_open(dropped.files.item(0), file_picker.is_folder(dropped)))
