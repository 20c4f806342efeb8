"""Is something wrong? Where the network in use stands, what led there, and what cannot be known."""

import networks
from panels.checkup import chart
from panels.keep import interpretation
from panels.run import run
from ui.dom import by_id, enable, make, on, on_click, spawn
from ui.i18n import N_, _, language, on_language
from ui.state import State
from worker_link import lazy_room, worker
from worker_link.job import Job

SURE = {
    "certain": N_("certain"),
    "likely": N_("likely"),
    "possible": N_("possible"),
    "ruled out": N_("ruled out"),
}
ROOMS = {  # pictures that other panels have
    "loss curve": "#run",
    "hidden units": "#units",
    "confusion matrix": "#mistakes",
    "mistakes": "#mistakes",
}
ACTIVATIONS = {"sigmoid": "sigmoid", "relu": "ReLU"}


class _Now(State):
    def __init__(self):
        self.answer = None
        self.job = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    chart.start(_draw)
    _now.job = Job("checkup", "checkup", _show_controls)
    on_click("checkup-run", _begin)
    worker.on("checkup", lambda message: _now.job.tell(message["part"]))
    lazy_room.lazy("checkup", _refresh)
    on_language(_show)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _show_controls()


async def _refresh():
    _show_controls()


def _begin():
    return _now.job.begin(_check)


async def _check():
    answer = (await worker.call("check_up"))[0]
    if answer and not _now.job.stopped:  # when stopped, what was shown stays
        _now.answer = answer
        _show()


def _show_controls():
    busy, answer = _now.job.busy, _now.answer
    enable("checkup-run", worker.ready() and not busy, "" if busy else worker.why())
    _now.job.controls()
    by_id("checkup-network").textContent = _("Network in use: {network}", network=networks.name_of_current())
    other = answer is not None and not busy and not _is_current(answer["about"])
    by_id("checkup-old").hidden = not other


def _is_current(about):
    """Whether what was checked is the network in use, as it is now."""
    return about["id"] == networks.current() and all(
        about[name] == networks.about(about["id"])[name] for name in ("iterations", "activation", "normalize")
    )


def _show():
    _show_controls()
    answer = _now.answer
    by_id("checkup-result").hidden = answer is None
    if answer is None:
        return
    name = networks.name_of(answer["about"]["id"], answer["about"])
    by_id("checkup-of").textContent = _("Check-up of: {network}", network=name)
    by_id("checkup-standing").textContent = _sentences(answer["standing"])
    by_id("checkup-legend-mean").textContent = _(
        "the book’s network with {units} hidden units: mean of {seeds} trainings",
        units=answer["units"],
        seeds=answer["seeds"],
    )
    _draw()
    by_id("checkup-findings").replaceChildren(*[_finding(each, answer) for each in answer["findings"]])
    for part, item in (("excluded", _excluded), ("unknown", _unknown)):
        by_id("checkup-" + part).replaceChildren(*[item(each, answer) for each in answer[part]])
        by_id("checkup-" + part + "-all").hidden = not answer[part]


def _draw():
    if _now.answer is not None:
        chart.draw_curve(_now.answer)


def _sentences(sentences):
    """Sentences of the library, in the learner's language, one after the other."""
    return ("" if language() == "ja" else " ").join([_sentence(each) for each in sentences])


def _sentence(sentence):
    return _(sentence["message"], **sentence["values"])


def _finding(finding, answer):
    item = make("li", **{"class": "finding"})
    head = make("h3", _(answer["titles"][finding["cause"]]))
    sure = make("span", _(SURE[finding["sure"]]), **{"class": "sure", "data_sure": finding["sure"]})
    if finding["cause"] != "healthy":
        head.append(" ", sure)
    item.append(head, make("p", _sentence(finding["sentence"])))
    item.append(_buttons(finding, answer))
    if finding["numbers"]:
        item.append(_numbers(finding["numbers"]))
    return item


def _buttons(finding, answer):
    buttons = make("div", **{"class": "buttons"})
    buttons.append(*_controls(finding, answer))
    return buttons


def _controls(finding, answer):
    """Show me, read it otherwise where that mends it, and try it."""
    controls = [_show_me(finding, answer)]
    otherwise = finding["reading"]
    if otherwise and answer["about"]["origin"] == "opened":
        controls.append(_button(_reading_in_words(otherwise), _read, answer["about"]["id"], otherwise))
    settings = finding["settings"]
    wanted = ", ".join([f"{name} = {value}" for name, value in sorted(settings.items())])
    controls.append(_button(_("Try it: {settings}", settings=wanted), run.prepare, settings))
    return controls


def _button(text, action, *arguments):
    button = make("button", text, type="button")
    on(button, "click", lambda event: spawn(action(*arguments)))
    return button


def _reading_in_words(otherwise):
    if "activation" in otherwise:
        return _("Read it with {activation}", activation=ACTIVATIONS[otherwise["activation"]])
    return _("Show it pixels from 0 to 1")


async def _read(key, otherwise):
    """Read the same weights in that way, and check them up again."""
    network = networks.about(key)
    if network is None or _now.job.busy:  # deleted since
        return
    activation = otherwise.get("activation", network["activation"])
    await interpretation.read_as(key, activation, otherwise.get("normalize", network["normalize"]))
    await networks.use(key)
    await _begin()
    by_id("checkup-standing").focus()  # the button is gone


def _show_me(finding, answer):
    title = _(answer["titles"][finding["cause"]])
    name = _("Show me: {what}", what=title)
    if finding["show"] in ROOMS:
        return make("a", _("Show me"), href=ROOMS[finding["show"]], aria_label=name)
    if finding["show"] == "reference curve":
        return make("a", _("Show me"), href="#checkup-figure", aria_label=name)
    picture = chart.weights if finding["show"] == "weights" else chart.readings
    button = make("button", _("Show me"), type="button", aria_label=name, aria_expanded="false")
    on(button, "click", lambda event: _toggle(event.currentTarget, picture, answer))
    return button


def _toggle(button, picture, answer):
    """The picture, below the finding's buttons."""
    shown = button.getAttribute("aria-expanded") == "true"
    button.setAttribute("aria-expanded", "false" if shown else "true")
    if shown:
        button.parentElement.nextElementSibling.remove()
    else:
        button.parentElement.after(picture(answer))


def _numbers(numbers):
    details = make("details")
    table = make("table")
    head, body = make("thead"), make("tbody")
    row = make("tr")
    for text in (_("measured"), _("here"), _("reference")):
        row.append(make("th", text, scope="col"))
    head.append(row)
    for each in numbers:
        row = make("tr")
        row.append(make("th", _(each["label"]), scope="row"))
        row.append(make("td", each["here"]), make("td", each["book"] or "–"))
        body.append(row)
    table.append(head, body)
    details.append(make("summary", _("The numbers behind it")), table)
    return details


def _excluded(finding, answer):
    item = make("li")
    item.append(make("b", _(answer["titles"][finding["cause"]])), " ", _sentence(finding["sentence"]))
    item.append(_buttons(finding, answer))
    return item


def _unknown(sentence, answer):
    return make("li", _sentence(sentence))
