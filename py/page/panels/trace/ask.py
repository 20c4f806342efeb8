"""What is to be traced: the function, the images, and the invitation while nothing is."""

from panels.look import answer
from panels.trace import code
from ui.dom import by_id, on, whole
from ui.i18n import N_, _, number

QUESTIONS = {  # id of the button: (function, kind of the moment, its line, what the learner is told there)
    "trace-ask-pixel": (
        "predict",
        "line",
        "a2 =",
        N_(
            "a2 holds one score for each digit; this is that of {digit}, a sum of one product for each "
            "hidden unit. Choose the z1 of the largest, then its a1: there the pixels stand, the strongest "
            "on top."
        ),
    ),
    "trace-ask-loss": (
        "loss",
        "return",
        "return -np.sum",
        N_(
            "Of the ten probabilities only that of the right digit counts. The loss is minus its logarithm: "
            "0 for a probability of 1, and the larger the less probable the right digit is."
        ),
    ),
    "trace-ask-dz1": (
        "gradient",
        "line",
        "dz1 =",
        N_(
            "dz1 says for each number of z1 how steeply the loss rises with it. Each is a sum of ten "
            "products, of dy and W2; this is the largest one."
        ),
    ),
}


def start(ask):
    """ask: called with (wish, id of a question or None) when something is to be traced."""
    on(by_id("trace-ask"), "submit", lambda event: _submitted(event, ask))
    on(by_id("trace-with"), "change", lambda event: show())
    code.start()
    on(by_id("trace-invite"), "click", lambda event: ask({"f": "predict", "image": answer.index()}, None))
    for name in QUESTIONS:
        on(by_id(name), "click", lambda event, name=name: ask(dict(_images(), f=QUESTIONS[name][0]), name))
    show()


def _submitted(event, ask):
    event.preventDefault()
    ask(wish(), None)


def wish():
    """What the form asks for: {"f", "image"} or {"f", "batch", "seed"}; of a program also its "code"."""
    wanted = dict(_images(), f=by_id("trace-function").value)
    if code.chosen():
        wanted["code"] = code.text()
    return wanted


def _images():
    chosen = by_id("trace-with").value
    if chosen == "chosen":
        return {"image": answer.index()}
    if chosen == "image":
        return {"image": _whole("trace-image")}
    return {"batch": int(chosen), "seed": _whole("trace-seed")}


def _whole(name):
    """The whole number in this field; 0 where there is none, or one out of bounds."""
    field = by_id(name)
    if not field.value or not field.checkValidity():
        field.value = "0"
    return whole(field)


def fill(wanted):
    """Put a wish into the form."""
    by_id("trace-function").value = wanted["f"]
    if "batch" in wanted:
        by_id("trace-with").value = str(wanted["batch"])
        by_id("trace-seed").value = str(wanted["seed"])
    elif wanted["image"] == answer.index():
        by_id("trace-with").value = "chosen"
    else:
        by_id("trace-with").value = "image"
        by_id("trace-image").value = str(wanted["image"])
    show()


def show():
    """The fields that the choice needs, and the chosen image beside the invitation."""
    chosen = by_id("trace-with").value
    code.show()
    by_id("trace-image-ask").hidden = chosen != "image"
    by_id("trace-seed-ask").hidden = chosen in ("chosen", "image")
    image = answer.image()
    if image:
        by_id("trace-empty-image").src = image["src"]
        by_id("trace-invite").textContent = _("Trace predict for this {label}", label=image["label"])


def says_images(recording):
    """The images of a recording, in a few words."""
    count, first = recording["count"], recording["images"][0]
    if not recording["training"]:
        return _("Test image {index}, label {label}", index=first["index"], label=first["label"])
    if count == 1:
        return _("training image {index}, label {label}", index=first["index"], label=first["label"])
    return _("{count} training images", count=number(count))


def index_in(made, label):
    """Which number of an array answers: of scores that of the label, of others the largest by size."""
    if not made["shape"]:
        return []
    place = label
    if made["role"] not in ("scores", "probabilities"):
        values = made["picture"]["values"]
        place = max(range(len(values)), key=lambda i: abs(values[i]))
    return [place] if len(made["shape"]) == 1 else [0, place]
