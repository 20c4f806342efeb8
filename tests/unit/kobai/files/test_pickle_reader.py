"""Nothing in a file is run: hostile files, cut files, fuzzed files."""

from __future__ import annotations

import pickle
import pickletools
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kobai.book.multi_layer_net import layer_sizes
from kobai.errors import NetworkFileError
from kobai.files import pickle_nesting
from kobai.files.network_file import load_network
from kobai.files.pickle_globals import Instance
from kobai.files.pickle_reader import read_pickle
from support.files import hostile_names, hostile_pickles, pickle_writing
from support.files.book_classes import BookClasses
from support.files.refusing import expect_refused
from support.some_networks import some_params

CORPUS = dict(hostile_pickles.corpus())
GOOD = {protocol: pickle_writing.good_file(protocol) for protocol in range(6)}


def test_the_file_that_carries_the_attacks_is_a_network() -> None:
    for data in GOOD.values():
        network = load_network(data)
        for name, array in pickle_writing.params().items():
            np.testing.assert_array_equal(network.params[name], array)


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 500


@pytest.mark.parametrize("label", CORPUS)
def test_an_attack_is_refused_and_nothing_runs(
    label: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_refused(load_network, CORPUS[label], tmp_path, monkeypatch)


def test_the_attacks_do_run_in_python_itself(tmp_path: Path) -> None:
    """The corpus bites: each of these files makes the canary when Python's own pickle loads it."""
    files = [pickle_writing.in_network(attack) for _, attack in hostile_names.runs_something()]
    for number, data in enumerate(files):
        (tmp_path / f"{number}.pkl").write_bytes(data)
    program = """
import pickle, shutil, sys, time, warnings
from pathlib import Path
warnings.simplefilter("ignore")
canary = Path(sys.argv[1])
for number in range(int(sys.argv[2])):
    try:
        pickle.loads(Path(f"{number}.pkl").read_bytes())
    except Exception as error:
        print(number, error, file=sys.stderr)
    deadline = time.monotonic() + 5
    while not canary.exists() and time.monotonic() < deadline:
        pass  # popen does not wait for its shell
    print(number, "ran" if canary.exists() else "did not run", file=sys.stderr)
    if not canary.exists():
        sys.exit(1)
    canary.rmdir() if canary.is_dir() else canary.unlink()
"""
    command = [sys.executable, "-c", program, pickle_writing.CANARY, str(len(files))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(files) >= 55


@pytest.mark.parametrize(
    ("module", "qualified"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("numpy", "load"),
        ("numpy.testing._private.utils", "runstring"),
    ],
)
def test_the_refusal_names_what_the_file_asks_for(module: str, qualified: str) -> None:
    attack = pickle_writing.call(module, qualified, pickle_writing.text("x"))
    with pytest.raises(NetworkFileError) as refusal:
        load_network(pickle_writing.in_network(attack))
    assert refusal.value.values["name"] == f"{module}.{qualified}"
    assert "nothing was run" in str(refusal.value)


def test_a_name_from_a_file_is_shown_short_and_visible() -> None:
    attack = pickle_writing.name("a" * 10_000, "\u202egpj\x07\r.os")
    with pytest.raises(NetworkFileError) as refusal:
        load_network(pickle_writing.in_network(attack))
    shown = str(refusal.value.values["name"])
    assert len(shown) <= 60
    assert shown.isprintable()


def test_a_file_of_too_many_instructions_is_refused_for_that() -> None:
    with pytest.raises(NetworkFileError, match="more than 180000 pickle instructions"):
        load_network(CORPUS["bombs: many values"])


@pytest.mark.parametrize("protocol", range(6))
def test_a_network_beside_the_losses_of_the_book_opens(protocol: int) -> None:
    """10,000 losses as np.float64 take up to 17 instructions each."""
    losses = [np.float64(i / 7) for i in range(10_000)]
    accuracies = losses[:17]
    found = pickle_writing.params() | {
        "train_loss_list": losses, "train_acc_list": accuracies, "test_acc_list": accuracies
    }  # fmt: skip
    network = load_network(pickle.dumps(found, protocol))
    np.testing.assert_array_equal(network.params["W1"], pickle_writing.params()["W1"])


K = pickle_writing.text("k")
INSTANCE = pickle_writing.name("a", "TwoLayerNet") + b")\x81"


def _nested(kind: str, levels: int) -> object:
    made: object = 1.0
    for _ in range(levels):
        made = [made] if kind == "list" else (made,) if kind == "tuple" else {"a": made}
    return made


@pytest.mark.parametrize("kind", ["list", "tuple", "dict"])
@pytest.mark.parametrize("protocol", GOOD)
def test_32_levels_open_and_33_do_not(kind: str, protocol: int) -> None:
    """The dict of the network is the first."""
    open_31, refused_32 = (
        pickle.dumps(pickle_writing.params() | {"extra": _nested(kind, levels)}, protocol)
        for levels in (31, 32)
    )
    load_network(open_31)
    with pytest.raises(NetworkFileError, match="32 levels"):
        load_network(refused_32)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from("ldtoooi"), st.integers(0, 40), st.integers(0, 40)), max_size=40))
