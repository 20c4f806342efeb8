"""The 86.52 % mystery: an experiment in five steps, of which the learner starts each."""

from panels.mystery import chart, story
from ui.dom import adrift, by_id, enable, make, on_click, whole
from ui.i18n import _, number, on_language, percent
from ui.state import State
from worker_link import lazy_room, training_images, worker
from worker_link.job import Job

STEPS = (("book", 1000), ("book", 10000), ("slow", 10000), ("raw", 10000), (None, None))  # road, iterations
LAST = len(STEPS)


class _Now(State):
    def __init__(self):
        self.reference = None
        self.step = 0  # what is told of: 0 before the first
        self.reached = 0  # the furthest step that is done
        self.progress = None  # the worker's last message
        self.accuracy = {}  # road -> the accuracies at the first of the reference's points
        self.findings = {}  # step -> what the worker found
        self.job = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    for step in range(1, LAST + 1):
        _on_step(f"mystery-go-{step}", step, True)
        _on_step(f"mystery-step-{step}", step, False)
    _now.job = Job("mystery", "mystery", _show)
    on_click("mystery-again", _again)
    worker.on("mystery", _on_progress)
    on_language(_show)
    lazy_room.lazy("mystery", _refresh)


def _on_step(name, step, leads):
    """leads: the button goes away, so the focus has to go on."""
    on_click(name, lambda: _go(step, leads))


async def _refresh():
    """What the chart needs, once."""
    if _now.reference is None:
        _now.reference = (await worker.call("mystery_reference"))[0]
        chart.start(_now.reference)
        _show()


def _go(step, leads):
    """To a step that is done, or that has nothing to train, at once; else its training is begun."""
    road, iterations = STEPS[step - 1]
    if step <= _now.reached or road is None:
        _tell_of(step, leads)
        return None
    seed = by_id("mystery-seed")
    if not seed.validity.valid:
        seed.reportValidity()
        return None
    _now.progress = None
    wish = {"road": road, "seed": whole(seed), "iterations": iterations}
    following = _now.job.begin(lambda: _follow(wish))
    by_id("mystery-stop").focus()
    return _train(step, leads, following)


def _tell_of(step, leads):
    _now.step = step
    _now.reached = max(step, _now.reached)
    _show()
    if leads:
        by_id(f"mystery-go-{step + 1}" if step < LAST else "mystery-again").focus()


async def _follow(wish):
    """What the worker found; {} when it was stopped."""
    await training_images.load()
    return {} if _now.job.stopped else (await worker.call("follow", **wish))[0]


async def _train(step, leads, following):
    """The training of a step to its end, or until it is stopped."""
    found = await following
    _now.findings[step] = found
    if found:
        _tell_of(step, leads and adrift())
    elif adrift():
        by_id(f"mystery-go-{step}").focus()


async def _again():
    _now.set(step=0, reached=0, progress=None, accuracy={}, findings={})
    _show()
    by_id("mystery-seed").focus()


def _on_progress(message):
    road = message["road"]
    _now.accuracy[road] = _now.accuracy.get(road, [])[: message["first"]] + message["accuracy"]
    _now.progress = message
    _show_progress()
    _draw()


def _show():
    step, reached, busy = _now.step, _now.reached, _now.job.busy
    ready = _now.reference is not None
    for each in range(1, LAST + 1):
        by_id(f"mystery-go-{each}").hidden = busy or each != step + 1
        enable(f"mystery-go-{each}", ready, worker.why())
        link = by_id(f"mystery-step-{each}")
        link.disabled = busy or each > reached
        link.setAttribute("aria-current", "step" if each == step else "false")
    begun = bool(_now.accuracy)
    _now.job.controls()
    by_id("mystery-again").hidden = busy or not begun
    enable("mystery-seed", not begun and not busy, _("Start again to choose another seed."))
    if ready or step == 0:
        _tell(story.paragraphs(step, _now))
    by_id("mystery-end").hidden = step != LAST
    if step == LAST:
        seed = whole(by_id("mystery-seed"))
        by_id("mystery-roads").replaceChildren(*story.roads(_now, seed))
    _show_progress()
    _draw()


def _tell(paragraphs):
    """The story of the step; only what changes is spoken."""
    story = by_id("mystery-story")
    if story.textContent != "".join(paragraphs):
        story.replaceChildren(*[make("p", text) for text in paragraphs])


def _show_progress():
    job, progress, words = _now.job, _now.progress, by_id("mystery-now")
    job.tell(progress["iteration"] / progress["iterations"] if progress else 0)
    words.textContent = ""
    if progress and (job.busy or job.stopped):
        accuracy = _now.accuracy[progress["road"]]
        words.textContent = _(
            "iteration {iteration} of {iterations}, test accuracy {accuracy}",
            iteration=number(progress["iteration"]),
            iterations=number(progress["iterations"]),
            accuracy=percent(accuracy[-1]) if accuracy else "–",
        )


def _draw():
    """The curves up to the present step, with the one that is on its way; the bands of what is done."""
    if _now.reference is None:
        return
    curves, bands = {}, {}
    last = _now.step + (1 if _now.step == _now.reached else 0)
    for step, (road, iterations) in enumerate(STEPS[:last], 1):
        if road and _now.accuracy.get(road):
            count = _now.reference["points"].index(iterations) + 1
            curves[road] = _now.accuracy[road][:count]
            if step <= _now.step:
                bands[road] = count
    chart.draw(curves, bands)
