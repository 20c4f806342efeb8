"""The chosen image, large, beside the probability of each digit."""

from dom import by_id, make
from pyscript import document
from words import N_, _, on_language, percent

_now = {"image": None, "network": lambda: ""}
_rows = []


def start():
    body = document.querySelector("#bars tbody")
    for digit in range(10):
        row = make("tr")
        head = make("th", str(digit), scope="row")
        cell = make("td")
        bar = make("span", **{"class": "bar"})
        cell.append(bar)
        value = make("td", "–", **{"class": "value"})
        row.append(head, cell, value)
        body.append(row)
        _rows.append((row, bar, value))
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
    probabilities = image["probabilities"]
    answer = max(range(10), key=lambda digit: probabilities[digit])
    sentence = N_("Answer: {answer} ({percent}). Correct.")
    if answer != label:
        sentence = N_("Answer: {answer} ({percent}). Wrong: it is a {label}.")
    verdict = by_id("verdict")
    verdict.textContent = _(sentence, answer=answer, percent=percent(probabilities[answer]), label=label)
    verdict.className = "verdict right" if answer == label else "verdict wrong"
    for digit, (row, bar, value) in enumerate(_rows):
        bar.style.width = f"{probabilities[digit] * 100:.3f}%"
        value.textContent = percent(probabilities[digit])
        row.className = ("answer-row " if digit == answer else "") + ("label-row" if digit == label else "")
        row.title = _("the correct digit") if digit == label else ""
    by_id("answered-by").textContent = _("Answered by: {network}", network=_now["network"]())
