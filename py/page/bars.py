"""The ten probabilities of one image as bars: the rows of a table."""

from dom import make
from words import _, percent


class Bars:
    """body: an empty tbody, which gets a row for each digit: digit, bar, probability."""

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

    def show(self, probabilities, label):
        """The most probable digit stands out; label, the correct one, is marked."""
        answer = most_probable(probabilities)
        for digit, (row, bar, value) in enumerate(self._rows):
            bar.style.width = f"{probabilities[digit] * 100:.3f}%"
            value.textContent = percent(probabilities[digit])
            row.className = ("answer-row " if digit == answer else "") + (
                "label-row" if digit == label else ""
            )
            row.title = _("the correct digit") if digit == label else ""


def most_probable(probabilities):
    return max(range(10), key=lambda digit: probabilities[digit])
