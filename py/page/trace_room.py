"""The Trace room: a function of the book is run with real numbers, and one goes through it line by line."""

import asyncio

import gallery
import networks
import panels
import trace_address
import trace_ask
import trace_player
import trainer
import training_images
from dom import by_id, enable, make, on, on_click, spawn
from pyscript import window
from trace_mirror import Mirror
from trace_moment import MomentView, spoken
from trace_source import Source
from trace_values import Cards
from trace_why import Why
from words import _, number, on_language

SHIPPED = ("shipped", "shipped-1000", "shipped-3")  # networks that everyone has: a link may name them
ADDRESS_AFTER = 0.4  # seconds of rest at a moment before the address says it; browsers limit how often
KEPT = 400  # moments of a recording that are not asked for twice

_now = {
    "recording": None,
    "wish": None,
    "at": 0,
    "row": 0,
    "moments": {},  # (at, row) -> the worker's answer
    "moment": None,  # the one on the page
    "pictures": {},  # large pictures of the recording by the numbers that the worker gave them
    "showing": False,
    "goal": None,  # (name, index) to be explained once its moment is on the page
    "guide": "",
    "pinned": None,  # the explanation of the chosen number
    "wanted": None,  # (name, index, how): the explanation to be asked for next
    "asking": False,
    "link": None,  # what the address asked for, until Python is ready
}
_parts = {}


def start():
    cards = Cards(_look)
    _parts["cards"] = cards
    _parts["view"] = MomentView(cards)
    _parts["mirror"] = Mirror(by_id("trace-mirror"), cards)
    _parts["why"] = Why(by_id("trace-why"), lambda name, index: _ask(name, index, "followed"), _go_and_ask)
    _parts["source"] = Source(by_id("trace-source"), _to_line)
    trace_player.start(go, _to_line_number)
    trace_ask.start(_trace)
    on_click("trace-copy", _copy)
    on(by_id("trace-row"), "change", _on_row)
    on(by_id("trace-frame-fold"), "toggle", lambda event: _show_frame())
    gallery.on_choose(lambda index: trace_ask.show())
    panels.lazy("trace", _refresh)
    on(window, "hashchange", lambda event: _read_address())
    on_language(_texts)
    _read_address()


def worker_is_ready():
    for name in ["trace-run", "trace-invite"] + list(trace_ask.QUESTIONS):
        enable(name, True)
    by_id("trace-wait").hidden = True
    if _now["link"]:
        wish, _now["link"] = _now["link"], None
        _trace(wish, None)


async def _refresh():
    """Another network is in use, or it has learned: the recording stays, and says that it is of before."""
    _texts()


# ---------------------------------------------------------------- recording


def _trace(wish, question):
    spawn(_record(wish, question))


async def _record(wish, question):
    """Run the function in the worker and show its first line, or the one that answers the question."""
    trace_player.pause()
    enable("trace-run", False, _("It is running…"))
    _say_word("")
    try:
        if "batch" in wish:
            await training_images.load()
        asked = {key: wish[key] for key in ("f", "image", "batch", "seed", "network") if key in wish}
        recording = (await trainer.call("trace", **asked))[0]
    finally:
        enable("trace-run", True)
    _now.update(
        recording=recording, wish=wish, moments={}, pictures={}, moment=None, row=0, goal=None, guide=""
    )
    for name in ("source", "mirror", "why"):
        _parts[name].forget()
    trace_player.load(recording)
    by_id("trace-empty").hidden = True
    by_id("trace-work").hidden = False
    by_id("trace-copy").hidden = False
    by_id("trace-mirror-all").hidden = wish["f"] not in ("gradient", "step")
    by_id("trace-row-ask").hidden = recording["count"] == 1
    by_id("trace-row").max = str(recording["count"] - 1)
    by_id("trace-row").value = "0"
    _texts()
    _warn(recording)
    if question:
        await _answer(question)
    else:
        go(_first_moment(wish, recording))


def _first_moment(wish, recording):
    """Where the wish wants to begin; the first moment where it names none that exists."""
    if wish.get("at", 0) > len(recording["line"]) - 1:
        _say_word(_("The link names a moment that this recording does not have; here is its beginning."))
    elif "at" in wish:
        return wish["at"]
    elif wish.get("line") in recording["line"]:
        return recording["line"].index(wish["line"])
    elif "line" in wish:
        _say_word(_("The link names a line that does not run here; here is the beginning."))
    return 0


