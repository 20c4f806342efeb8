"""Pyodide's part of precompile.py: bytecode of the modules in /archive0, /archive1, …, as one zip.

/archive0 is the standard library, the others are unpacked where Pyodide unpacks wheels.
"""

import importlib
import importlib.util
import io
import site
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]  # py_compile needs files

FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def compile_archives(count: int, imports: list[str]) -> bytes:
    """Bytecode of the modules that are loaded when `imports` have been imported, as a zip of `name.pyc`.

    A member is named `0/json/decoder.pyc`: the number of its archive, and its place there. Modules that
    cannot be imported without a browser are left out.
    """
    places = {0: next(path for path in sys.path if path.endswith(".zip"))}
    for number in range(1, count):
        places[number] = site.getsitepackages()[0]
        zipfile.ZipFile(f"/archive{number}").extractall(places[number])
    importlib.invalidate_caches()
    for name in imports:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    loaded = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as target:
        for number, folder in places.items():
            with zipfile.ZipFile(f"/archive{number}") as archive:
                for member in archive.namelist():
                    if member.endswith(".py") and f"{folder}/{member}" in loaded:
                        pyc = _bytecode(archive.read(member), f"{folder}/{member}")
                        target.writestr(zipfile.ZipInfo(f"{number}/{member}c", FIXED_TIME), pyc)
    return result.getvalue()


def _bytecode(source: bytes, path: str) -> bytes:
    """A .pyc that Python takes without a look at the source or at times."""
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    return bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))
