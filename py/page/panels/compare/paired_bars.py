"""The probabilities by two networks for one image: A's bars to the left, B's to the right of the digits."""

from pyscript import document
from ui.dom import by_id, make
from ui.i18n import N_, _, percent
from ui.probability_bars import answer_of

SENTENCES = {  # by whether they answer the same, A is right, B is right
    (True, True, True): N_("Both answer {a}: correct."),
    (True, False, False): N_("Both answer {a}, but it is a {label}."),
    (False, True, False): N_("A answers {a}, B answers {b}: only A is right."),
    (False, False, True): N_("A answers {a}, B answers {b}: only B is right."),
    (False, False, False): N_("A answers {a}, B answers {b}: both are wrong, it is a {label}."),
}
_rows = []


def start():
    """Connect its controls; called once, before Python runs."""
    body = document.querySelector("#pair tbody")
    for digit in range(10):
        row = make("tr")
        values = [make("td", **{"class": "value"}) for side in "ab"]
        bars = [make("span", **{"class": "bar"}) for side in "ab"]
        cells = [make("td", **{"class": "side-" + side}) for side in "ab"]
        for side in (0, 1):
            cells[side].append(bars[side])
        head = make("th", str(digit), scope="row")
        row.append(values[0], cells[0], head, cells[1], values[1])
        body.append(row)
        _rows.append((head, [values, bars, cells]))


def show(image):
    """image: dict of index, label, src and probabilities, ten by each of the two networks."""
    label, both = image["label"], image["probabilities"]
    answers = [answer_of(one) for one in both]
    right = [answer == label for answer in answers]
    name = _("Test image {index}, label {label}", index=image["index"], label=label)
    portrait = by_id("pair-portrait")
    portrait.src = image["src"]
    portrait.alt = _("Enlarged: {image}", image=name)
    by_id("pair-caption").textContent = name
    sentence = SENTENCES[(answers[0] == answers[1], right[0], right[1])]
    verdict = by_id("pair-verdict")
    verdict.textContent = _(sentence, a=_named(answers[0]), b=_named(answers[1]), label=label)
    verdict.className = "verdict" if right[0] or right[1] else "verdict wrong"
    for digit, (head, (values, bars, cells)) in enumerate(_rows):
        head.className = "label" if digit == label else ""
        head.title = _("the correct digit") if digit == label else ""
        for side in (0, 1):
            bars[side].style.width = f"{both[side][digit] * 100:.3f}%"
            values[side].textContent = percent(both[side][digit])
            chosen = " given" if digit == answers[side] else ""
            values[side].className = "value" + chosen
            cells[side].className = "side-" + "ab"[side] + chosen


def _named(answer):
    return "–" if answer is None else answer
