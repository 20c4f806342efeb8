"""What the unit tests share: MNIST itself, the compiled engine, and the hypothesis settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

# read when NumPy loads: threads would slow such small products down
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings
from kobai.book.mnist import load_mnist
from kobai.errors import KobaiError
from kobai.training.c_engine import Engine, load
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder

settings.register_profile("kobai", deadline=None, derandomize=True)  # the same examples in every run
settings.load_profile("kobai")

PROJECT = Path(__file__).resolve().parents[2]


class Mnist(NamedTuple):
    """Images uint8 (N, 784) and labels uint8 (N,)."""

    x_train: np.ndarray
    t_train: np.ndarray
    x_test: np.ndarray
    t_test: np.ndarray


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The folder of the four MNIST files, plain or .gz."""
    folder = Path(os.environ.get("KOBAI_MNIST_DIR", PROJECT / ".cache" / "mnist"))
    if not folder.is_dir():
        pytest.fail(f"MNIST is not in {folder}: say `python3 build.py build` first, or set KOBAI_MNIST_DIR.")
    return folder


@pytest.fixture(scope="session")
def mnist(mnist_dir: Path) -> Mnist:
    """All of MNIST, as it is in the files."""
    try:
        (x_train, t_train), (x_test, t_test) = load_mnist(normalize=False, dataset_dir=mnist_dir)
    except KobaiError as error:
        pytest.fail(f"{error} Say `python3 build.py build` first.")
    return Mnist(x_train, t_train, x_test, t_test)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """training/engine.c, compiled for this machine."""
    return load(compile_engine.compile_native(Project(PROJECT), Cache(user_cache_folder())))
