"""The compiled engine: what the WebAssembly module needs of the browser, and when it is compiled again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sitebuild.assemble import compile_engine
from sitebuild.errors import BuildError
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder

ROOT = Path(__file__).resolve().parents[4]
PROJECT, CACHE = Project(ROOT), Cache(user_cache_folder())
IMPORTS = 2  # the number of WebAssembly's import section


def number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    at = 8
    while at < len(module):
        kind = module[at]
        size, at = number(module, at + 1)
        yield kind, module[at : at + size]
        at += size


def imported_names(module: bytes) -> set[str]:
    """The names in the import section; each import is two names, then a kind and its type."""
    (body,) = (body for kind, body in sections(module) if kind == IMPORTS)
    count, at = number(body, 0)
    names = set()
    for _ in range(count):
        size, at = number(body, at)
        at += size
        size, at = number(body, at)
        names.add(body[at : at + size].decode())
        at += size
        kind, at = body[at], at + 1
        if kind == 2:  # memory: flags, minimum, and with flag 1 a maximum
            flags, at = number(body, at)
            for _ in range(1 + flags % 2):
                _, at = number(body, at)
        elif kind == 3:  # global: type and mutability
            at += 2
        else:  # a function or a table
            raise AssertionError(f"imports of kind {kind} are not expected")
    return names


def test_the_module_needs_no_library():
    module = compile_engine.compile_wasm(PROJECT, CACHE).read_bytes()
    assert imported_names(module) <= {"memory", "__stack_pointer", "__memory_base", "__table_base"}
    assert len(module) < 40_000


@pytest.fixture
def no_compiler(monkeypatch):
    def missing(*_):
        raise BuildError("no compiler")

    monkeypatch.setattr(compile_engine, "_compiler", missing)


@pytest.fixture
def project(tmp_path):
    """A copy of what the engine is made from, and a cache that holds it compiled."""
    for name in (compile_engine.SOURCE, compile_engine.HEADER, Path(compile_engine.REQUIREMENTS)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    kept = compile_engine.compile_wasm(PROJECT, CACHE)
    (tmp_path / "cache" / "engine").mkdir(parents=True)
    shutil.copy(kept, tmp_path / "cache" / "engine")
    return Project(tmp_path)


def test_what_is_compiled_is_kept(project, no_compiler):
    kept = compile_engine.compile_wasm(project, Cache(project.root / "cache"))
    assert kept.read_bytes()[:4] == b"\0asm"


@pytest.mark.parametrize("name", [compile_engine.SOURCE, compile_engine.HEADER, compile_engine.REQUIREMENTS])
def test_a_change_of_source_or_compiler_compiles_again(project, no_compiler, name):
    with (project.root / name).open("a") as file:
        file.write("\n")
    with pytest.raises(BuildError, match="no compiler"):
        compile_engine.compile_wasm(project, Cache(project.root / "cache"))


def test_a_damaged_product_is_compiled_again(project, no_compiler):
    (kept,) = (project.root / "cache" / "engine").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(BuildError, match="no compiler"):
        compile_engine.compile_wasm(project, Cache(project.root / "cache"))


@pytest.mark.slow
def test_an_error_in_the_source_is_shown(tmp_path):
    """With the real compiler, which the cache of this machine holds or fetches."""
    for name in (compile_engine.SOURCE, compile_engine.HEADER, Path(compile_engine.REQUIREMENTS)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    with (tmp_path / compile_engine.SOURCE).open("a") as file:
        file.write("#error nonsense\n")
    with pytest.raises(BuildError, match=r"engine\.c could not be compiled: .*nonsense"):
        compile_engine.compile_wasm(Project(tmp_path), CACHE)
    assert list((tmp_path / ".cache").iterdir()) == []
