"""The kept trainings that are not on the page: of earlier visits, and of other tabs."""

import networks
from panels.run import own_tab
from panels.run import run as run_panel
from pyscript import document
from ui import confirm
from ui.dom import by_id, make, on, spawn
from ui.i18n import _, date, number, on_language
from ui.problems import Problem
from ui.state import State
from worker_link import lazy_room, worker


class _Now(State):
    def __init__(self):
        self.runs = []
        self.missed = False  # whether others have changed something while Python was starting


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    worker.on("kept", lambda message: spawn(_others_changed()))
    networks.on_change(_refresh)
    on(document, "visibilitychange", lambda event: spawn(_refresh()))  # other tabs may have been closed
    on_language(_show)


def worker_is_ready():
    """Python runs, or runs again: the list of now, and of the networks, if it has changed meanwhile."""
    missed, _now.missed = _now.missed, False
    spawn(_others_changed() if missed else _refresh())


async def bring_back_own(runs):
    """After a start of Python: the training that was in this tab; in a new tab the latest one that is free.

    A tab that had none gets none, for it may be another's that is just being reloaded.
    """
    own = own_tab.recall()
    if own is None:
        await _bring_back_latest(runs)
        return
    mine = [run for run in runs if run["id"] == own]
    if not mine:
        run_panel.nothing_kept()
    elif not mine[0]["elsewhere"]:
        await run_panel.bring_back(own)
    else:
        run_panel.nothing_kept(
            Problem(
                _(
                    "The training of this tab is open in another tab now: {training}. There it goes on; "
                    "“Continue here instead” brings it back to this one.",
                    training=_name(mine[0]),
                )
            )
        )


async def _bring_back_latest(runs):
    """Bring back the latest training that no other tab has open and that can be read."""
    for run in runs:
        if not run["elsewhere"]:
            if await run_panel.bring_back(run["id"]):
                return
            left = (await worker.call("kept_runs"))[0]["runs"]
            if [each for each in left if each["id"] == run["id"] and not each["elsewhere"]]:
                return  # it may be brought back later: the training images have not come
    run_panel.nothing_kept()


async def _others_changed():
    """Another tab has changed what is kept, or it is gone."""
    if not worker.ready():
        _now.missed = True
        return
    await networks.reread()
    lazy_room.all_stale()


async def _refresh():
    if worker.ready():
        _now.runs = (await worker.call("kept_runs"))[0]["runs"]
        _show()


def _show():
    by_id("kept-runs").hidden = not _now.runs
    by_id("kept-runs-list").replaceChildren(*[_item(run) for run in _now.runs])


def _item(run):
    name = _name(run)
    item = make("li")
    item.append(make("span", name))
    if run["elsewhere"]:
        item.append(make("span", _("open in another tab"), **{"class": "hint"}))
        _add(item, _("Continue here instead"), name, lambda: _take_over(run))
    else:
        _add(item, _("Bring back"), name, lambda: run_panel.bring_back(run["id"], shown=True))
        _add(item, _("Delete"), name, lambda: _delete(run, name))
    return item


def _name(run):
    if run["settings"] is None:  # kept by a page that wrote nothing about it
        return _("a training kept on {date}", date=date(run["saved"]))
    if run["elsewhere"]:  # how far it is, that tab knows
        return _(
            "a training of {all} iterations, seed {seed}",
            all=number(run["settings"]["iterations"]),
            seed=run["settings"]["seed"],
        )
    return _(
        "{done} of {all} iterations, seed {seed}, kept on {date}",
        done=number(run["iteration"]),
        all=number(run["settings"]["iterations"]),
        seed=run["settings"]["seed"],
        date=date(run["saved"]),
    )


def _add(item, text, name, work):
    button = make("button", text, type="button", aria_label=f"{text}: {name}")
    on(button, "click", lambda event: spawn(work()))
    item.append(button)


async def _take_over(run):
    await run_panel.bring_back(run["id"], take_over=True, shown=True)


async def _delete(run, name):
    if await confirm.ask(_("Delete this training? {training}", training=name), _("Delete")):
        await worker.call("delete_run", run=run["id"])
        await _refresh()
