"""Exported files and trainings that would take Python's time, memory or stack are refused with a sentence.

What they cost is measured where it matters, in Pyodide: test_in_pyodide.py.
"""

from __future__ import annotations

import pytest
from kobai.errors import KobaiError
from kobai.files.backup import load_backup
from kobai.training.trainer import Trainer
from support.files import hostile_backups
from support.files.hostile_backups import ABOUT, IMAGES, SAVED, STATE, backup, odd_arrays
from support.files.pickle_writing import good_file

CORPUS = {label: (reader, data) for reader, label, data in hostile_backups.corpus()}


@pytest.mark.parametrize("label", CORPUS)
def test_it_is_refused_with_a_sentence(label: str) -> None:
    reader, data = CORPUS[label]
    with pytest.raises(KobaiError) as refusal:
        load_backup(data) if reader == "everything" else Trainer.from_state(data, *IMAGES, *IMAGES)
    sentence = str(refusal.value)
    assert sentence.isprintable()
    assert sentence.endswith(".")
    assert len(sentence) < 250


def test_what_the_corpus_changes_opens_as_it_is() -> None:
    assert Trainer.from_state(STATE, *IMAGES, *IMAGES).iteration == 2
    network, training = {**ABOUT, "file": "a.pkl"}, {"file": "a.npz", "saved": SAVED}
    found = load_backup(
        backup({"networks": [network], "trainings": [training]}, a_pkl=good_file(), a_npz=STATE)
    )
    assert (len(found.networks), len(found.trainings)) == (1, 1)


def test_a_training_with_623_random_keys_is_called_damaged() -> None:
    assert "623 random keys" in dict(odd_arrays())
    _, data = CORPUS["training: 623 random keys"]
    with pytest.raises(KobaiError, match="damaged and cannot be continued"):
        Trainer.from_state(data, *IMAGES, *IMAGES)


def test_a_table_of_contents_that_is_too_large_is_called_so() -> None:
    for label in ("2000 lists", "7 MB of lists", "7 MB of quotes"):
        with pytest.raises(
            KobaiError, match=r"kobai\.json.* is more than Kobai reads: at most 8 MB and 32 levels"
        ):
            load_backup(CORPUS[f"kobai.json: {label}"][1])
