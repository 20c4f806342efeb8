"""The engine's C code, fuzzed with the sanitizers.

Undefined behaviour is always looked for, with the compiler that builds the engine (UBSan; it ends the
process). AddressSanitizer needs its library, so that part runs with each of gcc and clang that this machine
has, on Linux; a machine with neither gets a warning in pytest's summary, and the names of the tests say what
was run.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder

# long by nature: not in `build.py test --fast`
pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[4]
FUZZ = ROOT / "tests/support/engine_fuzz.py"
CALLS = "150"
RUNTIMES = {"gcc": "libasan.so", "clang": f"libclang_rt.asan-{platform.machine()}.so"}


def address_sanitizers() -> dict[str, str]:
    """Compiler -> the path of its AddressSanitizer library."""
    found = {}
    for compiler, name in RUNTIMES.items():
        program = shutil.which(compiler)
        if program and sys.platform == "linux":
            answer = subprocess.run(
                [program, f"-print-file-name={name}"], capture_output=True, text=True, check=False
            )
            path = answer.stdout.strip()
            if Path(path).is_absolute():  # a compiler without it only repeats the name
                found[compiler] = path
    if not found:
        warnings.warn("Neither gcc nor clang has AddressSanitizer here: only UBSan was run.", stacklevel=1)
    return found


ADDRESS_SANITIZERS = address_sanitizers()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Compiles the engine with a sanitizer: "zig" or one of ADDRESS_SANITIZERS; returns its path."""

    def compiled(compiler: str) -> Path:
        if compiler == "zig":
            return compile_engine.compile_native(Project(ROOT), Cache(user_cache_folder()), checked=True)
        target = tmp_path_factory.getbasetemp() / f"engine-{compiler}.so"
        if not target.is_file():
            guard = "-DGUARD(start,bytes)=__asan_poison_memory_region((void*)(start),bytes)"
            shared = ["-shared-libasan"] if compiler == "clang" else []
            subprocess.run(
                [compiler, "-std=c11", "-O1", "-g", "-ffreestanding", "-shared", "-fPIC", *shared, guard,
                 "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
                 "-include", "sanitizer/asan_interface.h",
                 str(ROOT / compile_engine.SOURCE), "-o", str(target)],
                check=True,
            )  # fmt: skip
        return target

    return compiled


def fuzz(library: Path, compiler: str, seed: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "py"), "OPENBLAS_NUM_THREADS": "1"}
    if compiler in ADDRESS_SANITIZERS:
        # Python itself keeps memory until it ends: leaks are not looked for
        environment |= {"LD_PRELOAD": ADDRESS_SANITIZERS[compiler], "ASAN_OPTIONS": "detect_leaks=0"}
    command = [sys.executable, str(FUZZ), str(library), seed, CALLS]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("seed", ["1", "2"])
@pytest.mark.parametrize("compiler", ["zig", *ADDRESS_SANITIZERS])
def test_no_sanitizer_finds_anything(library, compiler, seed):
    done = fuzz(library(compiler), compiler, seed)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == f"done {CALLS}\n"


@pytest.mark.parametrize(
    ("compiler", "control", "says"),
    [("zig", "control-alignment", "")]
    + [(compiler, "control-bounds", "AddressSanitizer") for compiler in ADDRESS_SANITIZERS]
    + [(compiler, "control-alignment", "misaligned address") for compiler in ADDRESS_SANITIZERS],
)
def test_the_sanitizers_do_watch(library, compiler, control, says):
    """A wrong call, past the wrapper, ends the process."""
    done = fuzz(library(compiler), compiler, control)
    assert done.returncode != 0
    assert "done" not in done.stdout
    assert says in done.stderr
