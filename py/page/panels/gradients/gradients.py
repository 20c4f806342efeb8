"""Gradient check: what three ways to the gradient cost here, and how far two of them are apart."""

import networks
from pyscript import window
from ui.dom import by_id, enable, make, on_click, whole
from ui.i18n import N_, _, duration, number, on_language
from ui.state import State
from worker_link import training_images, worker
from worker_link.job import Job


class _Now(State):
    def __init__(self):
        self.answer = None
        self.job = None


_now = _Now()
PICTURES = {
    "W1": N_("W1: a tile of 28 × 28 pixels for each hidden unit"),
    "b1": N_("b1: a square for each hidden unit"),
    "W2": N_("W2: a column for each hidden unit, a row for each digit from 0 to 9"),
    "b2": N_("b2: a square for each digit from 0 to 9"),
}
SCALE = {"W1": 2, "b1": 12, "W2": 12, "b2": 12}  # px on the page for each of the picture


def start():
    """Connect its controls; called once, before Python runs."""
    _now.job = Job("check", "gradients", _show)
    on_click("check", _begin)
    worker.on("gradients", lambda message: _now.job.tell(message["part"]))
    on_language(_show)


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _show()


def _begin():
    seed = by_id("seed")
    if not seed.validity.valid:  # the field itself says what is wrong
        window.kobai.go("#seed")
        seed.focus()
        return None
    value = whole(seed)
    return _now.job.begin(lambda: _check(value))


async def _check(seed):
    await training_images.load()
    if not _now.job.stopped:
        answer = (await worker.call("check_gradients", seed=seed))[0]
        _now.answer = answer or _now.answer  # empty when stopped: what was shown stays


def _show():
    busy = _now.job.busy
    enable("check", worker.ready() and not busy, "" if busy else worker.why())
    _now.job.controls()
    answer = _now.answer
    by_id("check-result").hidden = answer is None
    if answer is None:
        _say("cost-definition-why", _("Runs the network twice for each parameter."))
        _say(
            "cost-numerical-why", _("The same differences; only what one parameter moves is computed again.")
        )
        _say("cost-backpropagation-why", _("Once forward, once backward: all parameters in one go."))
        return
    _costs(answer)
    _explanation(answer)
    by_id("check-rows").replaceChildren(*[_row(layer) for layer in answer["layers"]])
    by_id("check-pictures").replaceChildren(*[_picture(layer) for layer in answer["layers"]])
    by_id("check-colours").src = answer["legend"]["picture"]
    _say("check-low", f"≤ 1e{answer['legend']['low']:+03d}")
    _say("check-high", f"1e{answer['legend']['high']:+03d}")


def _costs(answer):
    parameters = number(answer["parameters"])
    for way in ("definition", "numerical", "backpropagation"):
        _say("cost-" + way, _time(answer[way + "_seconds"]))
    _say(
        "cost-definition-why",
        _(
            "{times} times as long as backpropagation: the network runs {runs} times, "
            "twice for each parameter. Measured on {sampled} of {parameters} parameters, extrapolated.",
            times=_times(answer, "definition"),
            runs=number(2 * answer["parameters"]),
            sampled=answer["sampled"],
            parameters=parameters,
        ),
    )
    _say(
        "cost-numerical-why",
        _(
            "{times} times as long as backpropagation: the same differences, but only what one parameter "
            "moves is computed again. On the {sampled} sampled parameters it agrees with the definition "
            "to {difference}.",
            times=_times(answer, "numerical"),
            sampled=answer["sampled"],
            difference=f"{answer['sample_difference']:.1e}",
        ),
    )
    _say(
        "cost-backpropagation-why",
        _("Once forward, once backward: all {parameters} parameters in one go.", parameters=parameters),
    )


def _explanation(answer):
    _say(
        "check-batch",
        _(
            "Network: {network}. The mini-batch is {batch_size} training images, drawn by",
            network=networks.name_of(answer["about"]["id"], answer["about"]),
            batch_size=answer["batch_size"],
        ),
    )
    code = "np.random.seed({})\nbatch_mask = np.random.choice({}, {})"
    _say("check-code", code.format(answer["seed"], answer["images"], answer["batch_size"]))
    worst = max(answer["layers"], key=lambda layer: layer["largest"])
    _say(
        "check-verdict",
        _(
            "The largest difference is {largest}, at {parameter}: {numerical} by numerical differentiation, "
            "{backpropagation} by backpropagation.",
            largest=_short(worst["largest"]),
            parameter=_parameter(worst),
            numerical=_long(worst["numerical"]),
            backpropagation=_long(worst["backpropagation"]),
        ),
    )
    least = answer["least"]
    _say(
        "check-least",
        _(
            "The least probability of a correct class in this mini-batch is {probability}, "
            "for training image {image}: there the 1e-7 alone makes a difference of {effect}. "
            "Its shape may show in the picture of W1.",
            probability=f"{least['probability']:.2g}",
            image=number(least["image"]),
            effect=_short(least["effect"]),
        ),
    )


def _row(layer):
    row = make("tr")
    row.append(make("th", layer["name"], scope="row"))
    for text in (
        " × ".join(number(side) for side in layer["shape"]),
        _short(layer["mean"]),
        _short(layer["largest"]),
        _parameter(layer),
        _long(layer["numerical"]),
        _long(layer["backpropagation"]),
    ):
        row.append(make("td", text))
    return row


def _picture(layer):
    name = layer["name"]
    figure = make("figure", **{"class": "layer-" + name})
    caption = _(PICTURES[name])
    picture = make("img", src=layer["picture"])
    picture.alt = _(
        "Picture of |difference| for {caption}. The largest, {largest}, is at {parameter}.",
        caption=caption,
        largest=_short(layer["largest"]),
        parameter=_parameter(layer),
    )
    picture.onload = lambda event: _enlarge(event.target, SCALE[name])
    figure.append(make("figcaption", caption), picture)
    return figure


def _enlarge(picture, scale):
    picture.style.width = f"{picture.naturalWidth * scale}px"


def _parameter(layer):
    """W1[402, 17], as one would write it in Python."""
    return layer["name"] + str(layer["index"])


def _times(answer, way):
    """How many times as long as backpropagation, to two figures."""
    times = answer[way + "_seconds"] / answer["backpropagation_seconds"]
    if times < 10:
        return f"{times:.1f}"
    unit = 10 ** (len(str(int(times))) - 2)
    return number(int(times / unit + 0.5) * unit)


def _time(seconds):
    if seconds < 0.01:
        return _("{milliseconds} ms", milliseconds=f"{seconds * 1000:.1f}")
    if seconds < 1:
        return _("{milliseconds} ms", milliseconds=int(seconds * 1000 + 0.5))
    return _("{seconds} s", seconds=f"{seconds:.1f}") if seconds < 10 else duration(seconds)


def _short(value):
    return f"{value:.1e}"


def _long(value):
    return f"{value:.9g}"


def _say(name, text):
    if by_id(name).textContent != text:  # the same text again would be read out again
        by_id(name).textContent = text
