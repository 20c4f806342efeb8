"""What is being loaded: a sentence with megabytes, a bar, and a log behind a fold."""

from pyscript import document
from ui.dom import by_id, make, on
from ui.i18n import N_, _, on_language
from ui.state import State
from worker_link import worker

_files = {}  # file -> [bytes so far, done]
_sizes = {}  # file -> bytes in all


class _Now(State):
    def __init__(self):
        self.goal = ""
        self.files = ()
        self.spoken = -1
        self.again = None
        self.sizes = None


_now = _Now()

PYTHON = ("pyodide/", "py/")
GOALS = {
    "python": N_("Python is starting: {done} of {all} MB."),
    "train": N_("The 60,000 training images are loading: {done} of {all} MB."),
    "matplotlib": N_("Matplotlib is loading: {done} of {all} MB."),
}


def start(sizes):
    """sizes: dict of goal -> dict of file -> bytes, written by the build."""
    for files in sizes.values():
        _sizes.update(files)
    _now.sizes = sizes
    worker.on("file", _on_file)
    worker.on("again", _on_again)
    on(by_id("python-again"), "click", lambda event: worker.begin_again())
    on_language(_show)


def aim(goal):
    """Say from now on how far this goal is ('' when there is nothing to wait for)."""
    _now.goal = goal
    _now.spoken, _now.again = -1, None
    by_id("loading").hidden = not goal
    _show()


def _on_again(file, tried, tries):
    """The connection to a file was lost, and is tried again before the learner is asked."""
    _now.again = (file, tried, tries)
    _show()


def _on_file(file, count, done):
    if _now.again and _now.again[0] == file:
        _now.again = None
    first = file not in _files
    _files[file] = [count, done]
    if first:
        by_id("loading-log").append(make("li", file, id="log-" + file))
    if done:
        document.getElementById("log-" + file).textContent = f"{file}: {count / 1e6:.2f} MB"
    _show()


def _show():
    goal, stopped = _now.goal, worker.stopped()
    by_id("loading-bar").hidden = stopped
    by_id("python-again").hidden = not stopped
    if stopped:
        by_id("loading").hidden = False
        by_id("loading-sentence").textContent = _("Python is not running.")
    if not goal or stopped:
        return
    files = _now.sizes[goal]
    total = sum(files.values())
    so_far = sum(min(_files[file][0], size) for file, size in files.items() if file in _files)
    sentence = _(GOALS[goal], done=f"{so_far / 1e6:.1f}", all=f"{total / 1e6:.1f}")
    if _now.again:
        file, tried, tries = _now.again
        sentence = _(
            "The connection was lost at the file {file}: trying again, {tried} of {tries}.",
            file=file, tried=tried, tries=tries,
        )  # fmt: skip
    by_id("loading-sentence").textContent = sentence
    by_id("loading-bar").value = so_far / total if total else 0
    tenth = int(10 * so_far / total) if total else 0
    if tenth != _now.spoken:  # a screen reader hears every tenth, not every packet
        _now.spoken = tenth
        by_id("loading-spoken").textContent = sentence
