"""Everything a learner made in one file: a zip archive of networks, trainings, a program, and `kobai.json`.

The networks in it are pickles that the reader's own Python loads, the trainings are .npz files. A file that
is opened may come from anyone: it passes the same readers as a network from a file, and nothing of
`kobai.json` is used unchecked. A program is text, and is not run.
"""

from __future__ import annotations

import datetime
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from ..book.multi_layer_net import Network, with_activation
from ..errors import KobaiError
from ..settings import Settings
from ..tracing.user_code import MOST_LETTERS
from .checkpoint import load_state
from .json_reader import MOST_BYTES as MOST_CONTENTS
from .json_reader import TooLarge, fits, read_json
from .limits import MAX_NESTING
from .network_file import load_network
from .pickle_globals import Budget
from .zip_reader import unzip

VERSION = 1
CONTENTS = "kobai.json"
CODE = "your_code.py"
MAX_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 2000
MAX_RATIO = 4  # of what a file unpacks to and itself; Kobai compresses nothing, but a learner may have
SMALL = 16 * 1024 * 1024  # what any file may unpack to
INSTRUCTIONS = 100_000, 200  # of all pickles, and more for each: a network of two layers has 90
LONGEST_NAME = 120
MOST_HISTORY = 2000  # points of the loss curve that is kept with a network
MOST_ACCURACIES = 500  # that go out with a network; a small training set is evaluated many thousand times


class KeptNetwork(NamedTuple):
    """A network of the file and what is known of it.

    about: name, origin, date, iterations, settings, normalize, activation, says_activation, history.
    """

    network: Network
    about: dict[str, Any]


class KeptTraining(NamedTuple):
    """A training of the file and what is known of it.

    state: the bytes of `Trainer.state`; about: saved, iteration, settings.
    """

    state: bytes
    about: dict[str, Any]


class Backup(NamedTuple):
    """The contents of a file; settings: those of the training panel, or None; code: the program, or None."""

    networks: list[KeptNetwork]
    trainings: list[KeptTraining]
    settings: dict[str, Any] | None
    code: str | None


def dump_backup(
    networks: list[tuple[bytes, dict[str, Any]]],
    trainings: list[tuple[bytes, dict[str, Any]]],
    settings: dict[str, Any] | None,
    code: str | None,
) -> bytes:
    """Write one file with all networks and trainings, the settings and the learner's program.

    Each network is a pickled dict, each training a state, with what is known of it in kobai.json. KobaiError
    when that is more than `load_backup` accepts.
    """
    contents: dict[str, Any] = {"kobai": VERSION, "networks": [], "trainings": [], "settings": settings}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for kind, ending, kept in (("networks", "pkl", networks), ("trainings", "npz", trainings)):
            for number, (data, about) in enumerate(kept, 1):
                file = f"{kind[:-1]}-{number}.{ending}"
                archive.writestr(file, data)
                contents[kind].append({**about, **_thinned(about), "file": file})
        if code is not None:
            archive.writestr(CODE, code)
        text = json.dumps(contents, indent=1).encode()
        archive.writestr(CONTENTS, text)
    data = buffer.getvalue()
    if not fits(text) or len(data) > MAX_BYTES or len(networks) + len(trainings) > MAX_MEMBERS - 2:
        raise KobaiError(
            "There is more here than one file of Kobai holds: at most {megabytes} MB, and {count} networks "
            "and trainings. Delete some that you no longer need, after saving them one by one.",
            megabytes=MAX_BYTES // 1024 // 1024,
            count=MAX_MEMBERS - 2,
        )
    return data


def _thinned(about: dict[str, Any]) -> dict[str, Any]:
    """The history with no more than MOST_ACCURACIES, the first and the last among them."""
    history = about.get("history")
    if history is None or len(history["accuracies"]) <= MOST_ACCURACIES:
        return {}
    accuracies = history["accuracies"]
    last = len(accuracies) - 1
    chosen = [accuracies[last * number // (MOST_ACCURACIES - 1)] for number in range(MOST_ACCURACIES)]
    return {"history": {**history, "accuracies": chosen}}


def load_backup(data: bytes) -> Backup:
    """Read a file that `dump_backup` wrote. KobaiError, with a sentence, for any other."""
    try:
        unpacked = min(MAX_BYTES, max(MAX_RATIO * len(data), SMALL))
        members = unzip(data, MAX_BYTES, MAX_MEMBERS, unpacked).members
        text = bytes(members[CONTENTS][: MOST_CONTENTS + 1])
    except (KeyError, ValueError):
        raise _foreign() from None
    try:
        contents = read_json(text)
        version = contents["kobai"]
    except TooLarge:
        raise KobaiError(
            "What this file says of its contents ({name}) is more than Kobai reads: at most {megabytes} MB "
            "and {levels} levels. Nothing was changed.",
            name=CONTENTS,
            megabytes=MOST_CONTENTS // 1024 // 1024,
            levels=MAX_NESTING,
        ) from None
    except (KeyError, TypeError, ValueError):
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
        _check_that_each_is_named_once([*networks, *trainings])
        return Backup(
            _networks(networks, members),
            [_training(each, bytes(members[each["file"]])) for each in trainings],
            _settings(contents["settings"]),
            _code(members),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _foreign() from None


def _check_that_each_is_named_once(entries: list[Any]) -> None:
    """Raises ValueError where two entries are of one member: so there are no more of them than members."""
    if len({each["file"] for each in entries}) != len(entries):
        raise ValueError


def _networks(entries: list[Any], members: Mapping[str, memoryview]) -> list[KeptNetwork]:
    """Limits for all together: each alone may be as large as a file with a network in it."""
    budget = Budget(INSTRUCTIONS[0] + INSTRUCTIONS[1] * len(entries))
    found, taken = [], 0
    for about in entries:
        data = bytes(members[about["file"]])
        if data.startswith(b"PK"):  # an .npz: Kobai puts none into such a file, and it may unpack to a lot
            raise ValueError
        found.append(_network(about, load_network(data, budget)))
        taken += sum(array.nbytes for array in found[-1].network.params.values())
        if taken > MAX_BYTES:
            raise ValueError
    return found


def _foreign() -> KobaiError:
    return KobaiError(
        "This file is not one that Kobai exported, or it is damaged; nothing was changed. A single network "
        "is opened "
        "by “Open network”."
    )


def _list(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise TypeError
    return found


def _network(about: Any, network: Network) -> KeptNetwork:
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
    return KeptNetwork(with_activation(network, activation), known)


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
    shown = (character for character in found[: 10 * LONGEST_NAME] if character.isprintable())
    return "".join(shown)[:LONGEST_NAME] or None


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


def _code(members: Mapping[str, memoryview]) -> str | None:
    if CODE not in members:
        return None
    if len(members[CODE]) > 4 * MOST_LETTERS:
        raise ValueError
    code = bytes(members[CODE]).decode()
    if len(code) > MOST_LETTERS:
        raise ValueError
    return code


def _history(found: Any) -> dict[str, Any] | None:
    """As of TrainingRun.history in the worker: means of the loss over stretches, accuracies [i, train,
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
