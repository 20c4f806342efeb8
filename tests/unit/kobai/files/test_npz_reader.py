"""Reading .npz: what NumPy wrote is read as NumPy reads it, everything else is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kobai.book.multi_layer_net import MultiLayerNet, layer_sizes
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import NetworkFileError
from kobai.files.network_file import open_network
from kobai.files.npz_reader import read_npz
from support.files import hostile_zips, zip_writing
from support.files.pickle_writing import params
from support.files.refusing import expect_refused
from support.files.zip_writing import Member, archive, header, npy

CORPUS = dict(hostile_zips.corpus())


def saved(compressed: bool = False, **arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


class Stream(io.RawIOBase):
    """A file that cannot be written twice, as a socket: the sizes follow the members."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.data += bytes(data)
        return len(data)


# --- reading


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_float_and_memory_order_opens(compressed: bool, dtype: str, order: str) -> None:
    arrays = {name: np.array(array, dtype=dtype, order=order) for name, array in params(3).items()}
    network, says_activation, form = open_network(saved(compressed, **arrays))
    assert (says_activation, form) == (False, "npz")
    assert isinstance(network, TwoLayerNet)
    for name, array in arrays.items():
        np.testing.assert_array_equal(network.params[name], array.astype(np.float64))
        assert network.params[name].dtype == np.float64
        assert network.params[name].flags.writeable


def test_an_archive_written_to_a_stream_opens() -> None:
    stream = Stream()
    np.savez(stream, **params(3))
    np.testing.assert_array_equal(open_network(stream.data).network.params["W1"], params(3)["W1"])


def test_an_archive_that_other_programs_wrote_opens() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = b"made by hand"
        for name, array in params(2).items():
            made.writestr(f"{name}.npy", zip_writing.array_file(array))
    np.testing.assert_array_equal(open_network(file.getvalue()).network.params["b2"], params(2)["b2"])


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }",  # Python 2 on Windows
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }" + " " * 57,
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,3)}",
    ],
)
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_headers_of_every_version_are_read(text: str, version: tuple[int, int]) -> None:
    numbers = np.arange(6.0)
    arrays, _ = read_npz(archive([Member("a.npy", npy(text, numbers.tobytes(), version))]))
    np.testing.assert_array_equal(arrays["a"], numbers.reshape(2, 3))


def test_further_arrays_are_left_out() -> None:
    further = {"train_loss_list": np.arange(5), "epoch": np.array(3), "done": np.array(True)}
    opened = open_network(saved(**params(2), **further))
    assert set(opened.network.params) == {"W1", "b1", "W2", "b2"}


@pytest.mark.parametrize("shape", [(), (0,), (1,), (7,), (2, 3), (2, 0, 3), (1,) * 8])
@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?", "f2", "f4", "f8"])
def test_every_array_of_numbers_is_read_as_numpy_reads_it(shape: tuple[int, ...], dtype: str) -> None:
    array = np.arange(np.prod(shape)).astype(dtype).reshape(shape)
    read, comment = read_npz(saved(a=array))
    np.testing.assert_array_equal(read["a"], array)
    assert (read["a"].shape, read["a"].dtype, comment) == (shape, array.dtype, "")


# --- refusing


def test_the_archive_that_carries_the_attacks_is_a_network() -> None:
    for options in ({}, {"deflated": True}, {"flags": 0x800}, {"deflated": True, "flags": 0x2}):
        network = open_network(zip_writing.good_archive(**options)).network
        for name, array in params().items():
            np.testing.assert_array_equal(network.params[name], array)


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 150


