"""Calibration: how often "95 %" is right."""

from panels.mistakes import reliability_diagram
from ui.dom import by_id, make, on
from ui.i18n import _, images_of, number, percent

_now = {"reply": None}


def start():
    """Connect its controls; called once, before Python runs."""
    on(by_id("sure"), "input", lambda event: _show_near())


def show(reply):
    """reply: curve, near, error, sure, right, surplus, chance of the worker's `mistakes`."""
    _now["reply"] = reply
    by_id("sure").min = str(reply["near"]["first"])
    by_id("calibration-verdict").textContent = _verdict(reply)
    by_id("calibration-rows").replaceChildren(*[_row(one) for one in reply["curve"] if one["count"]])
    reliability_diagram.draw(reply["curve"])
    by_id("calibration-chart").setAttribute(
        "aria-label",
        _("Reliability curve: {words}", words=_verdict(reply)),
    )
    _show_near()


def _show_near():
    reply = _now["reply"]
    if reply is None:
        return
    said = int(by_id("sure").value)
    one = reply["near"]["bins"][said - reply["near"]["first"]]
    by_id("sure-value").textContent = percent(said / 100, 0)
    by_id("sure").setAttribute("aria-valuetext", percent(said / 100, 0))
    by_id("sure-right").textContent = _near(said, one)
    reliability_diagram.mark(one)


def _near(said, one):
    values = {
        "said": percent(said / 100, 0),
        "above": percent(one["above"], 1),
        "up_to": percent(one["up_to"], 1),
        "images": images_of(one["count"]),
    }
    if not one["count"]:
        return _("It never says about {said} ({above} to {up_to}).", **values)
    return _(
        "When it says about {said} ({above} to {up_to}), it is right in {right} of {images}. "
        "For images in general, likely in {low} to {high}.",
        right=percent(one["right"], 1),
        low=percent(one["low"], 1),
        high=percent(one["high"], 1),
        **values,
    )


def _verdict(reply):
    values = {
        "sure": percent(reply["sure"], 1),
        "right": percent(reply["right"], 1),
        "error": f"{reply['error'] * 100:.1f}",
    }
    if reply["chance"]:
        return _(
            "On average it is {sure} sure, and right in {right}: no more apart than chance allows. "
            "Over the bins they differ by {error} points (expected calibration error).",
            **values,
        )
    if reply["surplus"] > 0:
        return _(
            "It is over-confident: on average {sure} sure, but right in only {right}. "
            "Over the bins they differ by {error} points (expected calibration error).",
            **values,
        )
    return _(
        "It is under-confident: on average only {sure} sure, but right in {right}. "
        "Over the bins they differ by {error} points (expected calibration error).",
        **values,
    )


def _row(one):
    row = make("tr")
    row.append(make("th", _between(one["above"], one["up_to"], 0), scope="row"))
    for text in (
        number(one["count"]),
        percent(one["sure"], 1),
        percent(one["right"], 1),
        _between(one["low"], one["high"], 1),
    ):
        row.append(make("td", text))
    return row


def _between(low, high, digits):
    """20–30 %."""
    return f"{low * 100:.{digits}f}–{percent(high, digits)}"
