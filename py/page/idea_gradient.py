"""Idea 4: partial derivatives and the gradient, of x0**2 + x1**2 and of the loss over two weights."""

import ideas
import networks
import panels
import surface
import trainer
import training_images
from dom import by_id, enable, on, on_click
from landscape import heights, pull, row, say, signed, ticks
from plane import Handle, Plane
from words import _, on_language

EDGE, STEP = 4, 0.1
_now = {"bowl": None, "x": [3.0, 2.0], "point": None, "busy": False, "surface": None}


def start():
    _now["plane"] = Plane(by_id("bowl-plane"), 400, _draw)
    _now["handle"] = Handle(_now["plane"], _moved, _nudged)
    _now["ask"] = ideas.Latest("bowl_gradient", _show)
    _now["weights"] = Plane(by_id("weights-plane"), 320, _draw_weights)
    on(by_id("bowl-turn"), "input", lambda event: _draw())
    on_click("weights-go", _compute)
    trainer.on("weights", lambda message: setattr(by_id("weights-bar"), "value", message["part"]))
    panels.lazy("idea-4", refresh)
    on_language(_words)


async def refresh():
    """The picture of x0**2 + x1**2, once."""
    if _now["bowl"] is None:
        _now["bowl"] = (await trainer.call("bowl"))[0]
        _ask()
    _controls()


def _moved(x0, x1):
    _now["x"] = [round(x0, 2), round(x1, 2)]
    _ask()


def _nudged(across, up):
    x0, x1 = _now["x"]
    _moved(min(max(x0 + across * STEP, -EDGE), EDGE), min(max(x1 + up * STEP, -EDGE), EDGE))


def _ask():
    _now["ask"].ask(x0=_now["x"][0], x1=_now["x"][1])


def _show(answer):
    _now["point"] = answer
    _draw()


def _words():
    _draw()
    _controls()
    _draw_weights()


def _draw():
    point, plane = _now["point"], _now["plane"]
    if point is None or _now["bowl"] is None:
        return
    (x0, x1), (d0, d1) = point["x"], point["grad"]
    plane.begin(_("x0² + x1² as colours, with arrows down the slope"), (-EDGE, EDGE), (-EDGE, EDGE))
    heights(plane, _now["bowl"]["picture"])
    plane.axes(ticks(-EDGE, EDGE), ticks(-EDGE, EDGE), "x0", "x1")
    for a, b, da, db in _now["bowl"]["field"]:
        pull(plane, a, b, (da, db), 4 * (abs(da) + abs(db)) ** 0.5 + 4, "slope")
    pull(plane, x0, x1, (d0, d1), 12 * (d0 * d0 + d1 * d1) ** 0.5, "first")
    says = _(
        "x0 = {x0}, x1 = {x1}: partial derivatives {d0} and {d1}",
        x0=signed(x0), x1=signed(x1), d0=signed(d0), d1=signed(d1),
    )  # fmt: skip
    _now["handle"].put(x0, x1, _("The point (x0, x1)"), says, x0, (-EDGE, EDGE))
    name = _("x0² + x1² as a surface; the point lies on it at height {height}", height=signed(point["f"]))
    turn = float(by_id("bowl-turn").value)
    surface.draw(by_id("bowl-surface"), name, EDGE, _now["bowl"]["heights"], turn, (x0, x1, point["f"]))
    by_id("bowl-rows").replaceChildren(
        row("x", signed(x0, 4), signed(x1, 4)),
        row(_("partial derivative"), signed(d0, 4), signed(d1, 4)),
    )
    say(by_id("bowl-f"), f"f(x) = {signed(point['f'], 4)}")


def _controls():
    why = "" if _now["busy"] else trainer.why()
    enable("weights-go", trainer.ready() and not _now["busy"], why)
    by_id("weights-bar").hidden = not _now["busy"]


async def _compute():
    wish = {}
    if _now["surface"] is not None:
        for name, shown in zip(("first", "second"), _now["surface"]["weights"]):
            fields = [by_id(f"weights-{name}-{part}") for part in ("row", "column")]
            for field in fields:
                if not field.validity.valid or field.value == "":
                    field.focus()
                    return
            wish[name] = [shown["key"]] + [int(field.value) for field in fields]
        if _now["used"] != networks.current():
            wish = {}
    _now["busy"] = True
    _controls()
    try:
        await training_images.load()
        used = networks.current()
        answer = (await trainer.call("weight_surface", **wish))[0]
        if answer:
            _now["surface"], _now["used"] = answer, used
            _fill(answer)
    finally:
        _now["busy"] = False
        _words()


def _fill(answer):
    by_id("weights-fields").hidden = by_id("weights-result").hidden = False
    for name, weight in zip(("first", "second"), answer["weights"]):
        by_id(f"weights-{name}-key").textContent = weight["key"]
        for part, place, size in zip(("row", "column"), weight["index"], answer["shapes"][weight["key"]]):
            field = by_id(f"weights-{name}-{part}")
            field.value, field.max = place, size - 1


def _draw_weights():
    answer, plane = _now["surface"], _now["weights"]
    if answer is None:
        return
    first, second = answer["weights"]
    names = [f"{weight['key']}[{weight['index'][0]}, {weight['index'][1]}]" for weight in (first, second)]
    limits = [
        (weight["value"] - answer["span"], weight["value"] + answer["span"]) for weight in (first, second)
    ]
    plane.begin(_("The loss as colours over {first} and {second}", first=names[0], second=names[1]), *limits)
    heights(plane, answer["picture"])
    plane.axes(ticks(*limits[0]), ticks(*limits[1]), *names)
    pull(plane, first["value"], second["value"], answer["backpropagation"], 90, "first")
    plane.dot(first["value"], second["value"], "dot")
    say(
        by_id("weights-said"),
        _(
            "{network}: the loss of 100 training images is {loss} here (the dot), and from {low} to {high} "
            "in the picture. The arrow points downhill; its length says nothing.",
            network=networks.name_of(answer["about"]["id"], answer["about"]),
            loss=f"{answer['loss']:.4f}", low=f"{answer['low']:.4f}", high=f"{answer['high']:.4f}",
        ),
    )  # fmt: skip
    by_id("weights-rows").replaceChildren(
        *[
            row(name, f"{numerical:.6g}".replace("-", "−"), f"{back:.6g}".replace("-", "−"))
            for name, numerical, back in zip(names, answer["numerical"], answer["backpropagation"])
        ]
    )
