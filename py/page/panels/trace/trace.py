"""The Trace room: a function of the book is run with real numbers, and one goes through it line by line."""

from panels.look import gallery
from panels.trace import ask, code, player, sentences, share
from panels.trace.explain import Explainer
from panels.trace.mirror import Mirror
from panels.trace.moment import MomentView, spoken
from panels.trace.source import Source
from ui import problems
from ui.dom import by_id, enable, make, on, spawn, whole
from ui.i18n import _, number, on_language
from ui.state import State
from worker_link import lazy_room, training_images, user_worker, worker

KEPT = 400  # moments of a recording that are not asked for twice
STARTERS = ["trace-run", "trace-invite"] + list(ask.QUESTIONS)  # buttons that need Python


class _Now(State):
    def __init__(self):
        self.recording = None
        self.asked = None  # the wish it came from
        self.at = 0
        self.row = 0
        self.moments = {}  # (at, row) -> the worker's answer
        self.moment = None  # the one on the page
        self.pictures = {}  # large pictures of the recording by the numbers that the worker gave them
        self.running = False
        self.showing = False
        self.guide = ""  # what the learner is told at the next moment
        self.failed = None  # why there is no recording of what was last asked for
        self.link = None  # what the address asked for, until Python is ready


_now = _Now()
_parts = {}


def start():
    """Connect its controls; called once, before Python runs."""
    _parts["source"] = Source(by_id("trace-source"), _to_line)
    explainer = Explainer(lambda: (_now.at, _now.recording), ask_of, go, _parts["source"].keep_in_view)
    _parts["explainer"] = explainer
    _parts["view"] = MomentView(explainer.cards)
    _parts["mirror"] = Mirror(by_id("trace-mirror"), explainer.cards)
    player.start(go, _to_line_number)
    ask.start(_trace)
    share.start(_moment_wish, _open_link)
    on(by_id("trace-row"), "change", _on_row)
    on(by_id("trace-frame-fold"), "toggle", lambda event: _show_frame())
    gallery.on_choose(lambda index: ask.show())
    lazy_room.lazy("trace", _refresh)
    worker.on("gone", _record_again)
    user_worker.on_end(_forget_own)
    on_language(_texts)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _texts()
    by_id("trace-wait").hidden = True
    if _now.link:
        link, _now.link = _now.link, None
        _open_link(*link)


def _is_own():
    """Whether the recording is of the learner's code: another Python has it than the page's."""
    return bool(_now.recording) and _now.recording["f"] == "code"


def _record_again():
    """The recording went with the worker: the next one makes it anew, at the same moment."""
    if _is_own():  # its own Python still has it; and no code runs but by the learner's hand
        return
    player.pause()
    if _now.recording and not _now.link:
        _now.link = (dict(_now.asked, at=_now.at), "")


def _forget_own():
    """The Python that ran the learner's code has ended, and what it recorded went with it."""
    if _is_own():
        player.pause()
        _now.set(recording=None, asked=None, moment=None)
        _parts["explainer"].forget()
        by_id("trace-work").hidden = True
        by_id("trace-empty").hidden = False
        _say_word([])
        _texts()


async def _refresh():
    """Another network is in use, or it has learned: the recording stays, and says that it is of before."""
    _texts()
    await code.refresh()


def _open_link(wish, word):
    """A link to a moment: opened now, or as soon as Python is ready."""
    ask.fill(wish)
    if worker.ready():
        spawn(_record(wish, None, word))
    else:
        _now.link = (wish, word)


# ---------------------------------------------------------------- recording


def _trace(wish, question):
    spawn(_record(wish, question, ""))


