"""Whatever lies in the browser's storage, Python starts: what cannot be read is set aside, as it is."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.files.network_file import dump_network
from support import fake_browser
from support.damaged_records import CHOICES, DIGIT, JUNK, NETWORK, STROKES, TRAINING, damaged
from support.fake_browser import Record, record
from support.worker_doubles import finished
from unit.kobai.files.test_backup import STATE
from worker.storage import records

WHOLE = NETWORK | {"id": "opened-00000000beef", "origin": "opened"}
GOOD = {
    "network:kept-0123456789ab": NETWORK | {"id": "kept-0123456789ab"},
    "training:0123456789ab": TRAINING,
    "choices": CHOICES,
    "own digit": DIGIT,
    "before": {"name": None, "iterations": 12, "hidden_size": 50},
    "opened": {"name": "old.pkl", "hidden_size": 50},
}
np.random.seed(0)
DATA = dump_network(TwoLayerNet(784, 20, 10), "dict")
NO_RECORDS = (
    "x", 7, True, None, [], Record(), Record(data="x", about="{}"), Record(data=fake_browser.Bytes(b"")),
    Record(about="{}"), Record(data=None, about=None), float("nan"),
)  # fmt: skip


def every_damage():
    for name, about in GOOD.items():
        for said, text in damaged(about):
            yield name, said, text
        for text in JUNK:
            yield name, f"{text:.20}", text


# ------------------------------------------------------------------ one record


@pytest.mark.parametrize("name", GOOD)
def test_what_the_page_writes_is_read_as_it_is(name):
    read = records.checked(name, json.dumps(GOOD[name]))
    assert records.checked(name, json.dumps(read)) == read
    if name in ("choices", "own digit"):
        assert read == GOOD[name]


def test_a_damaged_record_is_refused_or_all_of_it_can_be_used():
    """Every value removed and replaced: some 2,000 cases."""
    refused = 0
    for name, said, text in every_damage():
        try:
            read = records.checked(name, text)
        except records.Unreadable:
            refused += 1
            continue
        assert records.checked(name, json.dumps(read, allow_nan=False)) == read, (name, said)
        if not name.startswith(("choices", "before", "opened")):  # whose values may all be missing
            assert set(read) == set(GOOD[name]), (name, said)
    assert refused > 1500


@given(st.sampled_from(list(GOOD)), st.text())
def test_any_text_about_a_record_is_refused_or_read(name, text):
    with contextlib.suppress(records.Unreadable):
        records.checked(name, text)


@given(
    st.binary() | st.text().map(str.encode) | st.sampled_from([STROKES, *(text.encode() for text in JUNK)])
)
def test_any_bytes_are_strokes_or_refused(data):
    try:
        assert records.strokes(data) == data.decode()
    except records.Unreadable:
        assert data != STROKES


def test_a_long_or_deep_text_is_not_parsed():
    for text in ("[" * 10**6, '{"a":' * 10**6, " " * 20_000_000, "[" * 33 + "]" * 33):
        with pytest.raises(records.Unreadable):
            records.checked("choices", text)
    assert records.checked("choices", json.dumps({"code": '"[[[{{{' * 10_000})) == {
        "code": '"[[[{{{' * 10_000
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("network:kept-0123456789ab", "network"),
        ("training:x", "training"),
        ("choices", "choices"),
        ("own digit", "digit"),
        ("set aside:00ff:choices", "choices"),
        ("set aside:00ff:network:kept-0123456789ab", "network"),
        ("set aside:", "unknown"),
        ("set aside:x", "unknown"),
        ("", "unknown"),
        ("comparison:1", "unknown"),
    ],
)
def test_the_kind_of_a_record_is_told_by_its_name(name, kind):
    assert records.kind_of(name) == kind


# ------------------------------------------------------- the start of the worker


def idx(magic: int, shape: tuple[int, ...]) -> bytes:
    size = int(np.prod(shape))
    return b"".join(number.to_bytes(4, "big") for number in (magic, *shape)) + bytes(size)


SHIPPED = {
    "id": "shipped", "file": "networks/shipped.pkl", "sha256": None, "origin": "shipped", "name": None,
    "date": None, "layers": [784, 20, 10], "parameters": 15910, "activation": "sigmoid",
    "says_activation": True, "normalize": True, "iterations": 10_000, "settings": None, "accuracy": 0.9,
    "bytes": None, "stored": True,
}  # fmt: skip
FILES = {
    "data/t10k-images-idx3-ubyte.gz": idx(2051, (5, 28, 28)),
    "data/t10k-labels-idx1-ubyte.gz": idx(2049, (5,)),
    "networks/shipped.json": json.dumps([SHIPPED]).encode(),
    "networks/shipped.pkl": DATA,
}


class Worker:
    """The worker's session on a browser that is only there in name."""

    def __init__(self, monkeypatch, kept) -> None:
        self.kept = {"format": Record(format=1, moved=True)} | kept
        self.told: list[str] = []
        fake_browser.install(monkeypatch, self.kept, self.told)
        from worker import session, site_files
        from worker.panels import backup, draw
        from worker.storage import unreadable

        async def read(_base, file, _sha256=None):
            return FILES[file]

        async def no_engine(_base, _file):
            raise KobaiError("There is no engine.")

        monkeypatch.setattr(site_files, "read", read)
        monkeypatch.setattr(site_files, "save", no_engine)
        self.session = session.Session()
        self.everything = backup.Backup(self.session)
        self.aside = unreadable.Aside(self.session.store)
        self.digit = draw.DrawnDigit(self.session)


