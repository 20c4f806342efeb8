"""The living network: the hidden units as tiles that grow out of noise, and lines to the ten outputs.

The worker paints; here its bytes go onto the canvas. A picture is asked for when the last one has come, so a
slow machine shows fewer of them and trains as fast as before.
"""

import js
import networks
from panels.look import answer, gallery
from pyscript import document, window
from ui.dom import by_id, make, on, say, signed, spawn
from ui.i18n import N_, _, number, on_language
from ui.roving_grid import Grid
from ui.state import State
from ui.svg import line
from worker_link import lazy_room, worker

THICKEST = 7  # px of a line
NO_HIDDEN = N_("{network}: no hidden layer. Each square shows the weights of one output.")
ALL = N_(
    "{network}: {all} hidden units. Each square shows the weights of one, its frame how strongly it "
    "answers this image."
)
SOME = N_(
    "{network}: the {shown} strongest of {all} hidden units. Each square shows the weights of one, its "
    "frame how strongly it answers this image."
)
ALL_DZ1 = N_(
    "{network}: {all} hidden units. Each square shows the weights of one, its frame what happens to the loss "
    "of this image if the unit answers more strongly: orange, it rises; blue, it falls."
)
TINT = N_(
    "Which pixels make it say {digit}? Orange ones push its score up, blue ones down: {pixels} together. The "
    "rest of the network adds {rest}, which makes a score of {score}."
)
LINES = N_("Lines: the units that speak most for the {digit} (orange) and against it (blue).")
DEEPER = N_("More hidden layers follow: {more}.")


class _Now(State):
    def __init__(self):
        self.picture = None
        self.digit = None  # whose lines the learner wants; None for the answer's
        self.outputs = None
        self.busy = False
        self.again = False


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    _now.outputs = Grid(by_id("network-outputs"), _choose)
    _fill_outputs()
    on(by_id("network-frames"), "change", lambda event: spawn(_ask()))
    on(by_id("network-tiles"), "click", _on_tile)
    worker.on("training", lambda message, losses: _learned())
    gallery.on_choose(lambda index: _image_chosen())
    lazy_room.lazy("living_network", _ask)
    on_language(_show)


def _learned():
    """The run has gone on: another picture, if it is the one in use and somebody can see it."""
    if networks.current() == "trained" and not document.hidden and _in_sight():
        spawn(_ask())


def _in_sight():
    place = by_id("network-tiles").getBoundingClientRect()
    return place.bottom > 0 and place.top < window.innerHeight


def _image_chosen():
    _now.digit = None
    spawn(_ask())


def _choose(digit):
    _now.digit = None if digit == _now.digit else digit
    spawn(_ask())


async def _ask():
    """The picture of this moment; while one is on its way, later wishes become a single one."""
    _now.again = True
    if _now.busy or not worker.ready():
        return
    _now.busy = True
    try:
        while _now.again:
            _now.again = False
            frames = by_id("network-frames").value
            message, pixels, tint = await worker.call(
                "network_picture", index=answer.index(), digit=_now.digit, frames=frames
            )
            if message["index"] == answer.index():  # else another image was chosen meanwhile, and asked for
                message["frames"] = frames
                _now.picture = message
                _paint(by_id("network-tiles"), message["width"], message["height"], pixels)
                by_id("network-tiles").classList.remove("waiting")
                by_id("portrait-tint").hidden = not message["tint"]
                if message["tint"]:
                    _paint(by_id("portrait-tint"), 28, 28, tint)
                _show()
    finally:
        _now.busy = False


def _paint(canvas, width, height, pixels):
    if canvas.width != width or canvas.height != height:
        canvas.width, canvas.height = width, height
    picture = js.ImageData.new(js.Uint8ClampedArray.new(pixels), width, height)
    canvas.getContext("2d").putImageData(picture, 0, 0)


def _on_tile(event):
    """To the page of the unit that was pressed."""
    picture, box = _now.picture, by_id("network-tiles").getBoundingClientRect()
    if picture is None:
        return
    pixel = min(box.width / picture["width"], box.height / picture["height"])  # as object-fit: contain
    left = event.clientX - box.right + pixel * picture["width"]  # object-position: right center
    top = event.clientY - (box.top + box.bottom - pixel * picture["height"]) / 2
    pitch = pixel * picture["width"] / picture["columns"]
    place = int(top // pitch) * picture["columns"] + int(left // pitch)
    if left >= 0 and top >= 0 and place < len(picture["units"]):
        window.kobai.go("#examine/units?unit=" + str(picture["units"][place]))


def _fill_outputs():
    """A button for each digit: its bar, and whether the lines are those to it."""
    parts = []
    for digit in range(10):
        button = make("button", str(digit), type="button", data_index=str(digit))
        bar = make("span")
        bar.append(make("i"))
        button.append(bar)
        item = make("li", role="none")
        item.append(button)
        parts.append(item)
    _now.outputs.fill(parts, None)


def _show():
    """All texts, bars and lines, in the language of the moment."""
    image = answer.image()
    buttons = by_id("network-outputs").querySelectorAll("button")
    for digit in range(10):
        buttons.item(digit).setAttribute("aria-label", _("Lines to the digit {digit}", digit=digit))
    picture = _now.picture
    probabilities = picture["probabilities"] if picture else image["probabilities"] if image else [0] * 10
    for digit in range(10):
        buttons.item(digit).querySelector("i").style.width = f"{probabilities[digit] * 100:.1f}%"
    if not picture:
        return
    _now.outputs.mark(picture["digit"] if picture["layers"] == 2 else None)
    _draw_lines(picture)
    shown, layers = len(picture["units"]), picture["layers"]
    sentence = NO_HIDDEN if layers == 1 else ALL if shown == picture["all"] else SOME
    if layers > 1 and picture["frames"] == "dz1":
        sentence = ALL_DZ1
    by_id("network-said").textContent = _(
        sentence,
        network=networks.name_of(picture["network"]["id"], picture["network"]),
        shown=number(shown),
        all=number(picture["all"]),
    )
    more = ""
    if layers == 2:
        more = _(LINES, digit=picture["digit"])
    elif layers > 2:
        more = _(DEEPER, more=number(layers - 2))
    by_id("network-lines-said").textContent = more
    tint, said = picture["tint"], ""
    if tint:
        said = _(
            TINT,
            digit=tint["digit"],
            pixels=signed(tint["pixels"]),
            rest=signed(tint["rest"]),
            score=signed(tint["score"]),
        )
    say(by_id("network-tint-said"), said)


def _draw_lines(picture):
    """From the row of each unit to the digit; the strongest is the thickest."""
    rows = -(-len(picture["units"]) // picture["columns"])
    strongest = max([abs(value) for _place, value in picture["lines"]] or [1]) or 1
    lines = []
    for place, value in picture["lines"]:
        row, column = divmod(place, picture["columns"])  # from the right edge of the row, by its column
        height = 100 * (row + 0.1 + 0.8 * (column + 0.5) / picture["columns"]) / rows
        goal = 10 * picture["digit"] + 5
        drawn = line(0, f"{height:.1f}", 100, goal, "against" if value < 0 else "for")
        drawn.style.strokeWidth = f"{max(0.5, abs(value) / strongest * THICKEST):.1f}px"
        lines.append(drawn)
    by_id("network-lines").replaceChildren(*lines)
