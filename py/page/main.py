"""The page: every panel is started here, then Python proper in the worker."""

import json

import networks
from panels.look import gallery
from panels.run import charts, figure, run, settings
from pyscript import document, window
from ui import problems
from ui.dom import by_id, spawn
from ui.i18n import _
from ui.problems import Problem
from version import VERSION
from worker_link import loading, startup, worker


class Mixed(Exception):
    """The page and its modules are of two builds: boot.js has told."""


async def boot():
    """Start the page. Failures before the end of this are shown by boot.js."""
    try:
        await start_first_screen()
    except Mixed:
        return
    except Exception as error:
        window.kobai.failed(str(error) or repr(error))
        return
    problems.watch()
    window.kobai.pageIsUp()
    spawn(start_worker())
    import other_panels  # the first view is up a quarter sooner without them

    other_panels.start()


async def start_first_screen():
    """Show the first ten test images, their answers, and the training panel. Raises Mixed, or any error."""
    page = document.querySelector('meta[name="kobai-build"]').content
    if page != VERSION:
        window.kobai.mixed(f"{page}, {VERSION}")
        raise Mixed
    first = await _json("networks/first_answers.json")
    loading.start(await _json("sizes.json"))
    networks.start(first["network"])
    gallery.start(first)
    settings.start()
    charts.start()
    run.start()
    figure.start()


async def _json(file):
    response = await window.fetch(file)
    if not response.ok:
        raise OSError(f"{file}: {response.status} {response.statusText}")
    return json.loads(await response.text())


async def start_worker():
    """Start Python in the worker, for the first time or anew; show a failure with a button to try again."""
    loading.aim("python")
    try:
        answer = await startup.start(_start_again)
    except Problem as problem:
        problem.retry = _start_again
        worker.stop(problem)
        raise problem
    finally:
        loading.aim("")
    if answer["version"] != VERSION:
        worker.stop(Problem(""))  # boot.js tells, and nothing else
        window.kobai.mixed(f"{VERSION}, {answer['version']}")
        return
    by_id("versions").textContent = _(
        "Python {python}, NumPy {numpy}", python=answer["python"], numpy=answer["numpy"]
    )
    missing = answer["engine_missing"]
    settings.engine_is_missing(_(missing["refused"], **missing["values"]) if missing else "")
    others = networks.read_shelf(answer["shelf"])
    settings.worker_is_ready(answer["settings"])
    gallery.worker_is_ready()
    window.performance.mark("kobai-predict")
    await gallery.refresh()
    if others or networks.current() != "shipped":  # after a restart it may be the shipped one again
        await networks.changed()
    import other_panels  # it has been imported meanwhile
    from panels.run import kept_runs

    await kept_runs.bring_back_own(answer["runs"])
    run.worker_is_ready()
    other_panels.worker_is_ready()


def _start_again():
    problems.close()
    if worker.heard():
        spawn(start_worker())
    else:  # PyScript would start the next one from the same damaged file
        window.kobai.reloadAll()


spawn(boot())
