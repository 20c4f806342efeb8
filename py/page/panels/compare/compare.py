"""Two networks side by side: the one in use (A) and the one beside it (B), on one image and on all."""

import networks
from panels.compare import paired_bars, verdict
from panels.look import answer, gallery
from pyscript import document
from ui.dom import by_id, enable, make, on, on_click, spawn
from ui.i18n import N_, _, number, on_language
from ui.roving_grid import Grid
from ui.state import State
from worker_link import lazy_room, worker

AT_A_TIME = 24  # images
GROUPS = {
    "different": N_("different answers"),
    "only_a": N_("right in A, wrong in B"),
    "only_b": N_("wrong in A, right in B"),
    "both_wrong": N_("wrong in both"),
    "both_right": N_("right in both"),
    "all": N_("all images"),
}


class _Now(State):
    def __init__(self):
        self.group = "different"
        self.start = 0
        self.found = None
        self.page = None
        self.image = None
        self.grid = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    paired_bars.start()
    _now.grid = Grid(by_id("compare-thumbs"), lambda index: spawn(gallery.choose(index)))
    on(by_id("compare-a"), "change", lambda event: spawn(_use(by_id("compare-a").value)))
    on(
        by_id("compare-b"),
        "change",
        lambda event: spawn(networks.put_beside(by_id("compare-b").value or None)),
    )
    on(by_id("compare-group"), "change", lambda event: spawn(_filter(by_id("compare-group").value)))
    for button in _cells():
        on(button, "click", lambda event: spawn(_filter(event.currentTarget.getAttribute("data-group"))))
    on_click("compare-swap", _swap)
    on_click("compare-first", lambda: networks.put_beside(_suggestion()))
    on_click("compare-back", lambda: _turn(-AT_A_TIME))
    on_click("compare-on", lambda: _turn(AT_A_TIME))
    worker.on("compare", _on_progress)
    gallery.on_choose(lambda index: spawn(_look(index)))
    lazy_room.lazy("compare", _refresh)
    on_language(_show)


async def _refresh():
    """Other networks than before, or other numbers of one of them."""
    _now.found = _now.page = _now.image = None
    by_id("compare-bar").value = 0
    _show()
    if networks.beside() is None:
        return
    found = (await worker.call("compare_networks"))[0]
    if found:
        _now.found = found
        await _fetch()
        await _look(answer.index())


def _on_progress(message):
    by_id("compare-bar").value = message["part"]


async def _look(index):
    """Show this image in both networks."""
    if _now.found is None:
        return
    image = (await worker.call("compare_image", index=index))[0]
    if index == answer.index():  # else another one was chosen meanwhile
        _now.image = image
        _show()


async def _filter(group):
    _now.group, _now.start = group, 0
    await _fetch()


async def _turn(step):
    _now.start += step
    await _fetch()


async def _fetch():
    """The images of the group that is wanted."""
    wanted = {"group": _now.group, "start": _now.start}
    page = (await worker.call("compared_images", count=AT_A_TIME, **wanted))[0]
    if wanted["group"] == _now.group and _now.found is not None:  # else other networks were chosen
        _now.page, _now.start = page, page["start"]
        _fill(page)
        _show()


async def _use(key):
    """Network A; when it was B, they change places."""
    if key == networks.beside():
        await _swap()
    else:
        await networks.use(key)


async def _swap():
    a, b = networks.current(), networks.beside()
    await networks.use(b)
    await networks.put_beside(a)


# ------------------------------------------------------------------- showing


def _show():
    """All texts, in the language of the moment."""
    _show_choice()
    found, page, image = _now.found, _now.page, _now.image
    by_id("compare-wait").hidden = networks.beside() is None or page is not None
    by_id("compare-result").hidden = page is None
    if page is None:
        return
    _say("compare-verdict", verdict.verdict(found))
    _say("compare-difference", verdict.difference(found))
    _say("compare-how", verdict.how(found))
    _show_table(found["counts"])
    _show_page(page)
    _now.grid.mark(answer.index())
    if image:
        paired_bars.show(image)


def _show_choice():
    """Which networks are A and B, and what can be chosen."""
    ready = worker.ready()
    a, b = networks.current(), networks.beside()
    by_id("compare-a").replaceChildren(*networks.options(a))
    others = [option for option in networks.options(b) if option.value != a or a == b]
    by_id("compare-b").replaceChildren(make("option", _("none"), value=""), *others)
    for name in ("compare-a", "compare-b", "compare-first"):
        enable(name, ready, worker.why())
    enable("compare-swap", ready and b is not None, _("Choose a second network first."))
    by_id("compare-empty").hidden = b is not None
    known = networks.about(_suggestion()) is not None
    by_id("compare-first").hidden = not known
    if known:
        name = networks.name_of(_suggestion())
        by_id("compare-first").textContent = _("Compare with {network}", network=name)


def _suggestion():
    """A network that makes an interesting comparison with the one in use."""
    return "shipped" if networks.current() == "shipped-3" else "shipped-3"


def _cells():
    found = document.querySelectorAll("#compare-table button")
    return [found.item(i) for i in range(found.length)]


def _show_table(counts):
    for button in _cells():
        group = button.getAttribute("data-group")
        button.textContent = number(counts[group])
        name = _("{group}: {count} images", group=_(GROUPS[group]), count=number(counts[group]))
        button.setAttribute("aria-label", name)
        button.setAttribute("aria-pressed", "true" if group == _now.group else "false")
    a_right, b_right = (counts["both_right"] + counts[only] for only in ("only_a", "only_b"))
    for name, count in (
        ("a-right", a_right),
        ("a-wrong", counts["all"] - a_right),
        ("b-right", b_right),
        ("b-wrong", counts["all"] - b_right),
        ("all", counts["all"]),
    ):
        by_id("compare-" + name).textContent = number(count)


def _show_page(page):
    select = by_id("compare-group")
    options = []
    for group, words in GROUPS.items():
        text = f"{_(words)} ({number(_now.found['counts'][group])})"
        option = make("option", text, value=group)
        option.selected = group == _now.group
        options.append(option)
    select.replaceChildren(*options)
    last = page["start"] + len(page["items"])
    where = _("No image fits.")
    if page["total"]:
        first, total = number(page["start"] + 1), number(page["total"])
        where = _("{first}–{last} of {total}", first=first, last=number(last), total=total)
    _say("compare-where", where)
    why = _("There are no more images this way.")
    enable("compare-back", page["start"] > 0, why)
    enable("compare-on", last < page["total"], why)
    pictures = by_id("compare-thumbs").querySelectorAll("button")
    for i, image in enumerate(page["items"]):
        a, b = image["answers"]
        name = _(
            "Label {label}: A answers {a}, B answers {b} (test image {index})",
            label=image["label"],
            a=a,
            b=b,
            index=image["index"],
        )
        pictures.item(i).setAttribute("aria-label", name)


def _fill(page):
    """The images, each above both answers; a wrong one is struck out."""
    parts = []
    for image in page["items"]:
        button = make("button", type="button", data_index=str(image["index"]))
        button.append(make("img", src=image["src"], alt="", width="28", height="28"))
        answers = make("span", aria_hidden="true")
        for given in image["answers"]:
            answers.append(make("b" if given == image["label"] else "s", str(given)))
        button.append(answers)
        item = make("li", role="none")
        item.append(button)
        parts.append(item)
    _now.grid.fill(parts, answer.index())


def _say(name, text):
    if by_id(name).textContent != text:  # the same text again would be read out again
        by_id(name).textContent = text
