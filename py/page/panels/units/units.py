"""What the hidden units look for: their weights as pictures, and what they make of the chosen image."""

import networks
from panels.look import answer, gallery
from pyscript import document, window
from ui.dom import by_id, make, on, spawn
from ui.i18n import N_, _, number, on_language, percent
from ui.roving_grid import Grid
from ui.state import State
from worker_link import lazy_room, worker

STATES = {
    "off": N_("Off for every test image: this unit is dead and says nothing."),
    "on": N_("Fully on for every test image: this unit always says the same."),
    "switch": N_("Nearly always fully on or fully off: this unit is saturated and can hardly learn on."),
}


class _Now(State):
    def __init__(self):
        self.survey = None
        self.outputs = None
        self.look = None
        self.unit = None
        self.grid = None
        self.wanted = None  # the unit that the address named


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    place = by_id("unit-grid")
    _now.grid = Grid(place, _on_choose)
    on(place, "focusin", lambda event: _on_pointed(event, True))
    on(place, "mouseover", lambda event: _on_pointed(event, False))
    worker.on("units", _on_progress)
    gallery.on_choose(lambda index: spawn(_image_changed()))
    lazy_room.lazy("units", _refresh)
    on(document, "kobai-view", lambda event: _from_address())
    _from_address()
    on_language(_show)


def _from_address():
    """#examine/units?unit=12 shows this unit, as soon as the survey is there."""
    head, _mark, wanted = window.location.hash.partition("?unit=")
    if head != "#examine/units" or not wanted.isdigit() or len(wanted) > 4:
        return
    _now.wanted = int(wanted)
    if _now.survey is not None:
        _choose_wanted()


def _choose_wanted():
    """Show the unit that the address named; one that there is not is left out."""
    wanted, _now.wanted = _now.wanted, None
    if wanted in [unit["unit"] for unit in _now.survey["units"]]:
        _on_choose(wanted)


async def _refresh():
    """The network in use is another one, or has learned."""
    by_id("units-bar").hidden = False
    try:
        survey = (await worker.call("survey_units"))[0]
    finally:
        by_id("units-bar").hidden = True
    before = _now.survey
    if before is None or before["about"]["id"] != survey["about"]["id"]:
        _now.unit = survey["units"][0]["unit"]
    _now.survey = survey
    _fill()
    if _now.wanted is not None:
        _choose_wanted()
    await _image_changed()


def _on_progress(message):
    by_id("units-bar").value = message["part"]


async def _image_changed():
    if _now.survey is None:
        return
    outputs = (await worker.call("unit_outputs", index=answer.index()))[0]
    if outputs["index"] == answer.index():  # else another one was chosen meanwhile
        _now.outputs = outputs["outputs"]
        _show_outputs()
        await _look(_now.unit)


def _on_choose(unit):
    _now.grid.mark(unit)
    spawn(_look(unit))


def _on_pointed(event, focused):
    item = event.target.closest("[data-index]")
    if item is None:
        return
    unit = int(item.getAttribute("data-index"))
    if focused:
        _now.grid.mark(unit)
    if unit != _now.unit:
        spawn(_look(unit))


async def _look(unit):
    """Show one unit with the chosen image."""
    _now.unit = unit
    look = (await worker.call("look_at_unit", unit=unit, index=answer.index()))[0]
    if look and unit == _now.unit:  # else the pointer has moved on
        _now.look = look
        _show_look()


# ------------------------------------------------------------------- showing


def _fill():
    """A button for each unit: its weights, and below them a bar as long as its output."""
    parts = []
    for unit in _now.survey["units"]:
        button = make("button", type="button", data_index=str(unit["unit"]))
        button.append(make("img", src=unit["src"], alt="", width="28", height="28"))
        bar = make("span", **{"class": "output"})
        bar.append(make("span"))
        button.append(bar)
        item = make("li", role="none")
        item.append(button)
        parts.append(item)
    _now.grid.fill(parts, _now.unit)
    _now.outputs = _now.look = None
    _show()


