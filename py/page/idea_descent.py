"""Idea 5: gradient descent on x0**2 + x1**2 and on the loss of the network in use."""

import math

import ideas
import networks
import panels
import trainer
import training_images
from dom import by_id, enable, on, on_click
from landscape import heights, row, say, signed, ticks
from plane import Handle, Plane
from words import _, on_language

EDGE, STEP = 4, 0.1
LEAST, MOST = -10, 1  # powers of ten of the learning rate
_now = {"bowl": None, "x": [-3.0, 4.0], "lr": 0.1, "path": None, "busy": False}
_now.update({"valley": None, "start": [0.0, 0.0], "way": None})


def start():
    _now["plane"] = Plane(by_id("descent-plane"), 400, _draw)
    _now["handle"] = Handle(_now["plane"], _moved, _nudged)
    _now["ask"] = ideas.Latest("bowl_descent", _show)
    _now["valley_plane"] = Plane(by_id("valley-plane"), 320, _draw_valley)
    _now["valley_ask"] = ideas.Latest("valley_path", _show_valley)
    slider = by_id("descent-lr")
    on(slider, "input", lambda event: _choose(round(10 ** float(slider.value), 12)))
    for name, lr in (("small", 1e-10), ("book", 0.1), ("large", 10.0)):
        on(by_id("descent-" + name), "click", lambda event, lr=lr: _choose(lr))
    on_click("valley-go", _compute)
    trainer.on("valley", lambda message: setattr(by_id("valley-bar"), "value", message["part"]))
    trainer.on("gone", _forget_valley)
    panels.lazy("idea-5", refresh)
    on_language(_words)


def _forget_valley():
    """Its loss was in the worker that is gone."""
    _now["valley"] = _now["way"] = None
    by_id("valley-result").hidden = True


async def refresh():
    """The picture of x0**2 + x1**2, once."""
    if _now["bowl"] is None:
        _now["bowl"] = (await trainer.call("bowl"))[0]
        _ask()
    _controls()


def _choose(lr):
    _now["lr"] = lr
    by_id("descent-lr").value = math.log10(lr)
    _ask()
    if _now["valley"] is not None:
        _ask_valley()


def _moved(x0, x1):
    _now["x"] = [round(x0, 2), round(x1, 2)]
    _ask()


def _nudged(across, up):
    x0, x1 = _now["x"]
    _moved(min(max(x0 + across * STEP, -EDGE), EDGE), min(max(x1 + up * STEP, -EDGE), EDGE))


def _ask():
    _now["ask"].ask(x0=_now["x"][0], x1=_now["x"][1], lr=_now["lr"])


def _show(answer):
    _now["path"] = answer
    _draw()


def _words():
    _draw()
    _draw_valley()
    _controls()


def _draw():
    answer, plane = _now["path"], _now["plane"]
    if answer is None or _now["bowl"] is None:
        return
    path, lr = answer["path"], answer["lr"]
    plane.begin(_("The path of gradient descent on x0² + x1²"), (-EDGE, EDGE), (-EDGE, EDGE))
    heights(plane, _now["bowl"]["picture"])
    plane.axes(ticks(-EDGE, EDGE), ticks(-EDGE, EDGE), "x0", "x1")
    _steps(plane, path, (-EDGE, EDGE), (-EDGE, EDGE))
    x0, x1 = path[0]
    says = _("x0 = {x0}, x1 = {x1}", x0=signed(x0), x1=signed(x1))
    _now["handle"].put(x0, x1, _("The start"), says, x0, (-EDGE, EDGE))
    by_id("descent-lr").setAttribute("aria-valuetext", f"{lr:.3g}")
    say(by_id("descent-lr-says"), f"{lr:.3g}")
    by_id("descent-rows").replaceChildren(
        *[
            row(
                str(k), signed(x[0], 6), signed(x[1], 6), signed(exact[0], 6), signed(exact[1], 6), f"{f:.4g}"
            )
            for k, (x, exact, f) in enumerate(zip(path, answer["exact"], answer["f"]))
        ]
    )
    say(by_id("descent-said"), _verdict(lr, path))


