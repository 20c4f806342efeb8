"""Precision and recall of each digit."""

from ui.dom import by_id, make
from ui.i18n import _, number, percent


def show(reply):
    """Fill the table of precision and recall from the matrix that the worker counted."""
    matrix = reply["matrix"]
    rows = []
    for digit in range(10):
        row = make("tr")
        row.append(make("th", str(digit), scope="row"))
        row.append(make("td", number(sum(matrix[digit]))))
        row.append(_share(reply["recall"][digit]))
        row.append(make("td", number(sum(line[digit] for line in matrix))))
        row.append(_share(reply["precision"][digit]))
        f1 = reply["f1"][digit]
        row.append(make("td", "–" if f1 is None else percent(f1, 1)))
        rows.append(row)
    by_id("scores-rows").replaceChildren(*rows)
    by_id("scores-least").textContent = _least(reply)


def _share(share):
    """A cell with the share and a bar of it; a dash where there is nothing to divide by."""
    cell = make("td", "–" if share is None else percent(share, 1))
    if share is not None:
        bar = make("span", **{"class": "share"})
        part = make("span")
        part.style.width = f"{share * 100:.2f}%"
        bar.append(part)
        cell.append(bar)
    return cell


def _least(reply):
    found, hardest = _smallest(reply["recall"])
    reliable, doubtful = _smallest(reply["precision"])
    return _(
        "Hardest to find: the digit {hardest} ({found} of its images). "
        "To be trusted least: the answer {doubtful} (right {reliable} of the time).",
        hardest=hardest,
        found=percent(found, 1),
        doubtful=doubtful,
        reliable=percent(reliable, 1),
    )


def _smallest(shares):
    """(share, digit), those without a share left out."""
    return min((share, digit) for digit, share in enumerate(shares) if share is not None)
