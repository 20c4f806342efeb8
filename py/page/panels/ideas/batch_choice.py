"""One mini-batch of idea 6, chosen by a handle: its gradient as an arrow, and all values as a table."""

import math

from panels.ideas.height_map import arrow, ticks
from ui.dom import by_id, make, on, row, say, signed
from ui.i18n import _, images_of, number
from ui.state import State
from ui.svg_plane import Handle, Plane

FEW = 5  # of the 100 arrows of a size the longest, which may lie outside of the picture


class _Now(State):
    def __init__(self):
        self.answer = None
        self.lane = 2
        self.draw = 0
        self.handle = None
        self.lanes = None
        self.plane = None


_now = _Now()  # at first one of 100 images


def start(lanes):
    """lanes: the plane with a lane for each size, the smallest on top."""
    _now.lanes = lanes
    _now.handle = Handle(lanes, _moved, _nudged)
    _now.plane = Plane(by_id("tremble-arrow"), 220, _draw)
    on(by_id("tremble-values-fold"), "toggle", lambda event: _table())


def show(answer):
    """Draw what is chosen; the lanes have been drawn before."""
    _now.answer = answer
    _put()
    _table()


def height(lane, draw, lanes):
    """Where a draw lies in its lane: apart from its neighbours, each time the same."""
    return lanes - 1 - lane + (draw * 37 % 100 - 50) / 160


def name_of(weight):
    """A weight as NumPy writes it, such as W2[3, 7]."""
    return f"{weight['key']}[{weight['index'][0]}, {weight['index'][1]}]"


# ------------------------------------------------------------------ choosing


def _lane():
    """(gradients of the weight, lengths, angles) of the chosen lane; empty while unknown."""
    answer, lane = _now.answer, _now.lane
    if lane < len(answer["sizes"]):
        size = answer["sizes"][lane]
        return size["gradients"], size["lengths"], size["angles"]
    if answer["whole"] is None:
        return [], [], []
    return [answer["whole"]], [answer["whole_length"]], [0]


def _moved(x, y):
    last = len(_now.answer["sizes"])
    _choose(min(max(last - int(y + 0.5), 0), last), x)


def _nudged(across, up):
    """Up and down to the next lane, to the sides to the next value in it."""
    here, draw = _lane()[0], _now.draw
    if up:
        lane = _now.lane - (1 if up > 0 else -1)
        _choose(min(max(lane, 0), len(_now.answer["sizes"])), here[draw] if here else 0)
    elif here:
        order = sorted(range(len(here)), key=lambda each: here[each])
        _now.draw = order[min(max(order.index(draw) + across, 0), len(order) - 1)]
        _put()


def _choose(lane, x):
    """That draw of the lane whose gradient is the nearest to x."""
    _now.lane, _now.draw, least = lane, 0, None
    for draw, value in enumerate(_lane()[0]):
        if least is None or abs(value - x) < least:
            _now.draw, least = draw, abs(value - x)
    _put()


# ------------------------------------------------------------------ pictures


def _put():
    """The handle where the chosen draw is, and everything that is said of it."""
    answer, lane, draw = _now.answer, _now.lane, _now.draw
    last, here = len(answer["sizes"]), _lane()[0]
    at = height(lane, draw, last + 1) if lane < last else 0
    says, name = _says(), _("The chosen mini-batch")
    _now.handle.put(here[draw] if here else 0, at, name, " ".join(says), last - lane, (0, last))
    by_id("tremble-chosen").replaceChildren(*[make("p", text) for text in says])
    _draw()


