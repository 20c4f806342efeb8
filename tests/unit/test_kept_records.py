"""A damaged record of the browser's storage is recognised, whichever part of it is changed."""

from __future__ import annotations

import copy
from dataclasses import asdict

import pytest
from kobai.settings import Settings
from worker.kept_records import is_usable

NETWORK = {
    "id": "opened-0123456789ab", "origin": "opened", "name": "mine.pkl", "layers": [784, 50, 10],
    "parameters": 39760, "activation": "sigmoid", "says_activation": True, "normalize": True,
    "iterations": 10,
    "settings": asdict(Settings()), "accuracy": 0.9, "bytes": 318000, "stored": True,
    "date": "2026-11-24T18:00:00+00:00",
    "history": {"iterations": [5, 10], "losses": [2.3, 2.2], "accuracies": [[1, 0.1, 0.2]]},
}  # fmt: skip
TRAINING = {
    "owner": "ab12",
    "saved": "2026-11-24T18:00:00.123+00:00",
    "iteration": 12,
    "settings": asdict(Settings()),
}
CHOICES = {"current": "shipped", "beside": None, "settings": asdict(Settings()), "code": "print(t)\n"}
RECORDS = {f"network:{NETWORK['id']}": NETWORK, "training:00ff": TRAINING, "choices": CHOICES}
OTHER_TYPES = ({}, [], "x", -1, 1e400, [[]], True)
SIMPLE = {"name", "owner", "says_activation", "normalize"}  # any value of the type will do
OPTIONAL = {"history", "bytes", "stored", "current", "beside", "settings", "code"}


@pytest.mark.parametrize("slot", RECORDS)
def test_a_whole_record_is_usable(slot):
    assert is_usable(slot, RECORDS[slot])


@pytest.mark.parametrize("slot", RECORDS)
@pytest.mark.parametrize("junk", ["x", [], None, 3, {"id": 1}, [[[]]]])
def test_junk_in_place_of_a_record_is_not(slot, junk):
    assert not is_usable(slot, junk) or (slot == "choices" and isinstance(junk, dict))


@pytest.mark.parametrize("slot", [slot for slot in RECORDS if slot != "choices"])
def test_each_part_must_be_there(slot):
    assert not is_usable(slot, {})
    for part in set(RECORDS[slot]) - OPTIONAL:
        damaged = {name: value for name, value in RECORDS[slot].items() if name != part}
        assert not is_usable(slot, damaged), part


@pytest.mark.parametrize("slot", [slot for slot in RECORDS if slot != "choices"])
def test_each_part_must_be_of_its_type(slot):
    for part in set(RECORDS[slot]) - {"bytes", "stored"}:
        kept = RECORDS[slot][part]
        for other in OTHER_TYPES:
            damaged = copy.deepcopy(RECORDS[slot]) | {part: other}
            same_type = type(other) is type(kept) and part in (
                "name",
                "owner",
                "says_activation",
                "normalize",
            )
            empty_settings = part == "settings" and other == {}  # all are the defaults
            assert is_usable(slot, damaged) == (same_type or empty_settings), (part, other)


def test_a_network_under_another_name_is_none():
    assert not is_usable("network:opened-other", NETWORK)
