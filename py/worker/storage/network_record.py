"""One network on the shelf: what is known of it, and the name it is kept under."""

import asyncio
import datetime
import hashlib
from dataclasses import dataclass, field

import numpy as np
from kobai.book.multi_layer_net import activation_of, layer_sizes
from kobai.errors import KobaiError

from worker.storage import records

SLOT = records.NETWORK  # of the store, followed by the network's id
LONGEST_NAME = records.LONGEST_NAME


@dataclass
class Entry:
    """A network on the shelf; `network` is None until it is needed, `answers` until they are asked for."""

    about: dict
    network: object = None
    history: dict | None = None
    version: int = 0  # counts the changes of a network that learns
    answers: np.ndarray | None = None
    answering: asyncio.Future | None = field(default=None, repr=False)
    refused: bool = False  # by the browser's storage, the last time it was to be kept

    @property
    def is_learners(self):
        """Whether it was trained or opened here, and so belongs into the browser's storage."""
        return self.about["origin"] in ("kept", "opened")

    @property
    def is_kept(self):
        """Whether it is in the browser's storage, as far as is known."""
        return self.is_learners and self.about["stored"]


def describe(key, network, origin, name, **about):
    """What the page shows of a network, by JSON; `about` replaces what a new one is said to be."""
    today = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {
        "id": key,
        "origin": origin,
        "name": name,
        "layers": list(layer_sizes(network.params)),
        "parameters": sum(value.size for value in network.params.values()),
        "activation": activation_of(network),
        "says_activation": True,
        "normalize": True,
        "iterations": None,
        "settings": None,
        "accuracy": None,
        "bytes": None,
        "stored": True,
        "date": today,
    } | about


def key_of(origin, data, name):
    """The id of a network with this file: the same file twice is the same entry."""
    known_by = hashlib.sha256(data + (name or "").encode())
    return f"{origin}-{known_by.hexdigest()[:12]}"


def damaged(about):
    """The refusal of a kept network whose numbers cannot be read any more."""
    if about["name"]:
        return KobaiError(
            "The network “{network}” cannot be read from this browser’s storage: its numbers are damaged or "
            "incomplete. It is set aside: under “Everything you made” it can be saved to a file, or deleted.",
            network=about["name"],
        )
    return KobaiError(
        "The network of your training of {iterations} iterations cannot be read from this browser’s storage: "
        "its numbers are damaged or incomplete. It is set aside: under “Everything you made” it can be saved "
        "to a file, or deleted.",
        iterations=about["iterations"] or 0,
    )
