"""The networks one can look through: which is in use, which beside it, and what they are called."""

from pyscript import document
from ui.dom import by_id, enable, make, on, spawn
from ui.i18n import N_, _, number, on_language
from ui.state import State
from worker_link import lazy_room, worker

ORIGINS = ("shipped", "trained", "kept", "opened")  # the order of every list
NAMES = {
    "shipped": N_("Kobai’s own, {iterations} iterations"),
    "shipped-1000": N_("Kobai’s own, {iterations} iterations"),
    "shipped-3": N_("Kobai’s own, three layers"),
}


class _Now(State):
    def __init__(self):
        self.current = "shipped"
        self.beside = None
        self.networks = []
        self.gone = {}
        self.listeners = []


_now = _Now()


def start(first):
    """first: the description of the network that answers before Python is up."""
    _now.networks = [first]
    on(by_id("network"), "change", lambda event: spawn(use(by_id("network").value)))
    on_language(_show)


async def reread():
    """The worker's list again."""
    read_shelf((await worker.call("shelf"))[0])
    await changed()


def on_change(listener):
    """Await listener() when another network is in use or beside, or one has other numbers."""
    _now.listeners.append(listener)


async def changed():
    """Tell everyone who shows something of a network."""
    _show()
    lazy_room.all_stale()
    for listener in _now.listeners:
        await listener()


def read_shelf(shelf):
    """The worker's list of all networks, and which of them are in use and beside: always both together.

    A panel may still show what a network said that is gone, until it is asked anew, so its name stays known.
    Returns whether others than before are in use, which `changed` has to tell.
    """
    before = _now.current, _now.beside
    for network in _now.networks:
        _now.gone[network["id"]] = network
    _now.networks = sorted(shelf["networks"], key=_place)
    _now.current, _now.beside = shelf["current"], shelf["beside"]
    _show()
    return before != (_now.current, _now.beside)


def _place(about):
    """Where a network stands in every list; MicroPython's sort does not keep the order of equals."""
    return ORIGINS.index(about["origin"]), about["date"] or "", about["id"]


def shelf():
    """The descriptions of all networks, in the order of every list."""
    return _now.networks


def about(key):
    """The description of a network (see worker/networks.py), or None."""
    for each in _now.networks:
        if each["id"] == key:
            return each
    return None


def current():
    """The id of the network in use."""
    return _now.current


def beside():
    """The id of the network beside it, or None."""
    return _now.beside


def name_of(key, described=None):
    """What the learner calls this network (as it was when `described`)."""
    network = described or about(key) or _now.gone.get(key)
    if network is None:  # the run that has just ended, of which the shelf is on its way
        return _("trained here")
    if network["name"]:
        return network["name"]
    iterations = number(network["iterations"] or 0)
    if network["origin"] == "shipped":
        return _(NAMES[network["id"]], iterations=iterations)
    if network["origin"] == "fresh":
        return _("A fresh network (seed {seed})", seed=network["settings"]["seed"])
    if network["origin"] == "trained":
        return _("yours, {iterations} iterations", iterations=iterations)
    if not network["settings"]:
        return _("your training, {iterations} iterations", iterations=iterations)
    return _(
        "your training, {iterations} iterations, seed {seed}",
        iterations=iterations,
        seed=network["settings"]["seed"],
    )


def name_of_current():
    """What the learner calls the network in use."""
    return name_of(_now.current)


async def use(key):
    """Make this network the one that answers."""
    put((await worker.call("use", network=key))[0])
    was = _now.current
    _now.current = key
    _show()
    if was != key:
        await changed()


def took(network):
    """The worker has made this network the one in use by itself."""
    put(network)
    _now.current = network["id"]
    _show()
    spawn(changed())


async def put_beside(key):
    """The second network of a comparison; None for none."""
    await worker.call("put_beside", network=key)
    _now.beside = key
    await changed()


def put(network):
    """A network is new, or described anew."""
    others = [each for each in _now.networks if each["id"] != network["id"]]
    _now.networks = sorted(others + [network], key=_place)
    _show()


def trained(status):
    """The run has gone on."""
    network = about("trained")
    if network["iterations"] != status["iteration"]:
        measured = status["evaluated_at"] == status["iteration"]
        network["iterations"] = status["iteration"]
        network["accuracy"] = status["test_accuracy"] if measured else None
        _show_trained()


def measured(reply):
    """The worker has measured the accuracy of a network on all test images."""
    network = about(reply["network"])
    if network:
        network["accuracy"] = reply["accuracy"]


def _show_trained():
    """While training only the one name changes: rebuilding the list would close an open menu."""
    option = document.querySelector('#network option[value="trained"]')
    if option is None:
        _show()
        return
    option.textContent = name_of("trained")
    if _now.current == "trained":
        by_id("answered-by").textContent = _("Answered by: {network}", network=name_of("trained"))


def options(chosen):
    """An <option> for every network, for a choice of one."""
    made = []
    for network in _now.networks:
        option = make("option", name_of(network["id"]), value=network["id"])
        option.selected = network["id"] == chosen
        made.append(option)
    return made


def _show():
    enable("network", worker.ready(), worker.why())
    by_id("network").replaceChildren(*options(_now.current))
