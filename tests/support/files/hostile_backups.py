"""Exported files and trainings that try to end Python, or to take its time and memory; each made by code."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from kobai.files.backup import CONTENTS
from kobai.files.checkpoint import dump_state
from kobai.settings import Settings
from kobai.training.trainer import Trainer
from support.files.pickle_writing import good_file

IMAGES = np.zeros((10, 784), np.uint8), np.zeros(10, np.uint8)
SETTINGS = Settings(hidden_size=1, batch_size=10, iterations=5, train_size=10)
ABOUT = {
    "name": "mine", "origin": "opened", "date": "2026-11-24T18:00:00+00:00", "iterations": None,
    "settings": None, "normalize": True, "activation": "sigmoid", "says_activation": True, "history": None,
}  # fmt: skip
SAVED = "2026-11-24T18:00:00.123000+00:00"


def trained() -> Trainer:
    trainer = Trainer(SETTINGS, *IMAGES, *IMAGES)
    trainer.step()
    trainer.step()
    return trainer


STATE = trained().state()


def zipped(members: dict[str, bytes], deflated: bool = True) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def backup(contents: bytes | dict[str, Any], **members: bytes) -> bytes:
    """An exported file with these contents, text or changes of empty ones; `a_pkl` is the member a.pkl."""
    if isinstance(contents, dict):
        contents = json.dumps(
            {"kobai": 1, "networks": [], "trainings": [], "settings": None} | contents
        ).encode()
    return zipped({name.replace("_", "."): data for name, data in members.items()} | {CONTENTS: contents})


def deep_texts() -> Iterator[tuple[str, bytes]]:
    """JSON text whose values lie within one another."""
    for levels in (33, 2000, 8000, 100_000):
        yield f"{levels} lists", b"[" * levels + b"]" * levels
        yield f"{levels} dicts", b'{"a":' * levels + b"0" + b"}" * levels
        yield f"{levels} of both", b'[{"a":' * (levels // 2) + b"[[]]" + b"}]" * (levels // 2)
    yield "lists that are not closed", b"[" * 100_000
    yield "dicts that are not closed", b'{"a":' * 100_000
    yield "lists behind a text", b'["\\\\\\"", ' + b"[" * 8000 + b"]" * 8001
    yield "lists behind a text of brackets", b'["]]]]", ' + b"[" * 8000 + b"]" * 8001
    yield "lists behind half a text", b'["' + b"[" * 8000 + b"]" * 8001
    yield "lists by UTF-16", ("[" * 8000 + "]" * 8000).encode("utf-16")
    yield "lists by UTF-16 without a mark", ("[" * 8000 + "]" * 8000).encode("utf-16-le")
    yield "lists by UTF-32", ("[" * 8000 + "]" * 8000).encode("utf-32")
    yield "lists behind a byte order mark", b"\xef\xbb\xbf" + b"[" * 8000 + b"]" * 8000
    yield "closed before they are opened", b"]" * 8000 + b"[" * 8000


def large_texts() -> Iterator[tuple[str, bytes]]:
    """JSON text that is short when it is compressed."""
    yield "250 MB of spaces", b" " * 250_000_000
    yield "60 MB of a name", b'{"' + b"a" * 60_000_000 + b'":0}'
    yield "7 MB of a wide text", ('{"a":"' + "\U0001f600" + "a" * 7_000_000 + '"}').encode()
    yield "7 MB of escapes", b'{"a":"' + b"\\n" * 3_500_000 + b'"}'
    yield "7 MB of backslashes", b'{"a":"' + b"\\" * 7_000_000 + b'"}'
    yield "7 MB of quotes", b'"' * 7_000_000
    yield "7 MB of lists", b"[" + b"[]," * 2_300_000 + b"0]"
    yield "7 MB of dicts", b"[" + b"{}," * 2_300_000 + b"0]"
    yield "7 MB of small dicts", b"[" + b'{"a":{}},' * 700_000 + b"0]"
    yield "7 MB of names", b"{" + b",".join(b'"%d":0' % i for i in range(600_000)) + b"}"
    yield "7 MB of a number", b'{"a":' + b"1" * 7_000_000 + b"}"
    yield "7 MB of a float", b'{"a":0.' + b"1" * 7_000_000 + b"}"
    yield "480,000 empty lists", b"[" + b"[]," * 240_000 + b"0]"
    yield "480,000 dicts", b"[" + b"{}," * 240_000 + b"0]"
    yield "400,000 dicts of one", b"[" + b'{"a":0},' * 100_000 + b"0]"
    yield "480,000 numbers", b"[" + b"0.5," * 480_000 + b"0]"


def contents() -> Iterator[tuple[str, bytes]]:
    good, network = good_file(), {**ABOUT, "file": "a.pkl"}
    empty: dict[str, Any] = {"iterations": [], "losses": []}
    training = {"file": "a.npz", "saved": SAVED}
    yield "one network 20,000 times", backup({"networks": [network] * 20_000}, a_pkl=good)
    yield "one network twice", backup({"networks": [network] * 2}, a_pkl=good)
    yield "one training 100,000 times", backup({"trainings": [training] * 100_000}, a_npz=STATE)
    yield "one training twice", backup({"trainings": [training] * 2}, a_npz=STATE)
    yield (
        "a network that is a training as well",
        backup({"networks": [network], "trainings": [{**training, "file": "a.pkl"}]}, a_pkl=good),
    )
    yield "the contents as a network", backup({"networks": [{**network, "file": CONTENTS}]})
    yield (
        "a name of 7 MB",
        backup({"networks": [{**network, "name": "a" * 7_000_000, "date": "x"}]}, a_pkl=good),
    )
    yield "an invisible name of 7 MB", backup({"networks": [{**network, "name": "\u202e" * 1_000_000}]})
    yield "a date of 7 MB", backup({"networks": [{**network, "date": "2" * 7_000_000}]}, a_pkl=good)
    yield "settings of 7 MB", backup({"settings": {"engine": "a" * 7_000_000}})
    yield "a name of the settings of 7 MB", backup({"settings": {"a" * 7_000_000: 1}})
    yield (
        "400,000 accuracies",
        backup(
            {"networks": [{**network, "history": {**empty, "accuracies": [[1, 1, 1]] * 400_000}}]}, a_pkl=good
        ),
    )
    yield "a program of 60 MB", backup({}, your_code_py=b"x" * 60_000_000).replace(b"your.code", b"your_code")
    yield "a network of 60 MB of zeros", backup({"networks": [network]}, a_pkl=bytes(60_000_000))
    yield "a training of 60 MB of zeros", backup({"trainings": [training]}, a_npz=bytes(60_000_000))
    yield "a member of 200 MB that nothing names", backup({}, a_pkl=bytes(200_000_000))
    inner = zipped({"version.npy": bytes(60_000_000)})
    many = [{**training, "file": f"{number}.npz"} for number in range(500)]
    yield (
        "500 trainings of 60 MB each",
        zipped(
            {f"{number}.npz": inner for number in range(500)} | {CONTENTS: _listed(trainings=many)}, False
        ),
    )
    heavy = b"\x80\x04}" + b"](" + b"NN\x86" * 16_000 + b"e" + b"NNNN"
    many = [{**network, "file": f"{number}.pkl"} for number in range(500)]
    filled = good[:-1] + b"X\x05\0\0\0extra](" + b"N\x85" * 16_000 + b"es."
    yield (
        "500 networks of many instructions each",
        zipped(
            {f"{number}.pkl": filled for number in range(500)} | {CONTENTS: _listed(networks=many)}, False
        ),
    )
    yield (
        "500 networks that are nothing",
        zipped({f"{number}.pkl": heavy for number in range(500)} | {CONTENTS: _listed(networks=many)}, False),
    )
    npz = _npz(W1=np.zeros((784, 10)), b1=np.zeros(10), extra=np.zeros(7_000_000))
    yield (
        "500 networks of 56 MB each",
        zipped({f"{number}.pkl": npz for number in range(500)} | {CONTENTS: _listed(networks=many)}, False),
    )
    yield "3,000 members", zipped({f"{i}": b"" for i in range(3000)} | {CONTENTS: _listed()})


def _listed(**changes: Any) -> bytes:
    return json.dumps({"kobai": 1, "networks": [], "trainings": [], "settings": None} | changes).encode()


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def trainings() -> Iterator[tuple[str, bytes]]:
    for label, text in deep_texts():
        yield f"settings: {label}", dump_npz(text)
    for label, text in large_texts():
        yield f"settings: {label}", dump_npz(text[:60_000_000])
        yield f"settings, compressed: {label}", _npz(**_settings(text[:60_000_000]))
    for label, changes in odd_arrays():
        yield label, dump_state(SETTINGS, _arrays() | changes)
    for label, version in (("infinite", np.inf), ("many", [2, 2]), ("NaN", np.nan), ("one in a row", [2])):
        yield f"version: {label}", _npz(version=np.array(version), settings=np.frombuffer(b"{}", np.uint8))


def _settings(text: bytes) -> dict[str, np.ndarray]:
    return {"version": np.array(2), "settings": np.frombuffer(text, np.uint8)}


def dump_npz(text: bytes) -> bytes:
    """A training whose settings are this text."""
    buffer = io.BytesIO()
    np.savez(buffer, **_settings(text))
    return buffer.getvalue()


def _arrays() -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(STATE)) as file:
        return {name: file[name] for name in file.files if name not in ("version", "settings")}


def odd_arrays() -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Changes of what a training consists of, by which it is none."""
    keys = _arrays()["random_keys"]
    for count in (0, 1, 623, 625, 100_000):
        yield f"{count} random keys", {"random_keys": np.resize(keys, count)}
    yield "random keys in a table", {"random_keys": keys.reshape(24, 26)}
    yield "random keys of one byte", {"random_keys": keys.astype(np.uint8)}
    yield "random keys of eight bytes", {"random_keys": keys.astype(np.uint64)}
    for label, value in (
        ("infinite", np.inf), ("NaN", np.nan), ("below", -1), ("above", 625), ("far above", 2**62),
        ("in a row", [3]), ("many", [3, 3]), ("half", 0.5),
    ):  # fmt: skip
        yield f"random position {label}", {"random_position": np.array(value)}
        yield f"images of a gradient {label}", {"gradient_images": np.array(value)}
    yield "evaluating many", {"evaluating": np.array([True, True])}
    yield "losses in a table", {"train_loss_list": np.zeros((2, 1))}
    yield "losses that are one number", {"train_loss_list": np.array(1.0)}
    yield "a million losses", {"train_loss_list": np.zeros(1_000_000)}
    yield "weights of another size", {"W1": np.zeros((784, 2))}
    yield "weights of whole numbers", {"W1": np.zeros((784, 1), np.int64)}
    yield "infinite weights", {"W1": np.full((784, 1), np.inf)}


def corpus() -> Iterator[tuple[str, str, bytes]]:
    """(reader, label, file): see cost_in_pyodide.py."""
    for label, text in (*deep_texts(), *large_texts()):
        yield "everything", f"kobai.json: {label}", backup(text)
    for label, data in contents():
        yield "everything", f"everything: {label}", data
    for label, data in trainings():
        yield "training", f"training: {label}", data
