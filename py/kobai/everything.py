"""Everything a learner made as one file: a zip archive of networks, trainings and a program, and `kobai.json`
about them.

The networks in it are pickles that the reader's own Python loads, the trainings are .npz files. On the way
in the file is a stranger's: it passes the same readers as a network from a file, and nothing of `kobai.json`
is believed unchecked. A program is text, and is not run.
"""

from __future__ import annotations

import datetime
import io
import json
import math
import zipfile
from dataclasses import asdict
from typing import Any, NamedTuple

from .errors import KobaiError
from .json_reader import read_json
from .multi_layer_net import Network, with_activation
from .own_code import MOST_LETTERS
from .settings import Settings
from .storage import load_network
from .training_state import load_state
from .zip_archive import unzip

VERSION = 1
CONTENTS = "kobai.json"
CODE = "your_code.py"
MAX_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 2000
MAX_CONTENTS = 64 * 1024 * 1024  # bytes of kobai.json: 1,000 networks with their curves
LONGEST_NAME = 120
MOST_HISTORY = 2000  # points of the loss curve that is kept with a network


class KeptNetwork(NamedTuple):
    """about: name, origin, date, iterations, settings, normalize, activation, says_activation, history."""

    network: Network
    about: dict[str, Any]


class KeptTraining(NamedTuple):
    """state: as of `Trainer.state`; about: saved, iteration, settings."""

    state: bytes
    about: dict[str, Any]


class Everything(NamedTuple):
    """All that is in a file; settings: those of the training panel, or None; code: the program, or None."""

    networks: list[KeptNetwork]
    trainings: list[KeptTraining]
    settings: dict[str, Any] | None
    code: str | None


def dump_everything(
    networks: list[tuple[bytes, dict[str, Any]]],
    trainings: list[tuple[bytes, dict[str, Any]]],
    settings: dict[str, Any] | None,
    code: str | None,
) -> bytes:
    """One file of the bytes of each network (a pickled dict) and training (a state) with what is known of it,
    the settings and the learner's program."""
    contents: dict[str, Any] = {"kobai": VERSION, "networks": [], "trainings": [], "settings": settings}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for kind, ending, kept in (("networks", "pkl", networks), ("trainings", "npz", trainings)):
            for number, (data, about) in enumerate(kept, 1):
                file = f"{kind[:-1]}-{number}.{ending}"
                archive.writestr(file, data)
                contents[kind].append({**about, "file": file})
        if code is not None:
            archive.writestr(CODE, code)
        archive.writestr(CONTENTS, json.dumps(contents, indent=1))
    return buffer.getvalue()


def load_everything(data: bytes) -> Everything:
    """What is in a file as of `dump_everything`. Raises KobaiError, with a sentence, for any other."""
    try:
        members = unzip(data, MAX_BYTES, MAX_MEMBERS).members
        contents = read_json(bytes(members[CONTENTS]), MAX_CONTENTS)
        version = contents["kobai"]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _foreign() from None
    if isinstance(version, int) and version > VERSION:
        raise KobaiError(
            "The file was exported by a newer version of Kobai. Reload the page to get that version, then "
            "try again; "
            "nothing was changed."
        )
    if version != VERSION:
        raise _foreign()
    try:
        networks, trainings = _list(contents["networks"]), _list(contents["trainings"])
        _each_file_once([each["file"] for each in [*networks, *trainings]])
        networks = [_network(each, bytes(members[each["file"]])) for each in networks]
        trainings = [_training(each, bytes(members[each["file"]])) for each in trainings]
        return Everything(networks, trainings, _settings(contents["settings"]), _code(members))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise _foreign() from None


def _foreign() -> KobaiError:
    return KobaiError(
        "This file is not one that Kobai exported, or it is damaged; nothing was changed. A single network "
        "is opened "
        "by “Open network”."
    )


def _each_file_once(files: list[Any]) -> None:
    """ValueError when a member is listed twice: one network of 0.3 MB could be thousands in memory."""
    if len(files) > MAX_MEMBERS or len(set(files)) != len(files):
        raise ValueError


def _list(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise TypeError
    return found


def _network(about: Any, data: bytes) -> KeptNetwork:
    activation = about["activation"]
    if activation not in ("sigmoid", "relu") or about["origin"] not in ("kept", "opened"):
        raise ValueError
    known = {
        "name": _name(about["name"]),
        "origin": about["origin"],
        "date": _moment(about["date"]),
        "iterations": _count(about["iterations"]),
        "settings": _settings(about["settings"]),
        "normalize": _yes_or_no(about["normalize"]),
        "activation": activation,
        "says_activation": _yes_or_no(about["says_activation"]),
        "history": _history(about["history"]),
    }
    return KeptNetwork(with_activation(load_network(data), activation), known)


def _training(about: Any, data: bytes) -> KeptTraining:
    settings, arrays = load_state(data)
    iteration = int(arrays["train_loss_list"].size)
    return KeptTraining(
        data, {"saved": _moment(about["saved"]), "iteration": iteration, "settings": asdict(settings)}
    )


def _name(found: Any) -> str | None:
    if found is None:
        return None
    if not isinstance(found, str):
        raise TypeError
    return "".join(character for character in found if character.isprintable())[:LONGEST_NAME] or None


def _moment(found: Any) -> str:
    """A moment in ISO 8601 with its time zone, as the page writes it."""
    moment = datetime.datetime.fromisoformat(found)
    if moment.tzinfo is None:
        raise ValueError
    return moment.isoformat()


def _count(found: Any) -> int | None:
    if found is not None and (type(found) is not int or not 0 <= found <= 1_000_000):
        raise ValueError
    return found


def _yes_or_no(found: Any) -> bool:
    if type(found) is not bool:
        raise TypeError
    return found


def _settings(found: Any) -> dict[str, Any] | None:
    return None if found is None else asdict(Settings(**found))


def _code(members: Any) -> str | None:
    if CODE not in members:
        return None
    code = bytes(members[CODE]).decode()
    if len(code) > MOST_LETTERS:
        raise ValueError
    return code


def _history(found: Any) -> dict[str, Any] | None:
    """As of Session.run_history in the worker: means of the loss over stretches, accuracies [i, train,
    test]."""
    if found is None:
        return None
    ends = [_count(each) for each in _list(found["iterations"])]
    losses = [_number(each) for each in _list(found["losses"])]
    accuracies = [[_count(i), _number(a), _number(b)] for i, a, b in _list(found["accuracies"])]
    grows = all(end and end > before for before, end in zip([0, *ends], ends, strict=False))  # type: ignore[operator]
    if not grows or len(ends) != len(losses) or len(ends) > MOST_HISTORY or len(accuracies) > 1_000_001:
        raise ValueError
    return {"iterations": ends, "losses": losses, "accuracies": accuracies}


def _number(found: Any) -> float:
    if type(found) not in (int, float) or not math.isfinite(found):
        raise ValueError
    return float(found)
