"""Idea 6: the gradient of one weight from mini-batches of 1, 10, 100 images, and from all."""

import networks
from panels.ideas import batch_choice
from panels.ideas.height_map import ticks
from ui.dom import by_id, enable, on_click, row, say, signed, whole
from ui.i18n import _, number, on_language
from ui.state import State
from ui.svg_plane import Plane
from worker_link import training_images, worker


class _Now(State):
    def __init__(self):
        self.busy = ""
        self.answer = None
        self.seed = 0
        self.stopped = False
        self.plane = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.plane = Plane(by_id("tremble-plane"), 300, _draw)
    batch_choice.start(_now.plane)
    on_click("tremble-go", _draw_anew)
    on_click("whole-go", _whole)
    on_click("whole-stop", _stop)
    for kind in ("tremble", "whole"):
        worker.on(kind, lambda message: setattr(by_id("tremble-bar"), "value", message["part"]))
    on_language(_words)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _controls()


def _controls():
    able = worker.ready() and not _now.busy
    for name in ("tremble-go", "whole-go"):
        enable(name, able, "" if _now.busy else worker.why())
    by_id("tremble-bar").hidden = not _now.busy
    by_id("whole-stop").hidden = _now.busy != "whole"


def _words():
    _controls()
    _draw()


def _draw_anew():
    return _begin("tremble", _tremble_on)


def _whole():
    _now.stopped = False
    return _begin("whole", _sum_and_draw)


async def _stop():
    _now.stopped = True
    await worker.cancel("whole")


def _begin(kind, work):
    """work(wish): what is wished for at the start counts, whatever is chosen meanwhile."""
    row, column = by_id("tremble-row"), by_id("tremble-column")
    for field in (row, column):
        if not field.validity.valid or field.value == "":
            field.focus()
            return None
    wish = {"row": whole(row), "column": whole(column), "fresh": by_id("tremble-fresh").checked}
    _now.busy = kind
    by_id("tremble-bar").value = 0
    _controls()
    return _work(work, wish)


async def _work(work, wish):
    try:
        await training_images.load()
        await work(wish)
    finally:
        _now.busy = ""
        _words()


async def _tremble(wish, seed=None):
    seed = _now.seed if seed is None else seed
    _now.answer = (await worker.call("tremble", seed=seed, **wish))[0]


async def _tremble_on(wish):
    """With mini-batches that have not been drawn yet."""
    await _tremble(wish)
    _now.seed += 1


async def _sum_and_draw(wish):
    """All images, then the draws that are shown once more, now that their angles can be told."""
    if _now.stopped or (await worker.call("whole_gradient", fresh=wish["fresh"]))[0]["stopped"]:
        return
    _now.busy = "tremble"
    _controls()
    await _tremble(wish, None if _now.answer is None else _now.answer["seed"])


def _draw():
    answer, plane = _now.answer, _now.plane
    if answer is None:
        return
    by_id("tremble-result").hidden = False
    name = batch_choice.name_of(answer["weight"])
    values = [value for each in answer["sizes"] for value in each["gradients"]]
    edge = max([abs(value) for value in values]) * 1.05 or 1
    lanes = len(answer["sizes"]) + 1
    plane.begin(
        _("Gradients of {weight} from many mini-batches", weight=name), (-edge, edge), (-0.5, lanes - 0.5)
    )
    names = [(lanes - 1 - i, number(each["size"])) for i, each in enumerate(answer["sizes"])]
    plane.axes(
        ticks(-edge, edge),
        names + [(0, number(answer["images"]))],
        _("gradient of {weight}", weight=name),
        "",
    )
    for i, each in enumerate(answer["sizes"]):
        for k, value in enumerate(each["gradients"]):
            plane.dot(value, batch_choice.height(i, k, lanes), "drawn", 3)
    if answer["whole"] is not None:
        plane.line(answer["whole"], -0.5, answer["whole"], lanes - 0.5, "second")
        plane.dot(answer["whole"], 0, "drawn", 6)
    batch_choice.show(answer)
    rows = [
        row(
            number(each["size"]),
            signed(each["mean"], 4),
            f"{each['spread']:.4g}",
            f"{each['spread'] * each['size'] ** 0.5:.4g}",
            "–" if each["angle"] is None else f"{each['angle']:.1f}°",
        )
        for each in answer["sizes"]
    ]
    whole = answer["whole"]
    rows.append(
        row(
            number(answer["images"]),
            "–" if whole is None else signed(whole, 4),
            "0",
            "0",
            "0°" if whole is not None else "–",
        )
    )
    by_id("tremble-rows").replaceChildren(*rows)
    one, ten, hundred = [each["spread"] for each in answer["sizes"]]
    ratio = one / hundred if hundred else 0
    about = answer["about"]
    name = networks.name_of(about["id"], about)
    text = _(
        "{network}, 100 draws of each size (seed {seed}): with 100 images the gradient trembles {ratio} "
        "times less than with 1.",
        network=name, seed=answer["seed"], ratio=f"{ratio:.1f}",
    )  # fmt: skip
    if _now.stopped and whole is None:
        text += " " + _("Stopped.")
    say(by_id("tremble-said"), text)
