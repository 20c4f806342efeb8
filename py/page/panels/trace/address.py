"""A moment of a trace in the address of the page: #trace?f=gradient&image=0&network=shipped&at=57.

network=fresh is the network that a training with this seed starts from; pixels says what it is shown.
"""

import js
from pyscript import window

FUNCTIONS = ("predict", "loss", "gradient", "numerical_gradient", "step")
SIZES = (1, 10, 100)  # of a mini-batch
PIXELS = ("0-1", "0-255")  # divided by 255, or as they are
RATES = (1e-10, 1000)  # learning rates that a step is traced with
KEYS = ("f", "image", "batch", "seed", "network", "pixels", "lr", "at", "line")
LARGEST = {"image": 9999, "seed": 4294967295, "at": 999999, "line": 99999}


def write(wish):
    """The wish as the part of an address from # on, without a reload or an entry of the history."""
    window.history.replaceState(window.history.state, "", link(wish))


def link(wish):
    """The whole address of a moment; wish: as by `read`."""
    return window.location.href.split("#")[0] + part(wish)


def part(wish):
    """What stands in the address of a moment from # on; a program of one's own is in no address."""
    if wish["f"] == "code":
        return "#trace"
    return "#trace?" + "&".join([f"{key}={wish[key]}" for key in KEYS if key in wish])


def read(networks):
    """(wish, names of what is no use in it) of the present address; (None, []) if it is no moment of a trace.

    wish: f, and image, or batch and seed; at or line where given; network, one of these ids, where given. Of
    a fresh network also seed and pixels, of a step lr, the learning rate, where given.
    """
    text = window.location.hash
    if not text.startswith("#trace?"):
        return None, []
    asked = js.URLSearchParams.new(text[len("#trace?") :])
    wish, useless = {"f": "predict"}, []
    sizes = [str(size) for size in SIZES]
    for key, known in (("f", FUNCTIONS), ("network", networks), ("batch", sizes), ("pixels", PIXELS)):
        value = asked.get(key)
        if value is None:
            continue
        if value in known:
            wish[key] = value
        else:
            useless.append(key)
    for key, largest in LARGEST.items():
        value = asked.get(key)
        if value is None:
            continue
        if value.isdigit() and len(value) <= 10 and int(value) <= largest:
            wish[key] = int(value)
        else:
            useless.append(key)
    rate = asked.get("lr")
    if rate is not None:
        wish["lr"] = _rate(rate)
        if wish["lr"] is None:
            useless.append("lr")
    fresh = wish.get("network") == "fresh"
    if "batch" in wish:
        wish["batch"] = int(wish["batch"])
        wish.pop("image", None)
    else:
        wish.setdefault("image", 0)
    if "batch" in wish or fresh:
        wish.setdefault("seed", 0)
    else:
        wish.pop("seed", None)
    if not fresh:
        wish.pop("pixels", None)
    if wish["f"] != "step" or wish.get("lr") is None:
        wish.pop("lr", None)
    return wish, sorted(useless)


def _rate(text):
    """A learning rate as a number, or None for what is none; only what `link` writes is understood."""
    digits = text.replace("e-", "", 1).replace(".", "", 1)
    if len(text) > 12 or not digits.isdigit():
        return None
    try:
        rate = float(text)
    except ValueError:
        return None
    return rate if RATES[0] <= rate <= RATES[1] else None
