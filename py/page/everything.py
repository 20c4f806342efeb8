"""Everything the learner made: saved as one file, added from one, and deleted."""

import confirm
import files
import networks
import saving
import settings
import trace_code
import trainer
import training
from dom import by_id, enable, on, on_click, spawn
from names import plain
from problems import Problem
from pyscript import window
from words import N_, _, number, on_language

LARGEST_FILE = 256 * 1024 * 1024  # bytes, the limit of kobai.everything
TOO_LARGE = N_(
    "{name} is too large for a file that Kobai exported ({size} MB; at most {most} MB). Nothing was changed."
)
BUTTONS = ("everything-export", "everything-import", "everything-delete")


def start():
    on_click("everything-export", _export)
    on(by_id("everything-import"), "click", lambda event: by_id("everything-file").click())
    on(by_id("everything-file"), "change", lambda event: spawn(_import()))
    on_click("everything-delete", _delete)
    on_language(worker_is_ready)


def worker_is_ready():
    for name in BUTTONS:
        enable(name, trainer.ready(), trainer.why())
    enable("everything-delete", trainer.ready() or trainer.stopped(), trainer.why())


def _say(text):
    by_id("everything-result").textContent = text


async def _export():
    about, data = await trainer.call("export_everything")
    saving.hand_over(data, about["name"])
    said = _("Saved as {name}: {what}.", name=about["name"], what=_count(about))
    if about["aside"]:
        said += " " + _("What is set aside is not in it.")
    _say(said)


async def _import():
    file = files.chosen(by_id("everything-file"))
    if not file:
        return
    name = plain(file.name)
    data = await files.read(file, name, LARGEST_FILE, TOO_LARGE)
    _say("")
    found = (await trainer.call("look_into", data))[0]
    there = _("What is here already: {count}.", count=number(found["there"])) if found["there"] else ""
    if not (found["networks"] or found["trainings"] or found["code"]):
        _say(_("{name} holds nothing new.", name=name) + " " + there)
        return
    question = _("Add from {name}: {what}? Nothing that is here changes.", name=name, what=_count(found))
    if not await confirm.ask(question + " " + there, _("Add")):
        return
    added = (await trainer.call("add_what_was_found"))[0]
    if added["settings"]:
        settings.worker_is_ready(added["settings"])
    if added["code"] is not None:
        trace_code.put_kept(added["code"])
    await networks.reread()
    _say(_("Added: {what}.", what=_count(found)))


async def _delete():
    question = _(
        "Delete all networks, trainings and settings that you made in this browser? This cannot be undone. "
        "A training in another tab is kept anew by that tab."
    )
    if await confirm.ask(question, _("Delete everything")):
        if trainer.stopped():
            await _delete_without_python()
        else:
            await training.come_to_rest()
            await trainer.call("delete_everything")
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