def test_whatever_is_put_where_no_chain_is_longer_than_allowed(steps: list[tuple[str, int, int]]) -> None:
    """Containers made, and put into each other, by the memo: those that are accepted are shallow."""
    program, kinds = b"](", ""
    for kind, first, second in steps:
        targets = [number for number, each in enumerate(kinds) if each in "ld"]
        one, other = (b"g%d\n" % (number % len(kinds)) if kinds else b"N" for number in (first, second))
        if kind == "o":
            if targets:
                target = targets[first % len(targets)]
                program += b"g%d\n" % target
                program += other + b"a" if kinds[target] == "l" else K + other + b"s"
            continue
        begun = {"l": b"]", "d": b"}", "t": one + other + b"\x86", "i": INSTANCE + b"}" + K + one + b"sb"}[
            kind
        ]
        program += begun + b"p%d\n" % len(kinds)
        kinds += kind
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(pickle_nesting, "MAX_NESTING", 4)  # 32 are seldom reached by chance
        try:
            made = read_pickle(b"\x80\x04" + program + b"e.")
        except NetworkFileError:
            return
    assert _levels(made) <= 4


def _levels(made: object) -> int:
    if isinstance(made, list | tuple):
        return 1 + max((_levels(each) for each in made), default=0)
    if isinstance(made, dict):
        return 1 + max((_levels(each) for each in made.values()), default=0)
    return 1 + _levels(made.state) if isinstance(made, Instance) else 0


def test_a_file_over_64_megabytes_is_refused() -> None:
    with pytest.raises(NetworkFileError, match="64 MB"):
        load_network(b"\x80\x04" + bytes(64 * 1024 * 1024))


def test_an_array_over_8_million_numbers_is_refused() -> None:
    hidden_size = 8 * 1024 * 1024 // 784 + 1
    data = pickle.dumps(pickle_writing.params(hidden_size), 4)
    assert len(data) < 64 * 1024 * 1024
    with pytest.raises(NetworkFileError, match="8 million"):
        load_network(data)


@pytest.mark.parametrize("protocol", GOOD)
def test_a_file_cut_short_at_any_byte_is_refused(protocol: int) -> None:
    data = GOOD[protocol]
    for length in range(len(data)):
        with pytest.raises(NetworkFileError):
            load_network(data[:length])


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_file_cut_short_says_so(protocol: int) -> None:
    with pytest.raises(NetworkFileError, match="cut short"):
        load_network(GOOD[protocol][:-100])


def _network_or_refusal(data: bytes) -> None:
    start = time.process_time()
    try:
        params = load_network(data).params
    except NetworkFileError:
        return
    finally:
        assert time.process_time() - start < 1
    sizes = layer_sizes(params)
    assert (sizes[0], sizes[-1]) == (784, 10)
    assert len(params) == 2 * (len(sizes) - 1)
    for i, shape in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        assert params[f"W{i}"].shape == shape
        assert params[f"b{i}"].shape == shape[1:]
    for array in params.values():
        assert array.dtype == np.float64
        assert np.isfinite(array).all()


