"""The chosen image, large, beside the probability of each digit."""

from bars import Bars, most_probable
from dom import by_id
from pyscript import document
from words import N_, _, on_language, percent

_now = {"image": None, "network": lambda: ""}


def start():
    _now["bars"] = Bars(document.querySelector("#bars tbody"))
    on_language(_show)


def show(image, network):
    """image: dict of index, label, src and probabilities; network: says the name of who answers."""
    _now["image"] = image
    _now["network"] = network
    _show()


def update(probabilities):
    """New probabilities for the same image (while the network learns)."""
    if _now["image"]:
        _now["image"]["probabilities"] = probabilities
        _show()


def index():
    return _now["image"]["index"] if _now["image"] else 0


def verdict(image):
    """A sentence: the answer to this image (as for show), how sure, and whether it is right."""
    probabilities = image["probabilities"]
    answer = most_probable(probabilities)
    sentence = N_("Answer: {answer} ({percent}). Correct.")
    if answer != image["label"]:
        sentence = N_("Answer: {answer} ({percent}). Wrong: it is a {label}.")
    return _(sentence, answer=answer, percent=percent(probabilities[answer]), label=image["label"])


def _show():
    image = _now["image"]
    if not image:
        return
    label = image["label"]
    name = _("Test image {index}, label {label}", index=image["index"], label=label)
    portrait = by_id("portrait")
    if portrait.getAttribute("src") != image["src"]:
        portrait.src = image["src"]
    portrait.alt = _("Enlarged: {image}", image=name)
    by_id("portrait-caption").textContent = name
    by_id("verdict").textContent = verdict(image)
    right = most_probable(image["probabilities"]) == label
    by_id("verdict").className = "verdict right" if right else "verdict wrong"
    _now["bars"].show(image["probabilities"], label)
    by_id("answered-by").textContent = _("Answered by: {network}", network=_now["network"]())
