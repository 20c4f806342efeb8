"""Idea 2: two losses for ten probabilities that one moves; loss and accuracy over one weight."""

import panels
import trainer
from dom import by_id, make, on
from ideas import Latest
from plane import Plane
from words import _, number, on_language

FIRST = [0.06, 0.03, 0.5, 0.2, 0.02, 0.05, 0.02, 0.04, 0.06, 0.02]  # a fairly sure 2
EVERY = 5  # of the values of the weight stand in the table
STEP = 0.001  # of a slider
_now = {"y": FIRST, "losses": None, "points": [], "sweep": None, "at": 0, "sliders": []}


def start():
    _now["entropy"] = Plane(by_id("entropy-plane"), 220, _draw_entropy)
    _now["loss"] = Plane(by_id("weight-loss"), 190, _draw_sweep)
    _now["correct"] = Plane(by_id("weight-correct"), 190, _draw_sweep)
    _now["move"] = Latest("move_probability", _on_losses)
    _now["along"] = Latest("along_weight", _on_sweep)
    for digit in range(10):
        _add_slider(digit)
    on(by_id("loss-label"), "change", lambda event: _ask(None, 0))
    on(by_id("weight-digit"), "change", lambda event: _ask_sweep())
    on(by_id("weight-value"), "input", lambda event: _slid())
    on_language(_show)
    panels.lazy("idea-2", _refresh)


async def _refresh():
    if not _now["points"]:
        _now["points"] = (await trainer.call("entropy_curve"))[0]["points"]
        rows = [(f"{p:.3g}", f"{loss:.4f}") for p, loss in _now["points"]]
        _fill("entropy-rows", rows[:: max(len(rows) // 20, 1)])
    _ask(None, 0)
    _ask_sweep()


def _add_slider(digit):
    row = make("tr")
    cell = make("td")
    slider = make("input", type="range", min="0", max="1", step=str(STEP))
    cell.append(slider)
    value = make("td")
    row.append(make("th", str(digit), scope="row"), cell, value)
    by_id("loss-sliders").append(row)
    _now["sliders"].append((row, slider, value))
    on(slider, "input", lambda event: _ask(digit, float(slider.value)))


def _ask(digit, value):
    _now["move"].ask(y=_now["y"], digit=digit, value=value, label=int(by_id("loss-label").value))


def _ask_sweep():
    _now["along"].ask(digit=int(by_id("weight-digit").value))


def _on_losses(answer):
    _now["y"], _now["losses"] = answer["y"], answer
    _show()


def _on_sweep(answer):
    _now["sweep"] = answer
    slider = by_id("weight-value")
    slider.max = str(len(answer["values"]) - 1)
    slider.value = str(len(answer["values"]) // 2)  # where the network has it
    rows = [
        (f"{value:.2f}".replace("-", "−"), f"{answer['loss'][i]:.4f}", str(answer["correct"][i]))
        for i, value in enumerate(answer["values"])
        if i % EVERY == 0
    ]
    _fill("weight-rows", rows)
    _show()


def _fill(name, rows):
    """The rows of a table of numbers, the first of each as its head."""
    lines = []
    for first, *rest in rows:
        line = make("tr")
        line.append(make("th", first, scope="row"), *[make("td", text) for text in rest])
        lines.append(line)
    by_id(name).replaceChildren(*lines)


def _slid():
    _say_sweep()
    _draw_sweep()


def _show():
    label = int(by_id("loss-label").value)
    for digit, (row, slider, value) in enumerate(_now["sliders"]):
        p = _now["y"][digit]
        slider.value = str(p)
        slider.setAttribute("aria-label", _("Probability of {digit}", digit=digit))
        slider.setAttribute("aria-valuetext", f"{p:.3f}")
        value.textContent = f"{p:.3f}"
        row.className = "label-row" if digit == label else ""
    if _now["losses"]:
        by_id("loss-entropy").textContent = f"{_now['losses']['entropy']:.4f}"
        by_id("loss-squares").textContent = f"{_now['losses']['squares']:.4f}"
        by_id("loss-said").textContent = _(
            "Only the probability of the correct digit counts for the cross entropy: "
            "−log({p} + 1e-7) = {entropy}.",
            p=f"{_now['y'][label]:.4g}",
            entropy=f"{_now['losses']['entropy']:.4f}",
        )
    _draw_entropy()
    _say_sweep()
    _draw_sweep()


def _draw_entropy():
    plane = _now["entropy"]
    plane.begin(_("Cross entropy over the probability of the correct digit"), (0, 1), (0, 7))
    plane.axes(
        [(fifth / 5, f"{fifth / 5:.1f}") for fifth in range(6)],
        [(loss, str(loss)) for loss in (0, 2, 4, 6)],
        _("probability of the correct digit"),
        _("loss"),
    )
    plane.curve(_now["points"], "first")
    if _now["losses"]:
        p = _now["y"][int(by_id("loss-label").value)]
        loss = min(_now["losses"]["entropy"], 7)
        plane.line(p, 0, p, loss, "here")
        plane.dot(p, loss, "dot")


def _say_sweep():
    sweep = _now["sweep"]
    if not sweep:
        return
    at = int(by_id("weight-value").value)
    words = _(
        "{name}[{unit}, {digit}] = {value}: loss {loss}, {correct} of {images} images recognised.",
        name=sweep["name"],
        unit=sweep["unit"],
        digit=sweep["digit"],
        value=f"{sweep['values'][at]:.2f}".replace("-", "−"),
        loss=f"{sweep['loss'][at]:.4f}",
        correct=sweep["correct"][at],
        images=number(sweep["images"]),
    )
    by_id("weight-said").textContent = words
    by_id("weight-value").setAttribute("aria-valuetext", words)


def _draw_sweep():
    sweep = _now["sweep"]
    if not sweep:
        return
    at = int(by_id("weight-value").value)
    values = sweep["values"]
    ticks = [(value, f"{value:.0f}".replace("-", "−")) for value in range(-12, 13, 2)]
    ticks = [tick for tick in ticks if values[0] <= tick[0] <= values[-1]]
    least, most = min(sweep["correct"]), max(sweep["correct"])
    least, most = least - 1, max(most + 1, least + 3)
    counts = [count for count in range(least, most + 1) if count % max((most - least) // 5, 1) == 0]
    for name, limits, y_ticks, y_name in (
        ("loss", (0, max(sweep["loss"]) * 1.1), None, _("loss")),
        ("correct", (least, most), [(count, str(count)) for count in counts], _("recognised")),
    ):
        plane, heights = _now[name], sweep[name]
        plane.begin(_("{what} over the value of one weight", what=y_name), (values[0], values[-1]), limits)
        y_ticks = y_ticks or [(limits[1] * part / 4, f"{limits[1] * part / 4:.2f}") for part in range(5)]
        plane.axes(ticks, y_ticks, _("value of the weight"), y_name)
        points = [(value, heights[i]) for i, value in enumerate(values)]
        if name == "correct":  # steps: flat, then straight up
            points = [(x, y) for i, y in enumerate(heights) for x in values[i : i + 2]]
        plane.curve(points, "first" if name == "loss" else "second seen")
        plane.line(values[at], limits[0], values[at], heights[at], "here")
        plane.dot(values[at], heights[at], "dot")
