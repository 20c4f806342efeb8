"""Idea 4 on the network in use: its loss over two weights, and the partial derivatives where one points."""

import networks
from panels.ideas.height_map import pull
from panels.ideas.height_picker import HeightPicker
from panels.ideas.latest import Latest
from ui.dom import by_id, on_click, row, say, signed, whole
from ui.i18n import N_, _, on_language
from ui.state import State
from worker_link.compute_button import ComputeButton

SHORTEST, LONGEST = 24, 96  # px of the arrow: where it is nearly flat, where it is steepest


class _Now(State):
    def __init__(self):
        self.surface = None
        self.point = None
        self.ask = None
        self.computing = None
        self.names = None
        self.plane = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.ask = Latest("weight_point", _show_point)
    _now.plane = HeightPicker("weights", _draw, lambda a, b: _now.ask.ask(first=a, second=b))
    _now.computing = ComputeButton("weights", "weight_surface", _chosen, _show_surface, _forget)
    on_click("weights-back", _back)
    on_language(_draw)


def controls():
    """Make the button usable when it can be used."""
    _now.computing.controls()


def _chosen():
    """The weights in the fields, {} before there are any; None where a field is wrong: it gets the focus."""
    shown, wish = _now.surface, {}
    if shown is None or shown["about"]["id"] != networks.current():
        return wish
    for name, weight in zip(("first", "second"), shown["weights"]):
        fields = [by_id(f"weights-{name}-{part}") for part in ("row", "column")]
        for field in fields:
            if not field.validity.valid or field.value == "":
                field.focus()
                return None
        wish[name] = [weight["key"]] + [whole(field) for field in fields]
    return wish


def _forget():
    _now.set(surface=None, point=None)
    by_id("weights-fields").hidden = True


def _show_surface(answer):
    by_id("weights-fields").hidden = by_id("weights-result").hidden = False
    names = []
    for name, weight in zip(("first", "second"), answer["weights"]):
        key, place = weight["key"], weight["index"]
        names.append(f"{key}[{place[0]}, {place[1]}]")
        by_id(f"weights-{name}-key").textContent = key
        for part, at, size in zip(("row", "column"), place, answer["shapes"][key]):
            field = by_id(f"weights-{name}-{part}")
            field.value, field.max = at, size - 1
    _now.set(surface=answer, point=None, names=names)
    _now.plane.show(answer, N_("Loss"), names, *[weight["value"] for weight in answer["weights"]])
    _tell()


async def _back():
    """The point where the network has these two weights."""
    _now.plane.move_to(*[weight["value"] for weight in _now.surface["weights"]])


def _show_point(answer):
    _now.point = answer
    _draw()


def _tell():
    answer = _now.surface
    say(
        by_id("weights-said"),
        _(
            "{network}: with its own weights (the small dot) the loss of 100 training images is {loss}; "
            "in the picture it goes from {low} (violet) to {high} (yellow).",
            network=networks.name_of(answer["about"]["id"], answer["about"]),
            loss=f"{answer['loss']:.4f}", low=f"{answer['low']:.4f}", high=f"{answer['high']:.4f}",
        ),
    )  # fmt: skip


def _draw():
    surface, point, plane = _now.surface, _now.point, _now.plane
    if point is None:
        return
    _tell()
    names, at, slopes = _now.names, point["at"], point["backpropagation"]
    plane.begin(_("The loss as colours over {first} and {second}", first=names[0], second=names[1]))
    plane.plane.dot(*[weight["value"] for weight in surface["weights"]], "dot")
    steep = (slopes[0] * slopes[0] + slopes[1] * slopes[1]) ** 0.5 / (surface["steepest"] or 1)
    pull(plane.plane, *at, slopes, SHORTEST + (LONGEST - SHORTEST) * min(steep, 1), "first")
    says = _(
        "{first} = {a}, {second} = {b}: partial derivatives {d0} and {d1}",
        first=names[0], second=names[1], a=signed(at[0]), b=signed(at[1]),
        d0=signed(slopes[0]), d1=signed(slopes[1]),
    )  # fmt: skip
    plane.put(*at, _("The point of two weights"), says)
    say(by_id("weights-loss"), _("Loss at the point: {loss}", loss=f"{point['loss']:.4f}"))
    by_id("weights-rows").replaceChildren(
        *[
            row(name, signed(value, 4), signed(numerical, 6), signed(back, 6))
            for name, value, numerical, back in zip(names, at, point["numerical"], slopes)
        ]
    )
