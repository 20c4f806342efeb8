"""Idea 7: one whole step of learning in five linked pictures."""

import networks
from panels.ideas import learning_rate_handle
from panels.trace import address
from ui.dom import by_id, enable, make, on, on_click, row, say, signed, whole
from ui.i18n import _, number, on_language, percent
from ui.state import State
from worker_link import training_images, worker


class _Now(State):
    def __init__(self):
        self.busy = False
        self.answer = None


_now = _Now()


def start():
    """Connect its controls; called once, before Python runs."""
    on_click("step-go", _begin)
    on(by_id("step-dw2-fold"), "toggle", lambda event: _table())
    learning_rate_handle.start(_moved)
    worker.on("gone", _forget)
    on_language(_words)


def _forget():
    """The worker that could take the step with another learning rate has come to an end."""
    _now.answer = None
    by_id("step-result").hidden = True


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    _controls()


def _words():
    _controls()
    _show()


def _controls():
    enable("step-go", worker.ready() and not _now.busy, "" if _now.busy else worker.why())


def _begin():
    seed = by_id("step-seed")
    if not seed.validity.valid or seed.value == "":
        seed.focus()
        return None
    _now.busy = True
    _controls()
    return _go(whole(seed), by_id("step-fresh").checked)


async def _go(seed, fresh):
    try:
        await training_images.load()
        by_id("step-after").setAttribute("aria-live", "polite")
        wish = {"seed": seed, "fresh": fresh, "learning_rate": learning_rate_handle.chosen()}
        _now.answer = (await worker.call("one_step", **wish))[0]
    finally:
        _now.busy = False
        _words()


def _show():
    """Everything of a step."""
    answer = _now.answer
    if answer is None:
        return
    by_id("step-result").hidden = False
    by_id("step-images").replaceChildren(*[_image(image) for image in answer["pictured"]])
    label = answer["label"]
    by_id("step-bars").replaceChildren(
        *[_bar(k, p, k == label) for k, p in enumerate(answer["probabilities"])]
    )
    say(
        by_id("step-predict"),
        _(
            "{network} on the first image, a {label}: {right} of all 100 are right.",
            network=networks.name_of(answer["about"]["id"], answer["about"]),
            label=label,
            right=answer["right"],
        ),
    )
    p, first, loss = [f"{each:.4f}" for each in _first_image(answer)]
    text = _("First image: −log {p} = {first}. Mean over the 100 images: {loss}", p=p, first=first, loss=loss)
    say(by_id("step-loss"), text)
    picture = by_id("step-dw2")
    picture.src = answer["dW2"]
    picture.alt = _("The gradient of W2 as colours: blue negative, orange positive")
    by_id("step-sizes").replaceChildren(
        *[row(key, number(size), f"{most:.3g}") for key, size, most in answer["sizes"]]
    )
    _table()
    learning_rate_handle.show(answer)
    _show_update()


def _moved():
    """Another learning rate: its handle says what comes of it, so nobody is to hear it twice."""
    by_id("step-after").setAttribute("aria-live", "off")
    _show_update()


def _show_update():
    """What the learning rate changes."""
    answer = _now.answer
    weight, rate, label = answer["weight"], f"{answer['learning_rate']:.3g}", answer["label"]
    say(
        by_id("step-update"),
        _(
            "W2[{row}, {column}]: {old} − {lr} × {gradient} = {new}",
            row=weight["index"][0], column=weight["index"][1], lr=rate, old=signed(weight["old"], 6),
            gradient=_bracketed(weight["gradient"]), new=signed(weight["new"], 6),
        ),
    )  # fmt: skip
    p, _first, before = _first_image(answer)
    say(
        by_id("step-after"),
        _(
            "Learning rate {lr}: loss on the same 100 images: {before} → {after}. Probability of the {label} "
            "in the first image: {p} → {q}. Right: {right} → {new_right}.",
            lr=rate, before=f"{before:.4f}", after=f"{answer['after']:.4f}", label=label, p=percent(p),
            q=percent(answer["new_probability"]), right=answer["right"], new_right=answer["new_right"],
        ),
    )  # fmt: skip
    say(by_id("step-why"), _why(answer))
    about = answer["about"]
    wish = {"f": "step", "batch": 100, "seed": answer["seed"], "network": about["id"], "lr": rate}
    if about["origin"] == "fresh":
        wish["pixels"] = "0-1" if about["normalize"] else "0-255"
    by_id("step-trace").href = address.part(wish)


def _first_image(answer):
    """The probability of its label, its loss, and the mean loss of all."""
    return answer["probabilities"][answer["label"]], answer["first_loss"], answer["loss"]


def _why(answer):
    """What the loss did, beside what the gradient foretold."""
    fall, foretold = answer["loss"] - answer["after"], answer["loss"] - answer["predicted"]
    numbers = {"foretold": f"{foretold:.3g}", "fall": f"{fall:.3g}", "rise": f"{-fall:.3g}"}
    if fall < 0:
        return _(
            "Too large: the gradient is the slope at the beginning only. The step leaps across the valley, "
            "and the loss rises by {rise} instead of falling by {foretold}.",
            **numbers,
        )
    if fall > 0.9 * foretold:
        return _(
            "Small: the loss falls by {fall}, almost the {foretold} that the gradient foretells, the "
            "learning rate times the square of the gradient’s length. But it could fall further.",
            **numbers,
        )
    return _(
        "The loss falls by {fall}. The gradient foretells {foretold}, but on the way the slope has changed.",
        **numbers,
    )


def _table():
    """The numbers behind the picture of W2's gradient, once someone looks."""
    if _now.answer is not None and by_id("step-dw2-fold").open:
        values = _now.answer["dW2_values"]
        by_id("step-dw2-rows").replaceChildren(
            *[row(str(unit), *[signed(value) for value in digits]) for unit, digits in enumerate(values)]
        )


def _bracketed(value):
    text = signed(value, 6)
    return f"({text})" if value < 0 else text


def _image(image):
    picture = make("img", src=image["src"], width="28", height="28")
    picture.alt = _("Training image {index}, label {label}", index=image["index"], label=image["label"])
    return picture


def _bar(digit, p, correct):
    line = row(("✓ " if correct else "") + str(digit), percent(p))
    bar = make("td")
    bar.append(make("meter", min="0", max="1", value=str(p), aria_hidden="true"))
    line.append(bar)
    return line