# The instructions, not the numbers within the arrays, are where a changed byte matters
_EDITS = st.lists(
    st.tuples(st.sampled_from(["change", "insert", "delete"]), st.floats(0, 1), st.integers(0, 255)),
    min_size=1,
    max_size=8,
)


def _instances() -> dict[str, bytes]:
    """Networks of chapters 5 and 6 with all that training leaves in them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        book = BookClasses(monkeypatch)
        deep = some_params(784, 3, 2, 10)
        networks = {
            "chapter 5": book.two_layer_net(pickle_writing.params()),
            "chapter 6": book.multi_layer_net(deep, "Sigmoid"),
        }
        return {
            f"{label}, protocol {protocol}": pickle.dumps(network, protocol)
            for label, network in networks.items()
            for protocol in range(6)
        }


INSTANCES = _instances()


def _edited(data: bytes, edits: list[tuple[str, float, int]], keep: int = 0) -> bytes:
    changed = bytearray(data)
    for kind, where, value in edits:
        position = keep + int(where * (len(changed) - keep - 1))
        changed[position : position + (kind != "insert")] = b"" if kind == "delete" else bytes([value])
    return bytes(changed)


@settings(max_examples=300)
@given(protocol=st.integers(0, 5), edits=_EDITS)
def test_a_changed_file_is_a_network_or_refused(protocol: int, edits: list[tuple[str, float, int]]) -> None:
    _network_or_refusal(_edited(GOOD[protocol], edits))


@settings(max_examples=500)
@given(protocol=st.integers(0, 5), edits=_EDITS, data=st.data())
def test_changed_instructions_are_a_network_or_refused(
    protocol: int, edits: list[tuple[str, float, int]], data: st.DataObject
) -> None:
    head = _edited(GOOD[protocol][:150], edits)
    tail = _edited(GOOD[protocol][-300:], data.draw(_EDITS))
    _network_or_refusal(head + GOOD[protocol][150:-300] + tail)


@settings(max_examples=500)
@given(label=st.sampled_from(sorted(INSTANCES)), edits=_EDITS)
def test_a_changed_instance_is_a_network_or_refused(label: str, edits: list[tuple[str, float, int]]) -> None:
    """Changed where the instructions are: most of the bytes are numbers."""
    data = bytearray(INSTANCES[label])
    positions = [position for _info, _argument, position in pickletools.genops(bytes(data))]
    for kind, where, value in sorted(edits, key=lambda edit: -edit[1]):
        position = positions[int(where * (len(positions) - 1))] + value % 3
        data[position : position + (kind != "insert")] = b"" if kind == "delete" else bytes([value])
    _network_or_refusal(bytes(data))


@settings(max_examples=300)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x80\x02", b"\x80\x04", b"(dp0\n", b"}q\x00("]))
def test_random_bytes_are_refused(data: bytes, start: bytes) -> None:
    with pytest.raises(NetworkFileError):
        load_network(start + data)


_PIECES = st.sampled_from(
    [bytes([code]) for code in b".()[]{}NK012RbotdelsauQ\x81\x85\x86\x87\x88\x89\x8f\x90\x93\x94\x95\x97"]
    + [b"K\x00", b"q\x00", b"h\x00", b"q\x01", b"h\x01", hostile_pickles.F8, hostile_pickles.EMPTY_ARRAY]
    + [pickle_writing.name("numpy", "ndarray"), pickle_writing.name("a", "TwoLayerNet")]
    + [pickle_writing.name("_codecs", "encode"), pickle_writing.name("collections", "OrderedDict")]
    + [pickle_writing.name("copyreg", "_reconstructor"), pickle_writing.name("builtins", "object")]
    + [pickle_writing.text("W1"), pickle_writing.text("latin1"), hostile_pickles.raw(b"\0" * 8)]
)


@settings(max_examples=1000)
@given(st.lists(_PIECES, max_size=40))
def test_random_instructions_are_refused(pieces: list[bytes]) -> None:
    with pytest.raises(NetworkFileError):
        load_network(b"\x80\x04" + b"".join(pieces) + b".")
