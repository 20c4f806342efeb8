"""How a file is read that does not say it: the activation of its network, and the range of its pixels."""

import networks
from ui.dom import make, on, spawn
from ui.i18n import _
from worker_link import worker


def choices(network):
    """Choices of how to read a file: the hidden layers' activation unless it says so, and its pixels."""
    place = make("span", **{"class": "reading"})
    activations = (("sigmoid", "sigmoid"), ("relu", "ReLU"))
    activation = _choice(network, "activation", _("Activation"), activations, network["activation"])
    ranges = (("1", _("0 to 1")), ("255", _("0 to 255")))
    pixels = _choice(network, "pixels", _("Pixels"), ranges, "1" if network["normalize"] else "255")
    hidden = len(network["layers"]) > 2
    choices = ([activation] if hidden and not network["says_activation"] else []) + [pixels]
    place.append(*choices)

    def on_choice(event):
        way = {"activation": network["activation"]}
        # as all of them stand: the answer to the choice before may be on its way
        for select in event.target.closest(".reading").querySelectorAll("select"):
            way[select.getAttribute("data-do")] = select.value
        spawn(read_as(network["id"], way["activation"], way["pixels"] == "1"))

    for label in choices:
        on(label, "change", on_choice)
    return place


def _choice(network, action, text, values, chosen):
    label = make("label", text + " ")
    select = make("select", data_do=action, data_network=network["id"])
    select.setAttribute("aria-label", f"{text}: {networks.name_of(network['id'])}")
    for value, words in values:
        option = make("option", words, value=value)
        option.selected = value == chosen
        select.append(option)
    select.disabled = not worker.ready()
    label.append(select)
    return label


async def read_as(key, activation, normalize):
    """Use an opened network's weights with this activation and this range of pixels from now on."""
    reply = (await worker.call("interpret", network=key, activation=activation, normalize=normalize))[0]
    networks.put(reply)
    await networks.changed()
