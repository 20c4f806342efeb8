"""What the browser's storage may hold: one function for each kind of record, given what is written about it.

A record that is not as this page writes it is set aside: it stays where it is, and is not used.
"""

import re

from kobai.book.mnist import IMAGE_SIDE
from kobai.files import kept_values as kept
from kobai.images.image_edits import CHANGES, MOTIONS

NETWORK, TRAINING, CHOICES, DIGIT = "network:", "training:", "choices", "own digit"
SPARED = "set aside:"  # before the former name of a record whose name was needed again
NETWORK_ID = re.compile(r"(kept|opened)-[0-9a-f]{12}")
LONGEST_NAME, LONGEST_CODE = 120, 1_000_000  # letters
MOST_BYTES = 2**40
MOST_LAYERS, LARGEST_LAYER = 1000, 10_000_000
MOST_CHANGES, MOST_POINTS = 10_000, 1_000_000  # of a drawn digit
TEST_IMAGES = 10_000


class Unreadable(Exception):
    """A record, or a part of one, is not as this page writes it."""


def checked(name, about):
    """What is written about this record (JSON text), with all that its kind has and nothing else.

    Raises Unreadable.
    """
    try:
        return _reader(name)(name, kept.mapping(kept.from_json(about)))
    except Exception as error:  # whatever is in there, the others must stay usable
        raise Unreadable(name) from error


def kind_of(name):
    """Return the kind of a record by its name: network, training, choices, digit, or unknown."""
    former = name.removeprefix(SPARED).partition(":")[2] if name.startswith(SPARED) else name
    for kind, start in (("network", NETWORK), ("training", TRAINING)):
        if former.startswith(start):
            return kind
    kinds = {CHOICES: "choices", DIGIT: "digit", "before": "network", "opened": "network"}
    return kinds.get(former, "unknown")


def said_name(about):
    """The name that a network gave itself, if this can still be read; None otherwise."""
    try:
        return kept.text(kept.from_json(about)["name"], LONGEST_NAME)
    except Exception:  # as above
        return None


def strokes(data):
    """The strokes of the drawn digit, JSON text as bytes. Raises Unreadable."""
    try:
        text = data.decode()
        points = 0
        for group in kept.sequence(kept.from_json(text)):
            for point in kept.sequence(group["points"], MOST_POINTS):
                kept.number(point["x"], -1e6, 1e6)
                kept.number(point["y"], -1e6, 1e6)
                points += 1
        if points > MOST_POINTS:
            raise Unreadable(DIGIT)
    except Exception as error:  # as above
        raise Unreadable(DIGIT) from error
    return text


# --------------------------------------------------------------------- the kinds


def _reader(name):
    if name.startswith(NETWORK):
        return _network
    if name.startswith(TRAINING):
        return _training
    return {CHOICES: _choices, DIGIT: _digit, "before": _old_network, "opened": _old_network}[name]


def _network(name, about):
    key, origin = about["id"], about["origin"]
    if NETWORK + key != name or not NETWORK_ID.fullmatch(key) or origin not in ("kept", "opened"):
        raise ValueError
    if about["activation"] not in ("sigmoid", "relu"):
        raise ValueError
    layers = [kept.count(size, LARGEST_LAYER) for size in kept.sequence(about["layers"], MOST_LAYERS)]
    if len(layers) < 2:
        raise ValueError
    return {
        "id": key,
        "origin": origin,
        "name": _or_none(_name, about["name"]),
        "layers": layers,
        "parameters": kept.count(about["parameters"], MOST_BYTES),
        "activation": about["activation"],
        "says_activation": kept.yes_or_no(about["says_activation"]),
        "normalize": kept.yes_or_no(about["normalize"]),
        "iterations": _or_none(kept.count, about["iterations"]),
        "settings": _or_none(kept.settings, about["settings"]),
        "accuracy": _or_none(lambda found: kept.number(found, 0, 1), about["accuracy"]),
        "bytes": _or_none(lambda found: kept.count(found, MOST_BYTES), about["bytes"]),
        "stored": kept.yes_or_no(about["stored"]),
        "date": kept.moment(about["date"]),
        "history": _or_none(kept.history, about["history"]),
    }


def _training(name, about):
    iteration, settings = about["iteration"], about["settings"]
    if len(name) > LONGEST_NAME or (iteration is None) != (settings is None):
        raise ValueError
    return {
        "owner": _or_none(_name, about["owner"]),
        "saved": kept.moment(about["saved"]),
        "iteration": _or_none(kept.count, iteration),
        "settings": _or_none(kept.settings, settings),
    }


def _choices(_name_of_record, about):
    readers = {
        "settings": kept.settings,
        "current": _name,
        "beside": lambda found: _or_none(_name, found),
        "code": lambda found: _or_none(lambda code: kept.text(code, LONGEST_CODE), found),
    }
    return {key: read(about[key]) for key, read in readers.items() if key in about}


def _digit(_name_of_record, about):
    return {
        "image": _or_none(lambda found: kept.count(found, TEST_IMAGES - 1), about["image"]),
        "changes": [_change(*change) for change in kept.sequence(about["changes"], MOST_CHANGES)],
        "centred": kept.yes_or_no(about["centred"]),
    }


def _change(name, *values):
    """One change of kobai.images.image_edits."""
    if name == "erase":
        for row, column in kept.sequence(list(values), MOST_CHANGES):
            kept.count(row, IMAGE_SIDE - 1)
            kept.count(column, IMAGE_SIDE - 1)
    elif name == "noise":
        (seed,) = values
        kept.count(seed)
    elif len(values) != {"shift": 2, "rotate": 1}.get(name, 0) or name not in {**MOTIONS, **CHANGES}:
        raise ValueError
    else:
        for value in values:
            kept.number(value, -360, 360)
    return [name, *values]


def _old_network(_name_of_record, about):
    """Of a page before there was a shelf."""
    return {
        "name": _or_none(_name, about.get("name")),
        "iterations": _or_none(kept.count, about.get("iterations")),
    }


def _or_none(read, found):
    return None if found is None else read(found)


def _name(found):
    return kept.text(found, LONGEST_NAME)
