"""Files kept by hash: what is found is what was pinned, or nothing."""

import gzip
import hashlib
import io
import random
from pathlib import Path

import pytest
from sitebuild.errors import BuildError
from sitebuild.fetch import mnist_parts
from sitebuild.fetch.cache import Cache, replacing
from sitebuild.fetch.download_progress import Progress
from sitebuild.project import user_cache_folder
from support.build_project import sha256

CONTENT = b"the pinned bytes" * 100


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path)


def test_a_file_is_found_by_its_hash(cache):
    cache.path(sha256(CONTENT)).write_bytes(CONTENT)
    assert cache.find(sha256(CONTENT)).read_bytes() == CONTENT


def test_an_unknown_hash_is_not_found(cache):
    assert cache.find(sha256(b"something else")) is None


@pytest.mark.parametrize("damaged", [CONTENT[:-1], b"", b"X" + CONTENT[1:]], ids=["cut", "empty", "changed"])
def test_a_corrupt_file_counts_as_absent_and_is_deleted(cache, damaged):
    path = cache.path(sha256(CONTENT))
    path.write_bytes(damaged)
    assert cache.find(sha256(CONTENT)) is None
    assert not path.exists()


def test_a_compressed_file_is_known_by_what_is_inside(cache):
    for level in (1, 9):  # another zlib gives other bytes, too
        path = cache.path(sha256(CONTENT), gzipped=True)
        path.write_bytes(gzip.compress(CONTENT, level))
        assert Cache(cache.folder).find(sha256(CONTENT), gzipped=True) == path


@pytest.mark.parametrize("damage", ["cut", "flipped", "not gzip"])
def test_a_corrupt_compressed_file_counts_as_absent(cache, damage):
    packed = bytearray(gzip.compress(random.Random(0).randbytes(5000)))
    if damage == "cut":
        packed = packed[:-20]
    elif damage == "flipped":
        packed[2500] ^= 0xFF
    else:
        packed[:2] = b"PK"
    path = cache.path(sha256(random.Random(0).randbytes(5000)), gzipped=True)
    path.write_bytes(packed)
    assert cache.find(path.stem, gzipped=True) is None
    assert not path.exists()


def test_an_interrupted_write_leaves_the_former_file(tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"former")

    def write_half():
        with replacing(target) as file:
            file.write(b"half of the new o")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert target.read_bytes() == b"former"


def test_mnist_is_compressed_to_the_same_bytes_whatever_the_time(tmp_path, monkeypatch):
    source = tmp_path / "t10k-labels-idx1-ubyte"
    source.write_bytes(CONTENT)
    monkeypatch.setitem(mnist_parts.MD5, source.name, hashlib.md5(CONTENT).hexdigest())
    results = []
    for now in (1e9, 1.7e9):
        monkeypatch.setattr("time.time", lambda now=now: now)
        target = io.BytesIO()
        mnist_parts.recompress(source, target)
        results.append(target.getvalue())
    assert results[0] == results[1]
    assert gzip.decompress(results[0]) == CONTENT


def test_a_file_that_is_not_mnists_is_refused(tmp_path):
    source = tmp_path / "t10k-labels-idx1-ubyte"
    source.write_bytes(CONTENT)
    with pytest.raises(BuildError, match="not MNIST's"):
        mnist_parts.recompress(source, io.BytesIO())


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/kobai"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/reader/.cache/kobai"),
        ("linux", {}, "/home/reader/.cache/kobai"),
        ("darwin", {"XDG_CACHE_HOME": "/xdg"}, "/home/reader/Library/Caches/kobai"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/kobai"),
        ("win32", {"LOCALAPPDATA": "/local", "KOBAI_CACHE": "/mine"}, "/mine"),
    ],
)
def test_the_cache_folder_follows_the_systems_habit(monkeypatch, platform, environment, expected):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "KOBAI_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/reader"))
    assert user_cache_folder() == Path(expected)


def test_progress_in_a_log_is_sparse_and_says_what_and_how_much(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    log = io.StringIO()
    progress = Progress("Fetching NumPy", 10_000_000, log)
    for done in range(0, 10_000_000, 100_000):  # 20 seconds in all
        clock[0] += 0.2
        progress.update(done)
    progress.finish()
    lines = log.getvalue().splitlines()
    assert lines[0] == "Fetching NumPy: 0.0 of 10.0 MB"
    assert lines[-1] == "Fetching NumPy: 10.0 of 10.0 MB"
    assert 4 <= len(lines) <= 7


def test_a_download_of_unknown_size_shows_what_has_come():
    log = io.StringIO()
    progress = Progress("Fetching uplot", 0, log)
    progress.last -= 100
    progress.update(2_500_000)
    progress.finish()
    assert log.getvalue().splitlines() == [f"Fetching uplot: {done} MB" for done in ("0.0", "2.5", "2.5")]