async def _record(wish, question, word):
    """Run the function in the worker and show its first line, or the one that answers the question."""
    if _now.running:
        return
    player.pause()
    problems.take_back(_now.failed)
    _now.running, _now.failed = True, None
    _say_running()
    code.running("code" in wish)
    try:
        recording = await _recorded(wish)
    except problems.Problem as problem:
        _now.failed = problem
        raise
    finally:
        _now.running = False
        code.running(False)
        _texts()
    _now.set(recording=recording, asked=wish, moments={}, moment=None, pictures={}, row=0, guide="")
    if not _is_own():
        user_worker.end()
    for name in ("source", "mirror", "explainer"):
        _parts[name].forget()
    player.load(recording)
    by_id("trace-empty").hidden = True
    by_id("trace-work").hidden = False
    by_id("trace-copy").hidden = "code" in wish
    titles = [source["title"] for source in recording["sources"]]
    by_id("trace-mirror-all").hidden = not any(title.endswith(".gradient") for title in titles)
    code.show_printed(recording)
    by_id("trace-row-ask").hidden = recording["count"] == 1
    by_id("trace-row").max = str(recording["count"] - 1)
    by_id("trace-row").value = "0"
    _texts()
    first, doubt = sentences.first_moment(wish, recording)
    _say_word([word, doubt, sentences.ending(recording)])
    if question:
        await _answer(question)
    else:
        go(first)


async def _recorded(wish):
    """The worker's recording of what is wished for."""
    if "batch" in wish:
        await training_images.load()
    asked = {key: wish[key] for key in ("image", "batch", "seed", "network") if key in wish}
    if "pixels" in wish:
        asked["normalize"] = wish["pixels"] == "0-1"
    if "code" in wish:
        return await _of_own_code(wish["code"], asked)
    if "lr" in wish:
        asked["learning_rate"] = wish["lr"]
    return (await worker.call("trace", f=wish["f"], **asked))[0]


async def _of_own_code(code, asked):
    """What the page's Python knows of network and images, with what the other Python makes of the code."""
    given = await worker.call("given_to_code", **asked)
    known, arrays = given[0]["known"], given[1:]
    if not user_worker.ready():
        by_id("trace-of").textContent = _("Python for your own code is starting…")
        await user_worker.start()
        _say_running()
    recording = (await user_worker.call("run_code", *arrays, code=code, **known))[0]
    recording.update(given[0]["shown"])
    return recording


def _say_running():
    by_id("trace-of").textContent = _("It is running…")


async def ask_of(recording, function, **arguments):
    """What the Python that made this recording answers about it."""
    python = user_worker if recording["f"] == "code" else worker
    return (await python.call(function, **arguments))[0]


async def _answer(question):
    """Go to the line that a question is about, and explain the number that answers it."""
    _function, kind, line, words = ask.QUESTIONS[question]
    recording = _now.recording
    found = 0
    for at in range(len(recording["line"])):
        if recording["kind"][at] == kind and _code(at).startswith(line):
            found = at
            break
    label = recording["images"][0]["label"]
    moment = await _moment(found, 0)
    made = (moment["makes"] + moment["returns"])[0]
    _now.guide = _(words, digit=label)
    _parts["explainer"].go_and_ask(found, (made["name"], ask.index_in(made, label)))


def _code(at):
    """The text of the line at this moment."""
    recording = _now.recording
    source = recording["sources"][recording["source"][at]]
    return source["text"].split("\n")[recording["line"][at] - source["first"]].strip()


# ------------------------------------------------------------------- moving


def go(at):
    """Show this moment: the source at once, the values as soon as the worker has told them."""
    recording = _now.recording
    if recording is None or at is None:
        return
    _now.at = at
    player.show(at)
    key = recording["source"][at]
    source = recording["sources"][key]
    _parts["source"].show(key, source["first"], source["text"], source["stops"], recording["line"][at])
    by_id("trace-source").setAttribute("aria-label", _("Source of {function}", function=source["title"]))
    if not _now.showing and not _now.running:
        spawn(_show_moment())


def _to_line(line):
    """The next time this line of the function on the page runs."""
    place = (_now.recording["source"][_now.at], line)
    player.pause()
    go(player.steps().to_line(_now.at, place))


