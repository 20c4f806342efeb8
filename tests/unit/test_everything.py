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
from kobai.errors import KobaiError
from kobai.everything import CONTENTS, dump_everything, load_everything
from kobai.network import TwoLayerNet
from kobai.settings import Settings
from kobai.storage import dump_network
from kobai.training import Trainer

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
FILE = dump_everything(
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
    found = load_everything(FILE)
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
    assert load_everything(dump_everything([], [], None, None)) == ([], [], None, None)


def test_a_newer_file_says_so():
    with pytest.raises(KobaiError, match="newer version of Kobai"):
        load_everything(with_contents(kobai=2))


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
        load_everything(with_contents(**changes))


def test_a_name_is_one_line_of_visible_characters():
    ((_, about),) = load_everything(with_contents(name="a\nb\u202ec" + "x" * 500)).networks
    assert about["name"] == "abc" + "x" * 117


@given(st.data())
def test_damaged_files_are_refused(data):
    damaged = bytearray(FILE)
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(FILE) - 1)) :]
    else:
        damaged[data.draw(st.integers(0, len(FILE) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = load_everything(bytes(damaged))
    except KobaiError:
        return
    assert found.trainings == load_everything(FILE).trainings  # the damage is in a field that does not matter


def test_a_pickle_that_would_run_something_is_refused():
    bomb = b"cos\nsystem\n(S'echo'\ntR."
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_everything(dump_everything([(bomb, ABOUT)], [], None, None))


@pytest.mark.parametrize("code", [b"\xff\xfe", b"x" * 20_001], ids=["no text", "too long"])
def test_a_program_that_cannot_be_shown_is_refused(code):
    buffer = io.BytesIO(dump_everything([], [], None, None))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("your_code.py", code)
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_everything(buffer.getvalue())


def test_more_than_is_opened_is_refused():
    many = dump_everything([(b"", ABOUT)] * 2100, [], None, None)
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_everything(many)


def archive_of(contents: str, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr(CONTENTS, contents)
    return buffer.getvalue()


def test_contents_nested_without_end_are_refused():
    """151 bytes of file end Python in the browser, where json.loads has no limit of recursion."""
    with pytest.raises(KobaiError, match="not one that Kobai exported"):
        load_everything(archive_of("[" * 8000 + "]" * 8000))


def test_a_member_is_listed_once():
    """One network listed 20,000 times would be 6 GB in memory."""
    for kind, file, data in (
        ("networks", "n.pkl", dump_network(network(), "dict")),
        ("trainings", "t.npz", STATE),
    ):
        about = {**ABOUT, "saved": SAVED, "file": file}
        contents = {"kobai": 1, "networks": [], "trainings": [], "settings": None} | {kind: [about] * 2}
        with pytest.raises(KobaiError, match="not one that Kobai exported"):
            load_everything(archive_of(json.dumps(contents), **{file: data}))
        contents[kind] = [about]
        assert len(getattr(load_everything(archive_of(json.dumps(contents), **{file: data})), kind)) == 1
