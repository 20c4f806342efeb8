"""The chosen image, large, beside the probability of each digit."""

import math

from pyscript import document
from ui.dom import by_id
from ui.i18n import _, on_language
from ui.probability_bars import Bars, say_verdict
from ui.state import State


class _Now(State):
    def __init__(self):
        self.image = None
        self.network = lambda: ""


_now = _Now()
_bars = []


def start():
    """Connect its controls; called once, before Python runs."""
    _bars.append(Bars(document.querySelector("#bars tbody")))
    on_language(_show)


def show(image, network):
    """image: dict of index, label, src and probabilities; network: says the name of who answers."""
    _now.image = image
    _now.network = network
    _show()


def update(probabilities):
    """New probabilities for the same image (while the network learns)."""
    if _now.image:
        _now.image["probabilities"] = probabilities
        _show()


def image():
    """The chosen image, a dict of index, label, src and probabilities; None before the page is up."""
    return _now.image


def index():
    """The number of the chosen test image."""
    return _now.image["index"] if _now.image else 0


def _show():
    image = _now.image
    if not image:
        return
    label = image["label"]
    name = _("Test image {index}, label {label}", index=image["index"], label=label)
    portrait = by_id("portrait")
    if portrait.getAttribute("src") != image["src"]:
        portrait.src = image["src"]
    portrait.alt = _("Enlarged: {image}", image=name)
    by_id("portrait-caption").textContent = name
    probabilities = image["probabilities"]
    say_verdict(by_id("verdict"), probabilities, label)
    _bars[0].show(probabilities, label)
    by_id("answered-by").textContent = _("Answered by: {network}", network=_now.network())
    p = probabilities[label]
    by_id("answer-loss").textContent = _(
        "Its loss: −log({p}) = {loss}", p=f"{p:.4g}", loss=f"{-math.log(p + 1e-7):.4f}"
    )
    by_id("answer-loss-why").href = f"#ideas/4.2?image={image['index']}"
