"""The pictures of the check-up: where the network stands on the reference’s curve, and its weights."""

import js
from pyscript import ffi
from ui import svg
from ui.dom import by_id, make
from ui.i18n import _, number

HEIGHT = 260
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 14, 40  # px around the curve
LAST = 10000


def start(draw):
    """Call draw() whenever the place of the curve gets another width."""
    fit = ffi.create_proxy(lambda *_time: draw())
    # in the next frame: a change of size within the observer is an error to the browser
    js.ResizeObserver.new(ffi.create_proxy(lambda *entries: js.requestAnimationFrame(fit))).observe(
        by_id("checkup-curve")
    )


def draw_curve(answer):
    """The reference's accuracy over the iterations with its spread, and a mark for the network."""
    place = by_id("checkup-curve")
    width = max(place.clientWidth, 260)
    floor = 0.5 if answer["accuracy"] > 0.55 else 0
    right, bottom = width - RIGHT, HEIGHT - BOTTOM

    def x(iteration):
        return LEFT + (right - LEFT) * min(iteration, LAST) / LAST

    def y(accuracy):
        return bottom - (bottom - TOP) * (max(accuracy, floor) - floor) / (1 - floor)

    picture = svg.drawing(width, HEIGHT, _curve_in_words(answer))
    for tenth in range(int(floor * 10), 11, 1 if floor else 2):
        picture.append(svg.line(LEFT, y(tenth / 10), right, y(tenth / 10), "grid"))
        picture.append(svg.label(LEFT - 8, y(tenth / 10) + 4, f"{tenth / 10:.1f}", "end"))
    for iteration in range(0, LAST + 1, 2000 if width > 420 else 5000):
        anchor = "end" if iteration == LAST else "middle"
        picture.append(svg.label(x(iteration), bottom + 17, number(iteration), anchor))
    picture.append(svg.label((LEFT + right) / 2, HEIGHT - 5, _("iteration")))

    rows = [row for row in answer["curve"] if row[3] >= floor]
    band = [(x(row[0]), y(row[3])) for row in rows] + [(x(row[0]), y(row[1])) for row in reversed(rows)]
    picture.append(svg.path(band, "band", close=True))
    picture.append(svg.path([(x(row[0]), y(row[2])) for row in rows], "mean"))

    accuracy = answer["accuracy"]
    picture.append(svg.line(LEFT, y(accuracy), right, y(accuracy), "here"))
    if answer["place"]:
        at = x(answer["place"][1])
        picture.append(svg.line(at, y(accuracy), at, bottom, "here"))
        picture.append(svg.shape("circle", cx=at, cy=y(accuracy), r=6, **{"class": "mark"}))
    above = y(accuracy) - 8 if accuracy < 0.88 else y(accuracy) + 18  # where the curve does not run
    picture.append(svg.label(right, above, f"{accuracy:.4f}", "end", "value"))
    place.replaceChildren(picture)
    by_id("checkup-rows").replaceChildren(*[_row(row) for row in answer["curve"]])


def _curve_in_words(answer):
    curve = answer["curve"]
    return _(
        "Test accuracy of the book’s network with {units} hidden units over the iterations: {first} after "
        "{early}, {last} after {late}. The network checked is at {accuracy}.",
        units=answer["units"],
        first=f"{curve[0][2]:.3f}",
        early=number(curve[0][0]),
        last=f"{curve[-1][2]:.3f}",
        late=number(curve[-1][0]),
        accuracy=f"{answer['accuracy']:.4f}",
    )


def _row(row):
    line = make("tr")
    line.append(make("th", number(row[0]), scope="row"))
    for value in row[1:]:
        line.append(make("td", f"{value:.4f}"))
    return line


def weights(answer):
    """Histograms: the weights that never change, those that learned, and the biases."""
    figure = make("div", **{"class": "checkup-weights"})
    for part, name in (
        ("edge", _("W1 of the pixels at the edge: as it started")),
        ("others", _("W1 of the other pixels: what was learned")),
        ("b1", _("the biases b1")),
    ):
        figure.append(_histogram(answer["weights"][part], name))
    return figure


def readings(answer):
    """Bars: the accuracy of the same weights, read in one way and another."""
    table = make("table", **{"class": "checkup-readings"})
    table.append(make("caption", _("Test accuracy of the same weights, by how they are read")))
    body = make("tbody")
    for each in answer["readings"]:
        row = make("tr")
        bar = make("span", **{"class": "bar"})
        bar.style.width = f"{100 * each['accuracy']:.2f}%"
        cell = make("td")
        cell.append(bar)
        row.append(make("th", _(each["name"]["message"], **each["name"]["values"]), scope="row"), cell)
        row.append(make("td", f"{each['accuracy']:.4f}", **{"class": "value"}))
        body.append(row)
    table.append(body)
    return table


def _histogram(values, name):
    width, height, bottom = 260, 120, 96
    words = _("size {size}; reference: {usual}", size=_short(values["size"]), usual=_short(values["usual"]))
    picture = svg.drawing(width, height, f"{name}: {words}")
    counts, most = values["counts"], max(values["counts"])
    step = width / len(counts)
    for i, count in enumerate(counts):
        tall = (bottom - 8) * count / most
        picture.append(
            svg.shape("rect", x=i * step, y=bottom - tall, width=step - 1, height=tall, **{"class": "bar"})
        )
    limit = values["limit"]
    for side in (-1, 1):
        at = width / 2 * (1 + side * min(values["usual"] / limit, 1))
        picture.append(svg.line(at, 0, at, bottom, "usual"))
    picture.append(svg.line(0, bottom, width, bottom, "axis"))
    for at, anchor in ((-limit, "start"), (0, "middle"), (limit, "end")):
        picture.append(svg.label(width / 2 * (1 + at / limit), height - 8, _short(at), anchor))
    figure = make("figure")
    caption = make("figcaption", name)
    caption.append(make("br"), make("span", words))
    figure.append(caption, picture)
    return figure


def _short(value):
    return f"{value:.2g}".replace("-", "−")
