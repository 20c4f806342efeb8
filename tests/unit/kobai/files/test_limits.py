"""Small files that want much time or memory are refused in a second and 100 MB."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.files import hostile_pickles, hostile_zips
from support.files.pickle_writing import in_network, name, text
from support.files.zip_writing import Member, archive, header, npy

# long by nature: not in `build.py test --fast`
pytestmark = pytest.mark.slow
PICKLES = {label: in_network(attack) for label, attack in hostile_pickles.bombs()}
ZIPS = dict(hostile_zips.bombs())
ROOT = Path(__file__).resolve().parents[4]


def cost(loader: str, seconds: int, files: list[bytes], folder: Path) -> tuple[list[dict[str, Any]], int]:
    """What files/bomb_cost.py tells of each file, and its exit code."""
    paths = [folder / str(number) for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    command = [sys.executable, ROOT / "tests/support/files/bomb_cost.py", loader, str(seconds), *paths]
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "py"))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


@pytest.mark.parametrize("bombs", [PICKLES, ZIPS], ids=["pickle", "npz"])
def test_a_bomb_is_refused_in_a_second_and_100_megabytes(bombs: dict[str, bytes], tmp_path: Path) -> None:
    costs, code = cost("kobai", 60, list(bombs.values()), tmp_path)
    assert code == 0
    assert len(costs) == len(bombs) >= 10
    for label, measured in zip(bombs, costs, strict=True):
        assert measured["ended"] == "NetworkFileError", label
        assert measured["seconds"] < 1, label
        assert measured["peak"] < 100_000_000, label


def _small_pickle_bomb() -> bytes:
    """One text encoded 150 times: 150 MB from a file of 1 MB."""
    names = text("x" * 1_000_000) + b"q\1" + name("_codecs", "encode") + b"q\2" + text("latin1") + b"q\3"
    return b"\x80\4" + names + b"](" + b"h\2h\1h\3\x86R" * 150 + b"e."


def _small_zip_bomb() -> bytes:
    """150 MB from a file of 0.7 MB."""
    numbers = npy(header(shape="(18750000,)"), bytes(150_000_000))
    return archive([Member("a.npy", numbers, deflated=True)])


@pytest.mark.parametrize(
    ("loader", "make"), [("pickle", _small_pickle_bomb), ("numpy", _small_zip_bomb)], ids=["pickle", "npz"]
)
def test_the_measurement_sees_what_others_spend(
    loader: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    data = make()
    [others, kobai] = [cost(who, 60, [data], tmp_path)[0][0] for who in (loader, "kobai")]
    assert (others["ended"], kobai["ended"]) == ("opened", "NetworkFileError")
    assert kobai["peak"] < 100_000_000 < others["peak"]


def test_the_measurement_ends_what_python_itself_would_compute_for_ever(tmp_path: Path) -> None:
    costs, code = cost("pickle", 2, [PICKLES["2**64 nested pairs as a key"]], tmp_path)
    assert costs == []
    assert code in (-signal.SIGXCPU, -signal.SIGKILL)