@pytest.mark.parametrize("label", CORPUS)
def test_an_attack_is_refused_and_nothing_runs(
    label: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_refused(open_network, CORPUS[label], tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("family", "label", "sentence"),
    [
        ("pickled_members", "np.savez itself", "extra.npy in the .npz file is a pickle of Python objects"),
        ("pickled_members", "pickle member", "data.pkl in the .npz file is nothing that np.savez writes"),
        ("odd_members", "encrypted", "protected by a password"),
        ("odd_members", "name '../W3.npy'", "../W3.npy in the .npz file is nothing"),
        ("lying_directories", "wrong CRC", "damaged: W1.npy does not fit"),
        ("lying_directories", "duplicate name", "damaged: W1.npy does not fit"),
        ("lying_directories", "no end record", "cut short"),
        ("bombs", "one member of 1 GB", "at most 64 MB"),
        ("odd_headers", "type '<c16'", "type c16"),
    ],
)
def test_the_refusal_says_what_was_found(family: str, label: str, sentence: str) -> None:
    with pytest.raises(NetworkFileError, match=sentence):
        open_network(CORPUS[f"{family}: {label}"])


@pytest.mark.parametrize("deflated", [False, True])
def test_an_archive_cut_short_at_any_byte_is_refused(deflated: bool) -> None:
    data = zip_writing.good_archive(deflated=deflated)
    for length in range(len(data)):
        with pytest.raises(NetworkFileError):
            open_network(data[:length])


def test_an_archive_cut_short_says_so() -> None:
    with pytest.raises(NetworkFileError, match="cut short"):
        open_network(saved(**params(50))[:-1000])


# --- fuzzing

GOOD = [
    zip_writing.good_archive(),
    zip_writing.good_archive(deflated=True),
    saved(**params()),
    saved(True, **params()),
]
_EDITS = st.lists(
    st.tuples(st.sampled_from(["change", "insert", "delete"]), st.floats(0, 1), st.integers(0, 255)),
    min_size=1,
    max_size=6,
)
_BYTES_OF_W1 = 784 * 2


def _edited(data: bytes, edits: list[tuple[str, float, int]]) -> bytes:
    """Changed in places other than the numbers of W1, which in a stored archive are most of the bytes."""
    head = data.find(b"W1.npy") + 6 + 100
    skip = _BYTES_OF_W1 if len(data) > 2 * _BYTES_OF_W1 else 0
    changed = bytearray(data)
    for kind, where, value in edits:
        position = int(where * (len(changed) - skip - 1))
        position += skip if position > head else 0
        changed[position : position + (kind != "insert")] = b"" if kind == "delete" else bytes([value])
    return bytes(changed)


def _as_numpy_or_refused(data: bytes) -> None:
    """Where the archive opens, NumPy reads the same arrays from it: the two agree on what it holds."""
    try:
        network = open_network(data).network
    except NetworkFileError:
        return
    assert isinstance(network, TwoLayerNet | MultiLayerNet)
    assert layer_sizes(network.params)[:: len(network.params) // 2] == (784, 10)
    with np.load(io.BytesIO(data), allow_pickle=False) as expected:
        for name, array in network.params.items():
            assert np.isfinite(array).all()
            np.testing.assert_array_equal(array, expected[name].reshape(array.shape))


@settings(max_examples=1500)
@given(st.sampled_from(GOOD), _EDITS)
def test_a_changed_archive_is_what_numpy_reads_or_refused(
    data: bytes, edits: list[tuple[str, float, int]]
) -> None:
    _as_numpy_or_refused(_edited(data, edits))


@settings(max_examples=500)
@given(
    st.text("{}()[]'\"<>|=,: LTrueFalsdscrhpfonmt_0123456789\n", max_size=80),
    st.integers(0, 60),
    st.integers(0, 20),
)
def test_a_changed_header_is_what_numpy_reads_or_refused(text: str, start: int, removed: int) -> None:
    """The CRCs are right here, so that the header itself is what is looked at."""
    rest = zip_writing.good_members()[1:]
    good = header("'<f2'", shape="(784, 1)")
    changed = good[:start] + text + good[start + removed :]
    content = npy(changed, params()["W1"].tobytes())
    _as_numpy_or_refused(archive([Member("W1.npy", content), *rest]))


@settings(max_examples=300)
@given(st.binary(max_size=300), st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", b"PK"]))
def test_random_bytes_are_refused(data: bytes, start: bytes) -> None:
    with pytest.raises(NetworkFileError):
        open_network(start + data)


@pytest.mark.parametrize("descr", ["'|O'", "'<U5'", "'|S8'", "[('a', '<f8')]", "'<f16'"])
def test_a_name_in_a_refusal_is_one_line_of_visible_characters(descr: str) -> None:
    """U+202E turns what follows, U+0007 rings a bell, U+2028 breaks the line."""
    member = zip_writing.Member("a\u202eb\x07c\u2028.npy", npy_of(descr), flags=0x800)
    with pytest.raises(NetworkFileError) as refusal:
        read_npz(zip_writing.archive([*zip_writing.good_members(), member]))
    assert refusal.value.values["name"] == "a?b?c?.npy"
    assert str(refusal.value).isprintable()


def npy_of(descr: str) -> bytes:
    return zip_writing.npy(zip_writing.header(descr), bytes(40))


def test_an_array_of_text_is_named() -> None:
    file = io.BytesIO()
    np.savez(file, **params(), labels=np.array(["zero", "one"]))
    with pytest.raises(NetworkFileError, match=r"labels\.npy in the \.npz file is an array of type U4"):
        read_npz(file.getvalue())
