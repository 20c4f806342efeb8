"""A moment of a trace in the address of the page: #trace?f=gradient&image=0&network=shipped&at=57."""

import js
from pyscript import window

FUNCTIONS = ("predict", "loss", "gradient", "numerical_gradient", "step")
SIZES = (1, 10, 100)  # of a mini-batch
LARGEST = {"image": 9999, "seed": 4294967295, "at": 999999, "line": 99999}


def write(wish):
    """The wish as the part of an address from # on, without a reload or an entry of the history."""
    window.history.replaceState(window.history.state, "", link(wish))


def link(wish):
    """The whole address of a moment; wish: as by `read`."""
    parts = [
        f"{key}={wish[key]}"
        for key in ("f", "image", "batch", "seed", "network", "at", "line")
        if key in wish
    ]
    return window.location.href.split("#")[0] + "#trace?" + "&".join(parts)


def read(networks):
    """(wish, names of what is no use in it) of the present address; (None, []) if it is no moment of a trace.

    wish: f, and image, or batch and seed; at or line where given; network, one of these ids, where given.
    """
    text = window.location.hash
    if not text.startswith("#trace?"):
        return None, []
    asked = js.URLSearchParams.new(text[len("#trace?") :])
    wish, useless = {"f": "predict"}, []
    for key, known in (("f", FUNCTIONS), ("network", networks), ("batch", [str(size) for size in SIZES])):
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
    if "batch" in wish:
        wish["batch"] = int(wish["batch"])
        wish.setdefault("seed", 0)
        wish.pop("image", None)
    else:
        wish.setdefault("image", 0)
        wish.pop("seed", None)
    return wish, sorted(useless)