async def _answer(question):
    """Go to the line that a question is about, and explain the number that answers it."""
    _function, kind, line, words = trace_ask.QUESTIONS[question]
    recording = _now["recording"]
    for at in range(len(recording["line"])):
        if recording["kind"][at] == kind and _code(at).startswith(line):
            break
    label = recording["images"][0]["label"]
    _now["guide"] = _(words, digit=label)
    moment = await _moment(at, 0)
    made = (moment["makes"] + moment["returns"])[0]
    _go_and_ask(at, (made["name"], _index_in(made, label)))


def _index_in(made, label):
    """Of scores, the number of the label; of other arrays, the largest, whatever its sign."""
    if made["kind"] != "array" or not made["shape"]:
        return []
    place = label
    if made["role"] not in ("scores", "probabilities"):
        values = made["picture"]["values"]
        place = max(range(len(values)), key=lambda i: abs(values[i]))
    return [place] if len(made["shape"]) == 1 else [0, place]


def _code(at):
    """The text of the line at this moment."""
    recording = _now["recording"]
    source = recording["sources"][recording["source"][at]]
    return source["text"].split("\n")[recording["line"][at] - source["first"]].strip()


# ------------------------------------------------------------------- moving


def go(at):
    """Show this moment: the source at once, the values as soon as the worker has told them."""
    recording = _now["recording"]
    if recording is None or at is None:
        return
    _now["at"] = at
    trace_player.show(at)
    number_of_source = recording["source"][at]
    source = recording["sources"][number_of_source]
    _parts["source"].show(
        number_of_source, source["first"], source["text"], source["stops"], recording["line"][at]
    )
    by_id("trace-source").setAttribute("aria-label", _("Source of {function}", function=source["title"]))
    if not _now["showing"]:
        spawn(_show_moment())


def _go_and_ask(at, goal):
    _now["goal"] = goal
    if at == _now["at"] and _now["moment"]:
        _after_moment()
    else:
        go(at)


def _to_line(line):
    """The next time this line of the function on the page runs."""
    recording = _now["recording"]
    go(trace_player.steps().to_line(_now["at"], (recording["source"][_now["at"]], line)))


def _to_line_number(line):
    recording = _now["recording"]
    if line in recording["sources"][recording["source"][_now["at"]]]["stops"]:
        _to_line(line)
    else:
        by_id("trace-said").textContent = _("Line {line} does not run here.", line=line)


async def _moment(at, row):
    """What the worker says of a moment, asked for once."""
    key = (at, row)
    if key not in _now["moments"]:
        recording = _now["recording"]
        moment = (await trainer.call("trace_moment", at=at, row=row))[0]
        if recording is not _now["recording"]:
            return moment
        _now["pictures"].update(moment["pictures"])
        for summary in moment["reads"] + moment["makes"] + moment["locals"] + moment["returns"]:
            picture = summary["picture"]
            if picture and picture.get("src") in _now["pictures"]:  # it was sent before, and is named
                picture["src"] = _now["pictures"][picture["src"]]
        if len(_now["moments"]) >= KEPT:
            _now["moments"].clear()
        _now["moments"][key] = moment
    return _now["moments"][key]


async def _show_moment():
    """Show the present moment; if one has gone on meanwhile, that one."""
    _now["showing"] = True
    try:
        shown = None
        while shown != (_now["at"], _now["row"], _now["recording"]):
            shown = (_now["at"], _now["row"], _now["recording"])
            moment = await _moment(shown[0], shown[1])
            if shown == (_now["at"], _now["row"], _now["recording"]):
                _put_moment(moment)
    finally:
        _now["showing"] = False
    spawn(_write_address(_now["at"]))


def _put_moment(moment):
    _now["moment"] = moment
    at, row = _now["at"], _now["row"]
    code = _code(at)
    _parts["why"].forget()
    _now["pinned"] = None
    _parts["view"].show(moment, code, row)
    if not by_id("trace-mirror-all").hidden and moment["title"].endswith(".gradient"):
        _parts["mirror"].show(moment["locals"], row)
    _crumbs(moment)
    by_id("trace-said").textContent = spoken(moment, code)
    _after_moment()


def _after_moment():
    guide = by_id("trace-guide")
    guide.textContent = _now["guide"]
    guide.hidden = not _now["guide"]
    _now["guide"] = ""
    if _now["goal"]:
        (name, index), _now["goal"] = _now["goal"], None
        _ask(name, index, "chosen")