def _steps(plane, path, x, y):
    """The steps that lie within the plane, and dots on them."""
    inside = [p for p in path if x[0] <= p[0] <= x[1] and y[0] <= p[1] <= y[1]]
    plane.curve(path, "first")
    for a, b in inside:
        plane.dot(a, b, "dot", 3)


def _verdict(lr, path):
    last = _(
        "After {steps} steps: ({x0}, {x1}).",
        steps=len(path) - 1,
        x0=signed(path[-1][0]),
        x1=signed(path[-1][1]),
    )
    factor = 1 - 2 * lr
    if abs(factor) > 1:
        why = _(
            "Too large: each step overshoots, and multiplies x by 1 − 2 × {lr} = {factor}. It flies away.",
            lr=f"{lr:.3g}", factor=signed(factor),
        )  # fmt: skip
        if max(abs(value) for value in path[-1]) > 1e11:
            why += " " + _(
                "Far out even the numerical gradient fails: beside such numbers h = 1e-4 is lost in rounding."
            )
    elif factor**20 > 0.9:
        why = _("Too small: after all these steps it has hardly left the start.")
    elif abs(factor) > 0.9:
        why = _("It gets there, but slowly: each step multiplies x by {factor}.", factor=signed(factor))
    else:
        why = _("It gets there: each step multiplies x by {factor}, towards 0.", factor=signed(factor))
    return last + " " + why


def _controls():
    enable(
        "valley-go",
        trainer.ready() and not _now["busy"],
        "" if _now["busy"] else trainer.why(),
    )
    by_id("valley-bar").hidden = not _now["busy"]


async def _compute():
    _now["busy"] = True
    _controls()
    try:
        await training_images.load()
        answer = (await trainer.call("loss_valley"))[0]
        if answer:
            if "valley_handle" not in _now:
                _now["valley_handle"] = Handle(_now["valley_plane"], _valley_moved, _valley_nudged)
            _now["valley"], _now["start"] = answer, [0.0, 0.0]
            by_id("valley-result").hidden = False
            _ask_valley()
    finally:
        _now["busy"] = False
        _controls()


def _ask_valley():
    _now["valley_ask"].ask(a=_now["start"][0], b=_now["start"][1], lr=_now["lr"])


def _valley_moved(a, b):
    _now["start"] = [a, b]
    _ask_valley()


def _valley_nudged(across, up):
    valley, (a, b) = _now["valley"], _now["start"]
    places = []
    for value, (low, high), steps in ((a, valley["a"], across), (b, valley["b"], up)):
        places.append(min(max(value + steps * (high - low) / 40, low), high))
    _valley_moved(*places)


def _show_valley(answer):
    _now["way"] = answer
    _draw_valley()


def _draw_valley():
    valley, way, plane = _now["valley"], _now["way"], _now["valley_plane"]
    if way is None:
        return
    plane.begin(_("The loss as colours, and the path of gradient descent in it"), valley["a"], valley["b"])
    heights(plane, valley["picture"])
    plane.axes(ticks(*valley["a"]), ticks(*valley["b"]), _("down the gradient"), _("where the path turns"))
    _steps(plane, way["path"], valley["a"], valley["b"])
    losses, (a, b) = way["losses"], way["start"]
    says = _("loss {loss}", loss=f"{losses[0]:.4f}") if losses else _("no finite loss")
    _now["valley_handle"].put(a, b, _("The start"), says, a, valley["a"])
    by_id("valley-rows").replaceChildren(
        *[
            row(str(k), f"{loss:.6f}", signed(place[0]), signed(place[1]))
            for k, (loss, place) in enumerate(zip(losses, way["path"]))
        ]
    )
    name = networks.name_of(valley["about"]["id"], valley["about"])
    if len(losses) <= way["steps"]:
        text = _(
            "{network}: the loss is no longer a finite number after {steps} steps.",
            network=name,
            steps=len(losses),
        )
    else:
        text = _(
            "{network}, learning rate {lr}: the loss of the 100 images goes from {before} to {after} "
            "in {steps} steps.",
            network=name, lr=f"{way['lr']:.3g}", before=f"{losses[0]:.4f}", after=f"{losses[-1]:.4f}",
            steps=way["steps"],
        )  # fmt: skip
    say(by_id("valley-said"), text)
