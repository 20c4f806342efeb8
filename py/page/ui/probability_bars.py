"""The probability of each digit as a table of bars, and the answer as a sentence."""

from ui.dom import make
from ui.i18n import N_, _, percent

CORRECT = N_("Answer: {answer} ({percent}). Correct.")
WRONG = N_("Answer: {answer} ({percent}). Wrong: it is a {label}.")
NONE = N_("No answer: the numbers of this network have grown beyond what a computer can hold.")
UNKNOWN = N_("Answer: {answer} ({percent}).")


class Bars:
    """Ten rows in the body of a table."""

    def __init__(self, body):
        self._rows = []
        for digit in range(10):
            row = make("tr")
            head = make("th", str(digit), scope="row")
            cell = make("td")
            bar = make("span", **{"class": "bar"})
            cell.append(bar)
            value = make("td", "–", **{"class": "value"})
            row.append(head, cell, value)
            body.append(row)
            self._rows.append((row, bar, value))

    def show(self, probabilities, label=None):
        """label: the correct digit, where it is known; probabilities None: no answer."""
        answer = answer_of(probabilities) if probabilities else None
        for digit, (row, bar, value) in enumerate(self._rows):
            bar.style.width = f"{probabilities[digit] * 100:.3f}%" if probabilities else "0"
            value.textContent = percent(probabilities[digit]) if probabilities else "–"
            row.className = ("answer-row " if digit == answer else "") + (
                "label-row" if digit == label else ""
            )
            row.title = _("the correct digit") if digit == label else ""


def answer_of(probabilities):
    """The digit answered; None where the network's numbers are none any more, and all is 0."""
    return max(range(10), key=lambda digit: probabilities[digit]) if any(probabilities) else None


def in_short(probabilities):
    """The answer and how sure it is: 7 (99.87 %)."""
    answer = answer_of(probabilities)
    return _("no answer") if answer is None else f"{answer} ({percent(probabilities[answer])})"


def say_verdict(element, probabilities, label=None):
    """Write the answer into the element, and whether it is right where that is known."""
    answer = answer_of(probabilities)
    if answer is None:
        element.textContent, element.className = _(NONE), "verdict wrong"
        return
    sentence = UNKNOWN if label is None else (CORRECT if answer == label else WRONG)
    element.textContent = _(sentence, answer=answer, percent=percent(probabilities[answer]), label=label)
    right = "" if label is None else (" right" if answer == label else " wrong")
    element.className = "verdict" + right
