"""Idea 7: one whole step of learning in five linked pictures."""

import networks
import trainer
import training_images
from dom import by_id, enable, make, on_click
from landscape import row, say, signed
from words import _, number, on_language, percent

_now = {"busy": False, "answer": None}


def start():
    on_click("step-go", _go)
    on_language(_words)


def worker_is_ready():
    _controls()


def _words():
    _controls()
    _show()


def _controls():
    enable("step-go", trainer.ready() and not _now["busy"], "" if _now["busy"] else trainer.why())


async def _go():
    seed = by_id("step-seed")
    if not seed.validity.valid or seed.value == "":
        seed.focus()
        return
    _now["busy"] = True
    _controls()
    try:
        await training_images.load()
        fresh = by_id("step-fresh").checked
        _now["answer"] = (await trainer.call("one_step", seed=int(seed.value), fresh=fresh))[0]
    finally:
        _now["busy"] = False
        _words()


def _show():
    answer = _now["answer"]
    if answer is None:
        return
    by_id("step-result").hidden = False
    about = answer["about"]
    name = _("A fresh network") if about is None else networks.name_of(about["id"], about)
    by_id("step-images").replaceChildren(*[_image(image) for image in answer["pictured"]])
    label = answer["label"]
    by_id("step-bars").replaceChildren(
        *[_bar(k, p, k == label) for k, p in enumerate(answer["probabilities"])]
    )
    say(
        by_id("step-predict"),
        _(
            "{network} on the first image, a {label}: {right} of all 100 are right.",
            network=name,
            label=label,
            right=answer["right"],
        ),
    )
    p, q = answer["probabilities"][label], answer["new_probability"]
    first, loss, after = [f"{answer[key]:.4f}" for key in ("first_loss", "loss", "after")]
    say(
        by_id("step-loss"),
        _(
            "First image: −log {p} = {first}. Mean over the 100 images: {loss}",
            p=f"{p:.4f}", first=first, loss=loss,
        ),
    )  # fmt: skip
    picture = by_id("step-dw2")
    picture.src, picture.alt = (
        answer["dW2"],
        _("The gradient of W2 as colours: blue negative, orange positive"),
    )
    by_id("step-sizes").replaceChildren(
        *[row(key, number(size), f"{most:.3g}") for key, size, most in answer["sizes"]]
    )
    weight = answer["weight"]
    row_index, column = weight["index"]
    say(
        by_id("step-update"),
        _(
            "W2[{row}, {column}]: {old} − {lr} × {gradient} = {new}",
            row=row_index, column=column, lr=answer["learning_rate"], old=signed(weight["old"], 6),
            gradient=_bracketed(weight["gradient"]), new=signed(weight["new"], 6),
        ),
    )  # fmt: skip
    say(
        by_id("step-after"),
        _(
            "Loss on the same 100 images: {before} → {after}. Probability of the {label} in the first image: "
            "{p} → {q}. Right: {right} → {new_right}.",
            before=loss, after=after, label=label, p=percent(p), q=percent(q),
            right=answer["right"], new_right=answer["new_right"],
        ),
    )  # fmt: skip
    link = by_id("step-trace")
    link.hidden = about is None
    if about is not None:
        link.href = f"#trace?f=step&batch=100&seed={answer['seed']}&network={about['id']}"


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
