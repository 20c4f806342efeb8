"""The settings of a training: reading them, refusing values out of range at the field, locking them."""

from ui.dom import by_id, make, on, spawn, whole
from ui.i18n import N_, _, on_language
from ui.state import State
from worker_link import worker

CHOICES = ("gradient", "engine")
NUMBERS = (
    "hidden_size",
    "batch_size",
    "learning_rate",
    "weight_init_std",
    "iterations",
    "seed",
    "train_size",
)
WHOLE = ("hidden_size", "batch_size", "iterations", "seed", "train_size")


class _Now(State):
    def __init__(self):
        self.engine_missing = ""
        self.touched = False


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    on(by_id("settings"), "submit", lambda event: event.preventDefault())
    for name in NUMBERS:
        by_id("setting-errors").append(make("p", id="error-" + name))
        on(by_id(name), "input", lambda event: _check(event.target.id))
    on(by_id("gradient"), "change", lambda event: _note())
    on(by_id("settings"), "change", lambda event: _changed())
    on(by_id("settings"), "input", lambda event: _in_short())
    on_language(_in_short)
    on_language(lambda: [_check(name) for name in NUMBERS])
    on_language(_note)


def worker_is_ready(kept):
    """kept: the settings of the visit before, or None; what was typed meanwhile is newer."""
    if _now.touched:
        _changed()
    elif kept:
        write(kept)


def _changed():
    """The learner has changed a setting: keep them all, for a reload."""
    _now.touched = True
    if worker.ready() and not [name for name in NUMBERS if not _check(name)]:
        spawn(worker.call("choose_settings", settings=_values()))


def read():
    """The settings as a dict, or None after showing which field is wrong."""
    wrong = [name for name in NUMBERS if not _check(name)]
    if wrong:
        by_id("settings-fold").open = True
        by_id(wrong[0]).focus()
        return None
    return _values()


def _values():
    values = {name: float(by_id(name).value) for name in NUMBERS}
    for name in WHOLE:
        values[name] = int(values[name])
    for name in CHOICES:
        values[name] = by_id(name).value
    values["normalize"] = by_id("normalize").value == "true"
    return values


def write(values):
    """Some or all of the settings; the other fields stay as they are."""
    for name, value in values.items():
        by_id(name).value = ("true" if value else "false") if name == "normalize" else str(value)
    for name in NUMBERS:
        _check(name)
    _note()
    _in_short()


def _in_short():
    """The three settings that matter most, where the rest is folded away."""
    by_id("settings-short").textContent = _(
        "Learning rate {learning_rate} · batch {batch_size} · {hidden_size} hidden units",
        learning_rate=by_id("learning_rate").value,
        batch_size=by_id("batch_size").value,
        hidden_size=by_id("hidden_size").value,
    )


def write_the_books():
    """The settings of the book, in all fields."""
    by_id("settings").reset()
    write({})


def engine_is_missing(reason):
    """The compiled engine could not be loaded (a sentence), or could ("")."""
    _now.engine_missing = reason
    _note()


def _note():
    """Say when NumPy computes although the fast engine was chosen."""
    note = _now.engine_missing
    if by_id("gradient").value == "numerical":
        note = _("The numerical gradient is always computed by NumPy.")
    by_id("engine-note").textContent = note
    by_id("engine-note").hidden = not note


def lock(locked):
    """While a run exists only the number of iterations can change."""
    for name in NUMBERS + CHOICES + ("normalize",):
        field = by_id(name)
        field.disabled = locked and name != "iterations"
        field.title = (
            _("Reset first: the run in progress was started with this value.") if field.disabled else ""
        )


def _check(name):
    field = by_id(name)
    fault = _fault(name, field)
    message = ""
    if fault:
        caption = field.parentNode.querySelector("span").textContent
        message = f"{caption}: " + _(fault, least=field.min, most=field.max)
    field.setAttribute("aria-invalid", "true" if fault else "false")
    by_id("error-" + name).textContent = message
    if name == "batch_size":
        _check("train_size")
    return not fault


def _fault(name, field):
    """What is wrong with the number in this field, a message with the fields least and most, or None."""
    if not field.validity.valid:
        if name in WHOLE:
            return N_("a whole number from {least} to {most}, please.")
        return N_("a number from {least} to {most}, please.")
    batch = by_id("batch_size")
    if name == "train_size" and batch.validity.valid and whole(field) < whole(batch):
        return N_("not fewer than the batch size, please.")
    return None