def _crumbs(moment):
    """The calls that led here, each a way back to the line that called."""
    parts = []
    for i, call in enumerate(moment["stack"]):
        if i:
            parts.append(make("span", "›", aria_hidden="true"))
        if i == len(moment["stack"]) - 1:
            parts.append(make("span", call["title"], aria_current="true"))
            continue
        button = make("button", call["title"], type="button")
        on(button, "click", lambda event, at=call["at"]: go(at))
        parts.append(button)
    by_id("trace-crumbs").replaceChildren(*parts)


def _show_frame():
    if _now["moment"]:
        _parts["view"].show_frame(_now["moment"], _now["row"])


def _on_row(event):
    field = by_id("trace-row")
    if field.value and field.checkValidity():
        _now["row"] = int(field.value)
        go(_now["at"])


# ------------------------------------------------------- where a number comes from


def _look(name, index, chosen):
    """A number is pointed at, or chosen; with name None, the pointer has left the picture."""
    if name is None:
        if _now["pinned"]:
            _now["wanted"] = None
            _put_why(_now["pinned"], "back")
        return
    _ask(name, index, "chosen" if chosen else "pointed")


def _ask(name, index, how):
    """Explain this number; of several asked for while the worker is busy, the last."""
    _now["wanted"] = (name, index, how)
    if not _now["asking"]:
        spawn(_explain())


async def _explain():
    _now["asking"] = True
    try:
        while _now["wanted"]:
            (name, index, how), _now["wanted"] = _now["wanted"], None
            at, recording = _now["at"], _now["recording"]
            why = (await trainer.call("trace_why", at=at, name=name, index=index))[0]
            if at == _now["at"] and recording is _now["recording"]:
                if how != "pointed":
                    _now["pinned"] = why
                _put_why(why, how)
    finally:
        _now["asking"] = False


def _put_why(why, how):
    _parts["why"].show(why, how)
    _parts["cards"].mark(why["name"], why["index"])


# -------------------------------------------------------------------- texts


def _texts():
    trace_ask.show()
    recording = _now["recording"]
    if recording is None:
        return
    about = recording["network"]
    function = _("one step of training") if recording["f"] == "step" else recording["f"]
    text = f"{function} · {trace_ask.says_images(recording)} · {networks.name_of(about['id'], about)}"
    in_use = networks.about(networks.current())
    if in_use and (in_use["id"], in_use["iterations"]) != (about["id"], about["iterations"]):
        text += " · " + _("another network is in use now: press Trace for its numbers")
    by_id("trace-of").textContent = text
    by_id("trace-row-of").textContent = _("of {count}", count=number(recording["count"]))
    trace_player.texts()
    if _now["moment"] and not _now["showing"]:
        _parts["mirror"].forget()
        _put_moment(_now["moment"])


def _warn(recording):
    """A limit was reached, or the function failed: the moments until then are there."""
    stopped, raised = recording["stopped"], recording["raised"]
    if stopped:
        _say_word(_(stopped["refused"], **stopped["values"]))
    elif raised:
        _say_word(_("It ended with an error: {error}", error=raised["text"]))


def _say_word(text):
    by_id("trace-word").textContent = text
    by_id("trace-word").hidden = not text


# ------------------------------------------------------------------ address


def _moment_wish():
    """The present moment as a wish; a network only if everyone has it."""
    wish = {key: value for key, value in _now["wish"].items() if key not in ("at", "line", "network")}
    network = _now["recording"]["network"]["id"]
    if network in SHIPPED:
        wish["network"] = network
    wish["at"] = _now["at"]
    return wish


async def _write_address(at):
    await asyncio.sleep(ADDRESS_AFTER)
    if at == _now["at"] and not trace_player.playing():
        trace_address.write(_moment_wish())


def _read_address():
    """A link to a moment: opened now, or as soon as Python is ready."""
    wish, useless = trace_address.read(SHIPPED)
    if wish is None:
        return
    trace_ask.fill(wish)
    by_id("trace").scrollIntoView()
    if trainer.ready():
        _trace(wish, None)
    else:
        _now["link"] = wish
    if useless:
        _say_word(
            _(
                "A part of the link could not be understood and is left out: {parts}.",
                parts=", ".join(useless),
            )
        )


async def _copy():
    """The link into the clipboard; where the browser forbids that, into a field to copy it from."""
    link = trace_address.link(_moment_wish())
    clipboard = window.navigator.clipboard
    copied = False
    if clipboard:
        try:
            await clipboard.writeText(link)
            copied = True
        except Exception:  # the reader said no
            copied = False
    by_id("trace-copied").textContent = _("Copied.") if copied else _("Here it is, to be copied:")
    field = by_id("trace-link")
    field.hidden = copied
    field.value = link
    if not copied:
        field.select()