def _says():
    """What the chosen gradient is, and how those of its size differ; sentences."""
    answer, lane, draw = _now.answer, _now.lane, _now.draw
    gradients, lengths, angles = _lane()
    if not gradients:
        return [_("The gradient of all images is not known yet: press “Use all 60,000 images”.")]
    facts = {
        "weight": name_of(answer["weight"]),
        "gradient": signed(gradients[draw], 4),
        "length": f"{lengths[draw]:.4g}",
    }
    if lane == len(answer["sizes"]):
        return [
            _(
                "All {count} images: the gradient is {gradient} for {weight}, and its length in all weights "
                "is {length}. It does not tremble: there is only one.",
                count=number(answer["images"]), **facts,
            )
        ]  # fmt: skip
    size = answer["sizes"][lane]
    sentences = [
        _(
            "Mini-batch {draw} of 100 with {size}: the gradient is {gradient} for {weight}, and its length "
            "in all weights is {length}.",
            draw=draw + 1, size=images_of(size["size"]), **facts,
        ),
        _(
            "All 100 of this size: on average {mean} for {weight}, with a standard deviation of {deviation}.",
            mean=signed(size["mean"], 4), deviation=f"{size['deviation']:.4g}", weight=facts["weight"],
        ),
    ]  # fmt: skip
    if angles:
        text = _(
            "It points {angle}° away from the gradient of all images; those of this size on average {mean}°.",
            angle=f"{angles[draw]:.1f}", mean=f"{size['angle']:.1f}",
        )  # fmt: skip
        sentences.append(text)
    return sentences


def _draw():
    """The chosen gradient as an arrow at its true angle to that of all images; of others where they end."""
    answer, plane = _now.answer, _now.plane
    known = answer is not None and answer["whole"] is not None
    plane.place.hidden = not known
    say(
        by_id("tremble-arrow-says"),
        _(
            "The gradient of all weights as an arrow, at its true angle to that of all images (dashed, to "
            "the right). Dots: where the arrows of the others of this size end."
        )
        if known
        else _("After “Use all 60,000 images” its arrow is seen here, beside that of all images."),
    )
    if not known:
        return
    _gradients, lengths, angles = _lane()
    draw, whole = _now.draw, answer["whole_length"]
    ends = [_end(length, angle) for length, angle in zip(lengths, angles)]
    longest = sorted(lengths)[-FEW - 1] if len(lengths) > FEW else 0
    reach = max(longest, lengths[draw], whole) * 1.08 or 1
    name = _("The gradient of the chosen mini-batch beside that of all images")
    plane.begin(name, (-1, 1), (0, 1))  # it tells how large the picture is
    wide, high = plane.right - plane.left, plane.bottom - plane.top
    reach = reach * max(1, wide / 2 / high)  # the same scale in both directions, for the angle to be true
    x, y = (-reach, reach), (0, reach * 2 * high / wide)
    plane.begin(name, x, y)
    plane.axes(ticks(*x), ticks(*y, 2), _("along the gradient of all images"), _("across it"))
    for a, b in ends:
        if abs(a) <= reach and b <= y[1]:
            plane.dot(a, b, "drawn", 3)
    arrow(plane, 0, 0, whole, 0, "second")
    arrow(plane, 0, 0, ends[draw][0], ends[draw][1], "first")


def _end(length, angle):
    return length * math.cos(math.radians(angle)), length * math.sin(math.radians(angle))


def _table():
    """The values behind both pictures, once someone looks."""
    answer = _now.answer
    if answer is None or not by_id("tremble-values-fold").open:
        return
    by_id("tremble-values-weight").textContent = _("gradient of {weight}", weight=name_of(answer["weight"]))
    rows = []
    for size in answer["sizes"]:
        for draw, value in enumerate(size["gradients"]):
            angle = f"{size['angles'][draw]:.1f}°" if size["angles"] else "–"
            length = f"{size['lengths'][draw]:.4g}"
            rows.append(row(number(size["size"]), str(draw + 1), signed(value, 4), length, angle))
    if answer["whole"] is not None:
        length = f"{answer['whole_length']:.4g}"
        rows.append(row(number(answer["images"]), "–", signed(answer["whole"], 4), length, "0°"))
    by_id("tremble-values").replaceChildren(*rows)