def _to_line_number(line):
    recording = _now.recording
    if line in recording["sources"][recording["source"][_now.at]]["stops"]:
        _to_line(line)
    else:
        by_id("trace-said").textContent = _("Line {line} does not run here.", line=line)


def _on_row(event):
    field = by_id("trace-row")
    if field.value and field.checkValidity():
        _now.row = whole(field)
        go(_now.at)


async def _moment(at, row):
    """What the worker says of a moment, asked for once."""
    key, recording = (at, row), _now.recording
    if key not in _now.moments:
        moment = await ask_of(recording, "trace_moment", at=at, row=row)
        if recording is not _now.recording:
            return moment
        _now.pictures.update(moment["pictures"])
        for summary in moment["reads"] + moment["makes"] + moment["locals"] + moment["returns"]:
            picture = summary["picture"]
            if picture and picture.get("src") in _now.pictures:  # it was sent before, and is named
                picture["src"] = _now.pictures[picture["src"]]
        if len(_now.moments) >= KEPT:
            _now.moments.clear()
        _now.moments[key] = moment
    return _now.moments[key]


def _place():
    return _now.at, _now.row, _now.recording


async def _show_moment():
    """Show the present moment; if one has gone on meanwhile, that one."""
    _now.showing = True
    try:
        shown = None
        while shown != _place() and not _now.running:  # the worker may have the next recording already
            shown = _place()
            if shown[2] is None:  # it went with its Python
                return
            moment = await _moment(shown[0], shown[1])
            if shown == _place():
                _put_moment(moment)
                _parts["explainer"].arrived()
    finally:
        _now.showing = False
    spawn(share.write())


def _put_moment(moment):
    _now.moment = moment
    code = _code(_now.at)
    _parts["view"].show(moment, code, _now.row)
    if not by_id("trace-mirror-all").hidden and moment["title"].endswith(".gradient"):
        _parts["mirror"].show(moment["locals"] + moment["makes"], _now.row)
    _show_calls(moment["stack"])
    by_id("trace-said").textContent = spoken(moment, code)
    guide = by_id("trace-guide")
    guide.textContent, _now.guide = _now.guide, ""
    guide.hidden = not guide.textContent


def _show_calls(stack):
    """The calls that led here, each a way back to the line that called."""
    parts = []
    for call in stack[:-1]:
        button = make("button", call["title"], type="button")
        on(button, "click", lambda event, at=call["at"]: _back_to(at))
        parts += [button, make("span", "›", aria_hidden="true")]
    parts.append(make("span", stack[-1]["title"], aria_current="true"))
    by_id("trace-crumbs").replaceChildren(*parts)


def _back_to(at):
    player.pause()
    go(at)
    by_id("trace-source").focus()  # the button that was pressed is gone


def _show_frame():
    if _now.moment:
        _parts["view"].show_frame(_now.moment, _now.row)


# -------------------------------------------------------------------- texts


def _texts():
    """All words of the room in the language of the moment."""
    for name in STARTERS:
        enable(name, worker.ready(), worker.why())
    ask.show()
    recording = _now.recording
    by_id("trace-of").textContent = sentences.says_what(recording) if recording else ""
    if recording is None:
        return
    by_id("trace-row-of").textContent = _("of {count}", count=number(recording["count"]))
    if _now.moment and not _now.showing:
        player.show(_now.at)
        player.texts()
        _parts["mirror"].forget()
        _put_moment(_now.moment)
        _parts["explainer"].again()


def _say_word(sentences):
    by_id("trace-word").textContent = " ".join([each for each in sentences if each])
    by_id("trace-word").hidden = not by_id("trace-word").textContent


def _moment_wish():
    """The present moment as a wish, or None without a recording."""
    if _now.recording is None:
        return None
    return share.wish_of(_now.asked, _now.recording, _now.at)