@pytest.fixture
def worker(monkeypatch):
    """worker(records) is a Worker with these in its storage, beside FORMAT."""
    yield lambda kept: Worker(monkeypatch, kept)
    for name in [name for name in sys.modules if name.split(".")[0] == "worker"]:
        monkeypatch.delitem(sys.modules, name)


def started(new, *more):
    """What `init` answers to the page, and these coroutine functions in turn, in one loop."""

    async def all_of_it():
        answers = [await new.session.init("")]
        json.dumps(answers[0], allow_nan=False)  # as the page gets it
        for each in more:
            answers.append(await each())
        return answers

    return finished(all_of_it())


WHOLE_RECORDS = {
    f"network:{WHOLE['id']}": record(json.dumps(WHOLE), DATA),
    "training:00000000beef": record(json.dumps(TRAINING), STATE),
}


def test_hundreds_of_damaged_records_at_once_end_nothing(worker):
    """All kinds whose names can differ; those that can be read all the same are used."""
    bad, number = {}, 0
    for name, _said, text in every_damage():
        if name.startswith(("network:", "training:")):
            number += 1
            new_name = f"{name[:-12]}{number:012x}"
            text = text.replace(name.partition(":")[2], new_name.partition(":")[2])
            bad[new_name] = record(text, DATA)
    bad |= {f"junk {number}": junk for number, junk in enumerate(NO_RECORDS)}
    bad |= {7: record("{}"), (1, 2): "a key that is no text", "comparison:1": record("{}")}
    new = worker(bad | WHOLE_RECORDS)
    before = copy.copy(new.kept)
    answer, listed = started(new, new.aside.records_aside)
    assert new.kept == before  # nothing is written, nothing deleted
    ids = {network["id"] for network in answer["shelf"]["networks"]}
    assert {"shipped", WHOLE["id"]} <= ids
    assert "00000000beef" in {run["id"] for run in answer["runs"]}
    used = {f"network:{key}" for key in ids - {"shipped"}} | {
        f"training:{run['id']}" for run in answer["runs"]
    }
    names = {each["record"] for each in listed["records"]}
    assert len(names) > 850
    assert not names & used
    assert len(names) + len(used) == len(new.kept) - 1


@pytest.mark.parametrize("name", ["choices", "own digit", "before", "opened"])
def test_every_damage_to_a_record_of_which_there_is_one(worker, name):
    data = {"own digit": STROKES, "choices": b""}.get(name, DATA)
    texts = [text for each, _said, text in every_damage() if each == name]
    kept = [record(text, data) for text in texts] + list(NO_RECORDS)
    new = worker({})
    for each in kept[:: 1 if name != "choices" else 2]:
        new.kept.clear()
        new.kept.update({"format": Record(format=1, moved=True), name: each, **WHOLE_RECORDS})
        new.session.__init__()
        answer, digit, listed = started(
            new, type(new.digit)(new.session).kept_digit, type(new.aside)(new.session.store).records_aside
        )
        assert WHOLE["id"] in {network["id"] for network in answer["shelf"]["networks"]}
        assert [run["id"] for run in answer["runs"]] == ["00000000beef"]
        json.dumps(digit, allow_nan=False)
        if listed["records"]:
            assert [each["record"] for each in listed["records"]] == [name]
            assert new.kept[name] is each


