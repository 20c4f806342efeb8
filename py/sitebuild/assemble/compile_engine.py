"""The training engine: py/kobai/training/engine.c, compiled with the pinned `zig cc` of PyPI's ziglang.

The results are kept in the user's cache folder under a hash of all that they are made from; the compiler,
100 MB, is fetched only when one of them is missing, and kept there too.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BuildError
from ..fetch import pip
from ..fetch.cache import Cache, replacing, sha256_of
from ..project import Project

REQUIREMENTS = "requirements-engine.txt"
COMPILER_SIZE = 101_083_562  # bytes of the wheel for Linux x86-64; the others are about as large
SOURCE = Path("py") / "kobai" / "training" / "engine.c"
HEADER = SOURCE.with_name("engine_math.h")

# no-builtin: no calls of memset and the like; contract=off: no fused multiply-add, so all machines agree
C = [
    "cc",
    "-std=c11",
    "-O3",
    "-ffreestanding",
    "-fno-builtin",
    "-ffp-contract=off",
    "-Wall",
    "-Wextra",
    "-Werror",
]
NO_LIBRARY = [] if sys.platform == "win32" else ["-nostdlib"]  # a DLL needs an entry point
NATIVE = [*C, "-shared", "-fPIC", *NO_LIBRARY, "-mcpu=baseline", "{source}", "-o", "{result}"]
PRODUCTS = {  # what each is made by; zig's one-step `cc -shared` fails for WebAssembly
    "wasm": [
        [*C, "-fno-sanitize=all", "-c", "--target=wasm32-emscripten", "-fPIC", "-msimd128",
         "{source}", "-o", "{object}"],
        ["wasm-ld", "-shared", "--experimental-pic", "--no-entry", "--export-dynamic", "--strip-all",
         "{object}", "-o", "{result}"],
    ],
    "native": [[*NATIVE, "-fno-sanitize=all"]],
    # for the tests: undefined behaviour kills the process
    "checked": [[*NATIVE, "-fsanitize=undefined", "-fsanitize-trap=undefined"]],
}  # fmt: skip


def compile_wasm(project: Project, cache: Cache) -> Path:
    """The WebAssembly side module, for dist/engine/kobai_engine.wasm. Raises BuildError when it fails."""
    return _product(project, cache, "wasm")


def compile_native(project: Project, cache: Cache, checked: bool = False) -> Path:
    """The shared library for this machine; checked: one that dies of undefined behaviour, for tests."""
    return _product(project, cache, "checked" if checked else "native")


def built_native(project: Project, cache: Cache) -> Path | None:
    """The shared library for this machine where it has been compiled already, else None."""
    return _find(project, cache, "native")


def _product(project: Project, cache: Cache, name: str) -> Path:
    """The compiled file; when the cache lacks it, all products that are missing are compiled at once."""
    found = _find(project, cache, name)
    if found is None:
        with _compiler(project, cache) as zig:
            for other in PRODUCTS:
                if _find(project, cache, other) is None:
                    _compile(project, cache, other, zig)
        found = _find(project, cache, name)
        if found is None:
            raise BuildError(f"The compiled engine is not in {cache.folder}: is the disk full or read-only?")
    return found


def key_of(project: Project, name: str) -> str:
    """A hash of the source, the compiler and the commands."""
    machine = "" if name == "wasm" else f"{sys.platform} {platform.machine()}"
    made_from = (
        (project.root / SOURCE).read_bytes(),
        (project.root / HEADER).read_bytes(),
        (project.root / REQUIREMENTS).read_bytes(),
        f"{machine} {PRODUCTS[name]}".encode(),
    )
    return hashlib.sha256(b"\0".join(made_from)).hexdigest()[:32]


def _find(project: Project, cache: Cache, name: str) -> Path | None:
    """The product, whose file name is its key and its own SHA-256; a damaged one is deleted."""
    for path in (cache.folder / "engine").glob(f"{key_of(project, name)}-*.so"):
        if path.stem.endswith(sha256_of(path)):
            return path
        path.unlink()
    return None


def _compile(project: Project, cache: Cache, name: str, zig: Path) -> None:
    folder = zig.parent
    places = {
        "{source}": str(project.root / SOURCE),
        "{object}": str(folder / f"{name}.o"),
        "{result}": str(folder / f"{name}.so"),
    }
    own_cache = {key: str(folder / "zig-cache") for key in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")}
    for command in PRODUCTS[name]:
        done = subprocess.run(
            [str(zig), *(places.get(word, word) for word in command)],
            cwd=folder, env=os.environ | own_cache, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            lines = [line for line in done.stdout.splitlines() if line.strip()] or ["no message"]
            reason = next((line for line in lines if "error" in line), lines[-1])
            raise BuildError(f"{SOURCE.as_posix()} could not be compiled: {reason[:300]}")
    result = Path(places["{result}"])
    target = cache.folder / "engine" / f"{key_of(project, name)}-{sha256_of(result)}.so"
    with replacing(target) as file:
        file.write(result.read_bytes())


@contextmanager
def _compiler(project: Project, cache: Cache) -> Iterator[Path]:
    """The unpacked `zig` program in a folder of its own, 400 MB, which goes afterwards."""
    wheel = _wheel(project, cache)
    print(f"Compiling {SOURCE.as_posix()}", flush=True)
    project.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zig-", dir=project.work) as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        zig = Path(folder) / "ziglang" / ("zig.exe" if sys.platform == "win32" else "zig")
        zig.chmod(0o755)  # zipfile forgets that it is a program
        yield zig


def _wheel(project: Project, cache: Cache) -> Path:
    """The compiler's wheel for this machine, from the cache or by pip; its hash is a pinned one."""
    pinned = re.findall(r"sha256:([0-9a-f]{64})", (project.root / REQUIREMENTS).read_text(encoding="ascii"))
    kept = cache.folder / f"ziglang-{sys.platform}-{platform.machine()}.whl"
    if not (kept.is_file() and sha256_of(kept) in pinned):
        with pip.downloaded(project, REQUIREMENTS, what="the C compiler", total=COMPILER_SIZE) as wheels:
            (wheel,) = wheels.glob("*.whl")
            with replacing(kept) as target, wheel.open("rb") as source:
                shutil.copyfileobj(source, target)
    return kept
