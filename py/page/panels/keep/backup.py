"""Everything the learner made: saved as one file, added from one, and deleted."""

import networks
from panels.keep import saving
from panels.run import run, settings
from panels.trace import code
from pyscript import window
from ui import confirm, file_picker
from ui.display_name import plain
from ui.dom import by_id, enable, on, on_click, spawn
from ui.i18n import N_, _, number, on_language
from ui.problems import Problem
from worker_link import worker

LARGEST_FILE = 256 * 1024 * 1024  # bytes, the limit of kobai.files.backup
TOO_LARGE = N_(
    "{name} is too large for a file that Kobai exported ({size} MB; at most {most} MB). Nothing was changed."
)
BUTTONS = ("backup-export", "backup-import", "backup-delete")


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("backup-export", _export)
    on(by_id("backup-import"), "click", lambda event: by_id("backup-file").click())
    on(by_id("backup-file"), "change", lambda event: spawn(_import()))
    on_click("backup-delete", _delete)
    on_language(worker_is_ready)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    for name in BUTTONS:
        enable(name, worker.ready(), worker.why())
    enable("backup-delete", worker.ready() or worker.stopped(), worker.why())


def _say(text):
    by_id("backup-result").textContent = text


async def _export():
    about, data = await worker.call("export_everything")
    saving.hand_over(data, about["name"])
    said = _("Saved as {name}: {what}.", name=about["name"], what=_count(about))
    if about["aside"]:
        said += " " + _("What is set aside is not in it.")
    _say(said)


async def _import():
    file = file_picker.chosen(by_id("backup-file"))
    if not file:
        return
    name = plain(file.name)
    data = await file_picker.read(file, name, LARGEST_FILE, TOO_LARGE)
    _say("")
    found = (await worker.call("look_into", data))[0]
    there = _("What is here already: {count}.", count=number(found["there"])) if found["there"] else ""
    if not (found["networks"] or found["trainings"] or found["code"]):
        _say(_("{name} holds nothing new.", name=name) + " " + there)
        return
    question = _("Add from {name}: {what}? Nothing that is here changes.", name=name, what=_count(found))
    if not await confirm.ask(question + " " + there, _("Add")):
        return
    added = (await worker.call("add_what_was_found"))[0]
    if added["settings"]:
        settings.worker_is_ready(added["settings"])
    if added["code"] is not None:
        code.put_kept(added["code"])
    await networks.reread()
    _say(_("Added: {what}.", what=_count(found)))


async def _delete():
    question = _(
        "Delete all networks, trainings and settings that you made in this browser? This cannot be undone. "
        "A training in another tab is kept anew by that tab."
    )
    if await confirm.ask(question, _("Delete everything")):
        if worker.stopped():
            await _delete_without_python()
        else:
            await run.come_to_rest()
            await worker.call("delete_everything")
        window.location.reload()  # the page is as at the first visit


async def _delete_without_python():
    refused = False
    try:
        await window.kobai.forgetAll()
    except Exception:
        refused = True  # raised below: MicroPython complains of exceptions within another
    if refused:
        raise Problem(
            _(
                "Nothing was deleted, perhaps because another tab has this page open. Close it, then try "
                "again."
            )
        )


def _count(about):
    count = _(
        "networks: {networks}, trainings: {trainings}",
        networks=number(about["networks"]),
        trainings=number(about["trainings"]),
    )
    return count + ", " + _("your own code") if about["code"] else count
