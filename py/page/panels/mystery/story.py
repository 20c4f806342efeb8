"""The texts of the mystery's steps, with the numbers of the learner's own trainings."""

from panels.run import run
from ui.dom import make, on, spawn
from ui.i18n import _, number, percent


def paragraphs(step, found):
    """The texts of a step.

    found: its reference, the worker's; accuracy: road -> accuracies at the first of the reference's points;
    findings: step -> what the worker found there.
    """
    return (_before, _thousand, _ten_thousand, _slow, _raw, _known)[step](found)


def _before(found):
    return [
        _(
            "A reader of the book trained its network, let it answer the 10,000 test images, and got 0.8652. "
            "“Terribly bad,” says the memo. “I don’t know whether something is wrong.”"
        ),
        _(
            "Let us train the same network with the same settings (50 hidden units, batches of 100, learning "
            "rate 0.1, weight scale 0.01) and measure the accuracy on the test images along the way."
        ),
    ]


def _thousand(found):
    least, most = _others(found, "book", 1000)
    return [
        _(
            "After 1,000 iterations your network recognises {accuracy} of the test images. The dotted line "
            "is the memo’s 86.52 %.",
            accuracy=_yours(found, "book", 1000),
        ),
        _(
            "The pale band behind your curve is where {seeds} trainings went that differ only in their seed. "
            "At 1,000 iterations it reaches from {least} to {most}, and the memo’s figure lies inside: it is "
            "what 1,000 iterations give.",
            seeds=found.reference["seeds"],
            least=least,
            most=most,
        ),
    ]


def _ten_thousand(found):
    least, most = _others(found, "book", 10000)
    reached = found.findings[2]["reached"]
    return [
        _(
            "Nothing was changed, the training only went on. At 10,000 iterations your network recognises "
            "{accuracy}; other seeds give {least} to {most}.",
            accuracy=_yours(found, "book", 10000),
            least=least,
            most=most,
        ),
        _(
            "Your curve first came to 86.52 % at iteration {iteration}, after about {epochs} passes over the "
            "training images. The memo’s network was not bad: its training was not finished.",
            iteration=number(reached),
            epochs=f"{reached / 600:.1f}",
        ),
    ]


def _slow(found):
    least, most = _others(found, "slow", 10000)
    return [
        _(
            "A learning rate of 0.01 makes every step a tenth as long. After 10,000 iterations your network "
            "is at {accuracy} (other seeds: {least} to {most}): the memo’s figure again, by another road.",
            accuracy=_yours(found, "slow", 10000),
            least=least,
            most=most,
        ),
        _(
            "The dashed curve has the shape of the first one, but comes ten times as late: steps a tenth as "
            "long need ten times as many. Over its last 1,000 iterations it still gained {gain} points.",
            gain=f"{found.findings[3]['gain'] * 100:.1f}",
        ),
    ]


def _raw(found):
    least, most = _others(found, "raw", 1000)
    findings = found.findings[4]
    return [
        _(
            "Now the pixels are not divided by 255. The curve shoots up, to {accuracy} after 1,000 "
            "iterations (other seeds: {least} to {most}), and from then on it jumps up and down more than it "
            "climbs.",
            accuracy=_yours(found, "raw", 1000),
            least=least,
            most=most,
        ),
        _(
            "It crosses the memo’s line {times} times: stopped at the right moment, it gives the same "
            "figure. Large inputs make large sums, and {saturated} of the hidden units’ outputs are stuck "
            "near 0 or 1, where the sigmoid has hardly any slope to learn from.",
            times=findings["crossings"],
            saturated=_percent(findings["saturated"], 1),
        ),
    ]


def _known(found):
    least, most = _others(found, "book", 1000)
    return [
        _(
            "Nothing was wrong. An accuracy of 0.8652 is what the book’s network has after about 1,000 "
            "iterations: {least} to {most}, depending on the seed. Yours went on to {accuracy}.",
            least=least,
            most=most,
            accuracy=_yours(found, "book", 10000),
        ),
        _(
            "But the figure alone does not say which road led to it; other things do. The four roads are "
            "below, each to be tried for yourself."
        ),
    ]


def roads(found, seed):
    """A list item for each road to the figure: its numbers, what gives it away, and a button to try it."""
    few = found.reference["few_images"]
    return [
        _road(
            _("The book’s settings, 1,000 iterations"),
            _yours(found, "book", 1000),
            _others(found, "book", 1000),
            _(
                "It climbs as soon as it goes on: yours was at {accuracy} after 2,000 iterations.",
                accuracy=_yours(found, "book", 2000),
            ),
            {"iterations": 1000, "seed": seed},
        ),
        _road(
            _("Learning rate 0.01, 10,000 iterations"),
            _yours(found, "slow", 10000),
            _others(found, "slow", 10000),
            _(
                "The network itself looks like the first; only the way there tells. Yours was still at "
                "{accuracy} after 1,000 iterations.",
                accuracy=_yours(found, "slow", 1000),
            ),
            {"learning_rate": 0.01, "seed": seed},
        ),
        _road(
            _("Pixels 0 to 255, 1,000 iterations"),
            _yours(found, "raw", 1000),
            _others(found, "raw", 1000),
            _(
                "The curve is jagged, and in the end {saturated} of the hidden units’ outputs are stuck near "
                "0 or 1; on the first road, it was {first} after 1,000 iterations.",
                saturated=_percent(found.findings[4]["saturated"], 1),
                first=_percent(found.findings[1]["saturated"], 1),
            ),
            {"iterations": 1000, "normalize": False, "seed": seed},
        ),
        _road(
            _("Only the first 1,000 training images, 2,000 iterations"),
            None,
            (_percent(few[0]), _percent(few[2])),
            _(
                "The training accuracy runs ahead of the test accuracy: the network knows its own images "
                "better than new ones."
            ),
            {"train_size": 1000, "iterations": 2000, "seed": seed},
        ),
    ]


def _road(name, yours, others, tell_tale, settings):
    least, most = others
    if yours is None:
        numbers = _("other seeds {least} to {most}", least=least, most=most)
    else:
        numbers = _("yours {accuracy}, other seeds {least} to {most}", accuracy=yours, least=least, most=most)
    button = make("button", _("Try it"), type="button", aria_label=_("Try it: {road}", road=name))
    on(button, "click", lambda event: spawn(run.prepare(settings)))
    item = make("li")
    item.append(make("h4", name), make("p", numbers, **{"class": "hint"}), make("p", tell_tale), button)
    return item


def _yours(found, road, iterations):
    return _percent(found.accuracy[road][found.reference["points"].index(iterations)])


def _others(found, road, iterations):
    """The accuracies of the worst and the best of the other seeds."""
    reference = found.reference
    at = reference["points"].index(iterations)
    return _percent(reference["roads"][road]["least"][at]), _percent(reference["roads"][road]["most"][at])


def _percent(part, digits=2):
    """With a space at which no line breaks."""
    return percent(part, digits).replace(" ", "\u00a0")
