"""Idea 2: two losses for ten probabilities that one moves; for the network in use: loss_weight.py."""

import networks
from panels.ideas import loss_weight
from panels.ideas.latest import Latest
from pyscript import document, window
from ui.dom import by_id, make, on, row, spawn
from ui.i18n import _, on_language
from ui.lazy_table import LazyTable
from ui.state import State
from ui.svg_plane import Handle, Plane
from worker_link import lazy_room, worker

FIRST = [0.06, 0.03, 0.5, 0.2, 0.02, 0.05, 0.02, 0.04, 0.06, 0.02]  # a fairly sure 2
STEP = 0.001  # of a slider


class _Now(State):
    def __init__(self):
        self.y = FIRST
        self.losses = None
        self.points = []
        self.held = None
        self.sliders = []
        self.entropy = None
        self.entropy_handle = None
        self.entropy_table = None
        self.move = None
        self.p = None
        self.wanted = None  # the test image that the address named
        self.of = None  # what the worker said of the image whose probabilities these are


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.entropy = Plane(by_id("entropy-plane"), 220, _draw_entropy)
    _now.entropy_handle = Handle(_now.entropy, lambda p, _loss: _move_label(p), _nudge_label)
    _now.entropy_table = LazyTable("entropy-rows", _fill_entropy)
    _now.move = Latest("move_probability", _on_losses)
    for digit in range(10):
        _add_slider(digit)
    on(by_id("loss-label"), "change", lambda event: _ask(None, 0))
    loss_weight.start()
    on_language(_show)
    on(document, "kobai-view", lambda event: _from_address())
    _from_address()
    lazy_room.lazy("idea-2", _refresh)


async def _refresh():
    if not _now.points:
        _now.points = (await worker.call("entropy_curve"))[0]["points"]
        _now.entropy_table.changed()
    if _now.wanted is None:
        _ask(None, 0)
    else:
        await _take_image()
    loss_weight.ask()


def _from_address():
    """#ideas/4.2?image=61 begins with the probabilities of this test image."""
    head, _mark, wanted = window.location.hash.partition("?image=")
    if head == "#ideas/4.2" and wanted.isdigit() and len(wanted) <= 4:
        _now.wanted = int(wanted)
        if _now.points:
            spawn(_take_image())


async def _take_image():
    index, _now.wanted = _now.wanted, None
    answer = (await worker.call("losses_of_image", index=index))[0]
    by_id("loss-label").value = str(answer["label"])
    _now.of, _now.held = answer, None
    _on_losses(answer)


def _add_slider(digit):
    line = make("tr")
    cell = make("td")
    slider = make("input", type="range", min="0", max="1", step=str(STEP))
    cell.append(slider)
    value = make("td")
    line.append(make("th", str(digit), scope="row"), cell, value)
    by_id("loss-sliders").append(line)
    _now.sliders.append((line, slider, value))
    on(slider, "input", lambda event: _ask(digit, float(slider.value)))


def _label():
    return int(by_id("loss-label").value)


def _move_label(p):
    """The probability of the correct digit is to be p."""
    _now.p = round(min(max(p, 0), 1), 3)
    _ask(_label(), _now.p, held=False)


def _nudge_label(across, up):
    _move_label(_now.p + (across + up) * 0.01)


def _ask(digit, value, held=True):
    """held: by its slider, which then is where the hand has it and not where the last answer was."""
    _now.held = digit if held else None
    _now.of = None if digit is not None else _now.of
    _now.move.ask(y=_now.y, digit=digit, value=value, label=_label())


def _on_losses(answer):
    _now.y, _now.losses = answer["y"], answer
    if _now.p is None or not _now.move.waiting():  # else one is further by now
        _now.p = answer["y"][_label()]
    _show()


def _fill_entropy():
    by_id("entropy-rows").replaceChildren(*[row(f"{p:.3g}", f"{loss:.4f}") for p, loss in _now.points])


def _show():
    label = _label()
    for digit, (line, slider, value) in enumerate(_now.sliders):
        p = _now.y[digit]
        if digit != _now.held:
            slider.value = str(p)
        slider.setAttribute("aria-label", _("Probability of {digit}", digit=digit))
        slider.setAttribute("aria-valuetext", f"{p:.3f}")
        value.textContent = f"{p:.3f}"
        line.className = "label-row" if digit == label else ""
    if _now.losses:
        by_id("loss-entropy").textContent = f"{_now.losses['entropy']:.4f}"
        by_id("loss-squares").textContent = f"{_now.losses['squares']:.4f}"
        by_id("loss-said").textContent = _(
            "Only the probability of the correct digit counts for the cross entropy: "
            "−log({p} + 1e-7) = {entropy}.",
            p=f"{_now.y[label]:.4g}",
            entropy=f"{_now.losses['entropy']:.4f}",
        )
    of = _now.of
    by_id("loss-of").textContent = (
        _(
            "These are the probabilities of {network} for test image {index}, a {label}. Move any of them.",
            network=networks.name_of(of["network"]["id"], of["network"]),
            index=of["index"],
            label=of["label"],
        )
        if of
        else ""
    )
    _draw_entropy()


def _draw_entropy():
    plane = _now.entropy
    plane.begin(_("Cross entropy over the probability of the correct digit"), (0, 1), (0, 7))
    plane.axes(
        [(fifth / 5, f"{fifth / 5:.1f}") for fifth in range(6)],
        [(loss, str(loss)) for loss in (0, 2, 4, 6)],
        _("probability of the correct digit"),
        _("loss"),
    )
    plane.curve(_now.points, "first")
    if _now.losses:
        p, entropy = _now.y[_label()], _now.losses["entropy"]
        loss = min(entropy, 7)
        plane.line(p, 0, p, loss, "here")
        name = _("Probability of the correct digit, on the curve")
        says = _("probability {p}: loss {loss}", p=f"{p:.3f}", loss=f"{entropy:.4f}")
        _now.entropy_handle.put(p, loss, name, says, p)