def _show():
    """All texts, in the language of the moment."""
    survey = _now.survey
    by_id("units-result").hidden = survey is None
    if survey is None:
        return
    about = survey["about"]
    by_id("units-of").textContent = _(
        "{network}: {shown} of {all} units.",
        network=networks.name_of(about["id"], about),
        shown=number(len(survey["units"])),
        all=number(survey["all"]),
    )
    by_id("units-colours").src = survey["legend"]
    by_id("units-low").textContent = "−" + _short(survey["limit"])
    by_id("units-high").textContent = "+" + _short(survey["limit"])
    by_id("units-outputs-note").hidden = not survey["are_outputs"]
    _show_outputs()
    _show_look()


def _show_outputs():
    """What each unit makes of the chosen image, below its picture and in the table."""
    units, outputs = _now.survey["units"], _now.outputs
    if outputs is None:
        return
    largest = max(1, max(outputs))  # a ReLU knows no upper limit
    buttons = by_id("unit-grid").querySelectorAll("button")
    rows = []
    for i, unit in enumerate(units):
        button = buttons.item(i)
        button.querySelector(".output span").style.width = f"{outputs[i] / largest * 100:.1f}%"
        button.setAttribute(
            "aria-label", _("{unit}, output {output}", unit=_name(unit), output=_short(outputs[i]))
        )
        rows.append(_row(unit, outputs[i]))
    by_id("unit-rows").replaceChildren(*rows)


def _row(unit, output):
    row = make("tr")
    row.append(make("th", _name(unit), scope="row"))
    for text in (
        _short(unit["use"]),
        _short(output),
        _digits(unit["for"]),
        _digits(unit["against"]),
        percent(unit["off"], 1),
        percent(unit["on"], 1),
    ):
        row.append(make("td", text))
    return row


def _show_look():
    """One unit in full."""
    look = _now.look
    if look is None:
        return
    survey = _now.survey
    place = [unit["unit"] for unit in survey["units"]].index(look["unit"])
    unit = survey["units"][place]
    by_id("unit-name").textContent = _name(unit)
    label = _("Test image {index}, label {label}", index=look["image"]["index"], label=look["image"]["label"])
    for name, source, words in (
        ("image", look["image"]["src"], _("Enlarged: {image}", image=label)),
        ("weights", unit["src"], _("Weights of {unit}", unit=_name(unit))),
        ("product", look["product"], _("Image times weights, pixel by pixel")),
    ):
        by_id("unit-" + name).src = source
        by_id("unit-" + name).alt = words
    activation = survey["about"]["activation"]
    if survey["are_outputs"]:
        activation = "softmax"
    by_id("unit-sum").textContent = _(
        "All pixels of the product add up to {pixels}; with the bias {bias}, that is {sum}. "
        "{activation} makes {output} of it.",
        pixels=_signed(look["pixels"]),
        bias=_signed(look["bias"]),
        sum=_signed(look["sum"]),
        activation=activation,
        output=_short(look["output"]),
    )
    by_id("unit-output").style.width = f"{min(1, look['output']) * 100:.1f}%"
    by_id("unit-use").textContent = _(
        "Number {place} of {all} by use: it moves the scores by {use}.",
        place=number(place + 1),
        all=number(survey["all"]),
        use=_short(unit["use"]),
    )
    by_id("unit-for").textContent = _digits(unit["for"])
    by_id("unit-against").textContent = _digits(unit["against"])
    state = by_id("unit-state")
    state.hidden = not unit["state"]
    state.textContent = _(STATES[unit["state"]]) if unit["state"] else ""


def _name(unit):
    if _now.survey["are_outputs"]:
        return _("Output for the digit {digit}", digit=unit["unit"])
    return _("Hidden unit {number}", number=unit["unit"])


def _digits(digits):
    return ", ".join(str(digit) for digit in digits) or "–"


def _short(value):
    return f"{value:.2f}"


def _signed(value):
    return f"{value:+.2f}".replace("-", "−")