def test_a_slot_that_is_needed_again_is_spared_under_another_name(worker):
    bad = record('"x"', b"as it is")
    new = worker({"choices": bad})

    async def choose():
        await new.session.choices.put(current="shipped")

    *_, listed = started(new, choose, new.aside.records_aside)
    (other,) = (name for name in new.kept if name.startswith("set aside:"))
    assert new.kept[other] is bad
    assert json.loads(new.kept["choices"].about) == {"current": "shipped"}
    assert listed["records"] == [{"record": other, "kind": "choices", "name": None, "bytes": 8}]

    async def delete():
        await new.aside.delete_record(other)

    new.session.__init__()
    new.aside = type(new.aside)(new.session.store)
    *_, listed = started(new, delete, new.aside.records_aside)
    assert listed == {"records": []}
    assert sorted(new.kept) == ["choices", "format"]


@pytest.mark.parametrize(
    "form",
    [
        Record(format="two"),
        Record(),
        "x",
        7,
        Record(format=float("nan")),
        Record(format=True),
        Record(format=[]),
    ],
)
def test_a_damaged_format_is_written_anew(worker, form):
    new = worker({"format": form, **WHOLE_RECORDS})

    async def keep():
        assert await new.session.store.put("own digit", STROKES, **DIGIT) is None

    answer, _ = started(new, keep)
    assert WHOLE["id"] in {network["id"] for network in answer["shelf"]["networks"]}
    assert new.kept["format"].format == 1


def test_everything_goes_out_without_what_cannot_be_read(worker):
    """Networks and trainings whose words are right and whose bytes are not."""
    bad = {f"network:kept-{number:012x}": data for number, data in enumerate((b"", DATA[:500], b"x" * 100))}
    kept = {
        name: record(json.dumps(NETWORK | {"id": name.partition(":")[2]}), data) for name, data in bad.items()
    }
    kept |= {"training:000000000bad": record(json.dumps(TRAINING), STATE[:300])}
    new = worker(kept | WHOLE_RECORDS)
    *_, (about, _data), listed = started(new, new.everything.export_everything, new.aside.records_aside)
    assert (about["networks"], about["trainings"], about["aside"]) == (1, 1, 4)
    assert {each["record"] for each in listed["records"]} == set(kept)
    assert any('"aside"' in text for text in new.told)


def test_a_network_that_cannot_be_read_is_named(worker):
    key = "kept-000000000001"
    for name, said in (("mine.pkl", "“mine.pkl”"), (None, "of your training of 30 iterations")):
        new = worker({f"network:{key}": record(json.dumps(NETWORK | {"id": key, "name": name}), b"damaged")})

        async def use(new=new):
            with pytest.raises(KobaiError) as refused:
                await new.session.networks.use(key)
            return str(refused.value)

        _, sentence = started(new, use)
        assert said in sentence
        assert "the file" not in sentence
        assert "set aside" in sentence


# ----------------------------------------------------------- talk between tabs


def test_what_another_tab_has_deleted_does_not_come_back(worker):
    """Its word is still on the way when this tab has measured, or renamed, the network."""
    new = worker(WHOLE_RECORDS)
    key, slot = WHOLE["id"], f"network:{WHOLE['id']}"

    async def measure_and_rename():
        networks = new.session.networks
        await networks.rename(key, "before")
        assert json.loads(new.kept[slot].about)["name"] == "before"
        del new.kept[slot]
        await networks.rename(key, "after")
        await networks.answers(key)
        assert slot not in new.kept

    async def delete_and_bring_back():
        await new.session.networks.delete(key)
        assert slot not in new.kept
        await new.session.networks.undelete(key)

    started(new, measure_and_rename, delete_and_bring_back)
    assert json.loads(new.kept[slot].about)["name"] == "after"


@pytest.mark.parametrize(
    "junk",
    [None, 7, "", "x", "{}", '"x"', "7", "null", "[7]", '[["a"]]', "[" * 8000, b"[]",
     '["' + "y" * 2_000_000 + '"]', [], {}, SimpleNamespace(), '["\\ud800"]', "NaN", float("nan")],
)  # fmt: skip
def test_a_junk_message_of_another_tab_is_no_message(worker, junk):
    new = worker(WHOLE_RECORDS)

    async def hear():
        told = list(new.told)
        fake_browser.Channel.opened[-1].onmessage(SimpleNamespace(data=junk))
        for _ in range(20):
            await asyncio.sleep(0)
        assert new.told == told
        new.kept.clear()
        fake_browser.Channel.opened[-1].onmessage(SimpleNamespace(data='["training:00000000beef"]'))
        while new.told == told:
            await asyncio.sleep(0)

    started(new, hear)
    assert new.session.store.slots() == []
