"""Idea 5 on the network in use: its loss in a plane through all parameters, and the path of descent in it."""

import networks
from panels.ideas.height_map import steps
from panels.ideas.height_picker import HeightPicker
from panels.ideas.latest import Latest
from ui.dom import by_id, row, say, signed
from ui.i18n import N_, _, on_language
from ui.lazy_table import LazyTable
from ui.state import State
from worker_link.compute_button import ComputeButton


class _Now(State):
    def __init__(self):
        self.valley = None
        self.start = None
        self.way = None
        self.ask = None
        self.computing = None
        self.lr = None
        self.plane = None
        self.table = None


_now = _Now()


def start(lr):
    """lr: the learning rate of the path until another is chosen."""
    _now.lr = lr
    _now.plane = HeightPicker("valley", _draw, _moved)
    _now.ask = Latest("valley_path", _show_way)
    _now.table = LazyTable("valley-rows", _fill)
    _now.computing = ComputeButton("valley", "loss_valley", dict, _show_valley, _forget)
    on_language(_draw)


def controls():
    """Make the button usable when it can be used."""
    _now.computing.controls()


def choose(lr):
    """Another learning rate."""
    _now.lr = lr
    if _now.valley is not None:
        _ask()


def _forget():
    _now.set(valley=None, way=None)


def _show_valley(answer):
    _now.set(valley=answer, way=None)
    by_id("valley-result").hidden = False
    names = N_("down the gradient"), N_("where the path turns")
    _now.plane.show(answer, N_("Loss"), names, 0.0, 0.0)


def _moved(a, b):
    _now.start = [a, b]
    _ask()


def _ask():
    _now.ask.ask(a=_now.start[0], b=_now.start[1], lr=_now.lr)


def _show_way(answer):
    _now.way = answer
    _now.table.changed()
    _draw()


def _fill():
    way = _now.way
    if way is None:  # another surface is on its way
        return
    by_id("valley-rows").replaceChildren(
        *[
            row(str(k), f"{loss:.6f}", signed(place[0]), signed(place[1]))
            for k, (loss, place) in enumerate(zip(way["losses"], way["path"]))
        ]
    )


def _draw():
    valley, way, plane = _now.valley, _now.way, _now.plane
    if way is None:
        return
    plane.begin(_("The loss as colours, and the path of gradient descent in it"))
    steps(plane.plane, way["path"], *plane.limits)
    losses = way["losses"]
    says = _("loss {loss}", loss=f"{losses[0]:.4f}") if losses else _("no finite loss")
    plane.put(*way["start"], _("The start on the loss"), says)
    name = networks.name_of(valley["about"]["id"], valley["about"])
    if len(losses) <= way["steps"]:
        text = _(
            "{network}: the loss is no longer a finite number after {steps} steps.",
            network=name, steps=len(losses),
        )  # fmt: skip
    else:
        text = _(
            "{network}, learning rate {lr}: the loss of the 100 images goes from {before} to {after} "
            "in {steps} steps.",
            network=name, lr=f"{way['lr']:.3g}", before=f"{losses[0]:.4f}", after=f"{losses[-1]:.4f}",
            steps=way["steps"],
        )  # fmt: skip
    say(by_id("valley-said"), text)
