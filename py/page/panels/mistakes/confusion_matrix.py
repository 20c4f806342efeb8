"""The confusion matrix: a row for each label, a column for each answer; a cell chosen shows its images."""

from ui.dom import by_id, make
from ui.i18n import _, images_of, number, on_language, percent
from ui.roving_grid import Grid

# Where a cell's colour gets stronger: shares of its row, in steps of 1, 2, 5 so that mistakes are seen beside
# the diagonal
STEPS = (0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_parts = {}


def start(choose):
    """choose: called with (label, answer) of a cell."""
    _parts["grid"] = Grid(
        by_id("confusion-rows"),
        lambda cell: choose(cell // 10, cell % 10),
        columns=10,
        marks="aria-selected",
    )
    _parts["chosen"] = None
    on_language(_legend)


def show(reply):
    """Fill the matrix with what the worker counted."""
    matrix = reply["matrix"]
    answers = [sum(row[answer] for row in matrix) for answer in range(10)]
    _parts["grid"].fill([_row(label, matrix[label]) for label in range(10)], _parts["chosen"])
    total = make("tr")
    total.append(make("th", _("sum"), scope="row"))
    for count in answers + [sum(answers)]:
        total.append(make("td", number(count), **{"class": "total"}))
    by_id("confusion-sums").replaceChildren(total)
    by_id("confusion-most").textContent = _most_frequent(reply)


def mark(label, answer):
    """Show the cell whose images are listed (None: none)."""
    _parts["chosen"] = None if label is None or answer is None else 10 * label + answer
    _parts["grid"].mark(_parts["chosen"])


def _row(label, counts):
    row = make("tr")
    row.append(make("th", str(label), scope="row"))
    images = sum(counts)
    for answer, count in enumerate(counts):
        cell = make("td", str(count), data_index=str(10 * label + answer))
        cell.setAttribute("data-level", str(_level(count / images if images else 0)))
        if answer == label:
            cell.className = "right"
        name = _(
            "Label {label}, answer {answer}: {images}", label=label, answer=answer, images=images_of(count)
        )
        cell.setAttribute("aria-label", name)
        cell.title = name + f" ({percent(count / images, 1)})" if images else name
        row.append(cell)
    row.append(make("td", number(images), **{"class": "total"}))
    return row


def _level(share):
    return sum(1 for step in STEPS if share > step)


def _most_frequent(reply):
    if not reply["most_frequent"]:
        return _("There are no mistakes.")
    label, answer = reply["most_frequent"]
    count, images = reply["matrix"][label][answer], sum(reply["matrix"][label])
    return _(
        "The most frequent mistake: label {label}, answer {answer}: {count} of {all} images ({percent}).",
        label=label,
        answer=answer,
        count=number(count),
        all=number(images),
        percent=percent(count / images, 1),
    )


def _legend():
    """What share of a row each colour means."""
    parts = [make("li", "0", data_level="0")]
    for level, step in enumerate(STEPS[1:] + (1,), 1):
        text = f"{step * 100:g}"
        parts.append(make("li", text, data_level=str(level)))
    by_id("confusion-legend").replaceChildren(*parts)
