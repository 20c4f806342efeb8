"""Everything as one file: what goes out comes in again, and no other file does."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.files.backup import CONTENTS, dump_backup, load_backup
from kobai.files.network_file import dump_network
from kobai.settings import Settings
from kobai.training.trainer import Trainer

RANDOM = np.random.default_rng(0)
IMAGES = (
    RANDOM.integers(0, 256, (50, 784), dtype=np.uint8),
    RANDOM.integers(0, 10, 50, dtype=np.uint8),
    RANDOM.integers(0, 256, (20, 784), dtype=np.uint8),
    RANDOM.integers(0, 10, 20, dtype=np.uint8),
)
SETTINGS = Settings(hidden_size=3, batch_size=10, iterations=20, train_size=50)
ABOUT = {
    "name": "mine",
    "origin": "opened",
    "date": "2026-11-24T18:00:00+00:00",
    "iterations": 20,
    "settings": asdict(SETTINGS),
    "normalize": False,
    "activation": "relu",
    "says_activation": True,
    "history": {"iterations": [10, 20], "losses": [2.3, 2.2], "accuracies": [[1, 0.1, 0.2]]},
}
SAVED = "2026-11-24T18:00:00.123000+00:00"


def network(seed: int = 1) -> TwoLayerNet:
    np.random.seed(seed)
    return TwoLayerNet(784, 3, 10)


def trained() -> Trainer:
    trainer = Trainer(SETTINGS, *IMAGES)
    for _ in range(12):
        trainer.step()
    return trainer


STATE = trained().state()
CODE = "# 数字\nprint(t)\n"
FILE = dump_backup(
    [(dump_network(network(), "dict"), ABOUT)], [(STATE, {"saved": SAVED})], asdict(SETTINGS), CODE
)


def with_contents(**changes: object) -> bytes:
    """FILE with other words about the network."""
    with zipfile.ZipFile(io.BytesIO(FILE)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    contents = json.loads(members[CONTENTS])
    for name, value in changes.items():
        (contents if name in contents else contents["networks"][0])[name] = value
    members[CONTENTS] = json.dumps(contents).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_what_goes_out_comes_in_again():
    found = load_backup(FILE)
    ((kept, about),) = found.networks
    assert about == ABOUT
    assert dump_network(kept, "npz") != dump_network(network(), "npz")  # it is ReLU now, as ABOUT says
    for key, array in network().params.items():
        np.testing.assert_array_equal(kept.params[key], array)
    ((state, training),) = found.trainings
    assert state == STATE
    assert training == {"saved": SAVED, "iteration": 12, "settings": asdict(SETTINGS)}
    assert found.settings == asdict(SETTINGS)
    assert found.code == CODE
    uninterrupted, continued = trained(), Trainer.from_state(state, *IMAGES)
    while not continued.finished:
        continued.step()
        uninterrupted.step()
    assert continued.state() == uninterrupted.state()


def test_nothing_at_all_is_a_file_as_well():
    assert load_backup(dump_backup([], [], None, None)) == ([], [], None, None)


def test_a_newer_file_says_so():
    with pytest.raises(KobaiError, match="newer version of Kobai"):
        load_backup(with_contents(kobai=2))


@pytest.mark.parametrize(
    "changes",
    [
        {"kobai": "1"},
        {"networks": {}},
        {"trainings": [{"file": "network-1.pkl", "saved": SAVED}]},
        {"trainings": [{"file": "training-1.npz", "saved": "yesterday"}]},
        {"settings": {"hidden_size": 10**9}},
        {"file": "missing.pkl"},
        {"file": ["network-1.pkl"]},
        {"name": 7},
        {"origin": "shipped"},
        {"date": "2026-11-24"},
        {"date": 5},
        {"iterations": -1},
        {"iterations": True},
        {"normalize": 1},
        {"activation": "tanh"},
        {"history": {"iterations": [2, 1], "losses": [1, 1], "accuracies": []}},
        {"history": {"iterations": [1], "losses": [float("nan")], "accuracies": []}},
        {"history": {"iterations": list(range(1, 5000)), "losses": [1.0] * 4999, "accuracies": []}},
    ],
    ids=str,
)
def test_words_that_do_not_fit_are_refused(changes):
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_backup(with_contents(**changes))


def test_a_name_is_one_line_of_visible_characters():
    ((_, about),) = load_backup(with_contents(name="a\nb\u202ec" + "x" * 500)).networks
    assert about["name"] == "abc" + "x" * 117


@given(st.data())
def test_damaged_files_are_refused(data):
    damaged = bytearray(FILE)
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(FILE) - 1)) :]
    else:
        damaged[data.draw(st.integers(0, len(FILE) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = load_backup(bytes(damaged))
    except KobaiError:
        return
    assert found.trainings == load_backup(FILE).trainings  # the damage is in a field that does not matter


def test_a_pickle_that_would_run_something_is_refused():
    bomb = b"cos\nsystem\n(S'echo'\ntR."
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_backup(dump_backup([(bomb, ABOUT)], [], None, None))


@pytest.mark.parametrize("code", [b"\xff\xfe", b"x" * 20_001], ids=["no text", "too long"])
def test_a_program_that_cannot_be_shown_is_refused(code):
    buffer = io.BytesIO(dump_backup([], [], None, None))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("your_code.py", code)
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_backup(buffer.getvalue())


def test_more_than_is_opened_is_not_exported_and_refused() -> None:
    with pytest.raises(KobaiError, match="There is more here than one file of Kobai holds"):
        dump_backup([(b"", ABOUT)] * 2100, [], None, None)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(2001):
            archive.writestr(str(number), b"")
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_backup(buffer.getvalue())


def test_what_a_learner_compressed_anew_opens() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(FILE)) as archive,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        for name in archive.namelist():
            again.writestr(name, archive.read(name))
    assert load_backup(buffer.getvalue()).trainings == load_backup(FILE).trainings


def test_of_very_many_accuracies_the_first_and_last_and_some_between_go_out() -> None:
    accuracies = [[i, i / 10_000, 0.5] for i in range(1, 10_001)]
    about = ABOUT | {"history": {"iterations": [10], "losses": [2.3], "accuracies": accuracies}}
    file = dump_backup([(dump_network(network(), "dict"), about)], [], None, None)
    ((_, found),) = load_backup(file).networks
    kept = found["history"]["accuracies"]
    assert (len(kept), kept[0], kept[-1]) == (500, accuracies[0], accuracies[-1])
    assert all(each in accuracies for each in kept)
