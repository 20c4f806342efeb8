"""Modules of the standard library and of NumPy as bytecode: the worker starts in 0.6 of the time.

Only what a start imports is compiled, for bytecode is larger than the source whose place it takes. Kobai's
own modules stay source, for the page quotes them. (docs/build.md, "Bytecode")
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from ..errors import BuildError
from ..fetch import npm
from ..fetch.cache import replacing
from ..project import Project
from .rewrite_zip import rewrite

NODE_PROGRAM = Path(__file__).with_name("precompile.mjs")
PYTHON_PROGRAM = Path(__file__).with_name("precompile_in_pyodide.py")
STDLIB = Path("pyodide", "python_stdlib.zip")
# what no browser can run: NumPy's headers, stubs and Fortran compiler; Python's terminal and network servers
DROPPED = re.compile(
    r"\.(pyi|pxd|h|c|a|lib)$|^numpy/f2py/|^(_pyrepl|wsgiref|xmlrpc)/|^(imaplib|mailbox|smtplib|ftplib|poplib)\.py$"
)
OF_PYSCRIPT = ("numpy", "asyncio", "html", "tarfile", "shutil", "zipfile")  # what PyScript and Pyodide import
KEPT = 4  # results that stay in .cache


def precompile(project: Project, site: Path, sources: list[Path]) -> None:
    """Write the archives of the site anew, with bytecode of what a start imports.

    sources: of Kobai's Python in the worker, where what it imports is read. Does nothing for a site without
    Pyodide. Raises BuildError when Node or Pyodide fails.
    """
    numpy = next((site / "pyodide").glob("numpy-*.whl"), None)
    if numpy is None or not (site / STDLIB).is_file():
        return
    compiled = _compile(project, site / "pyodide", [site / STDLIB, numpy], imported(sources))
    _replace(site / STDLIB, compiled, 0)
    _replace(numpy, compiled, 1)


def imported(sources: list[Path]) -> list[str]:
    """The modules of the standard library and of NumPy that these sources import, sorted."""
    names = set(OF_PYSCRIPT)
    for source in sources:
        for node in ast.walk(ast.parse(source.read_bytes())):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return sorted(
        name for name in names if name.split(".")[0] in sys.stdlib_module_names | {"numpy", "pyodide"}
    )


def _compile(project: Project, pyodide: Path, archives: list[Path], imports: list[str]) -> zipfile.ZipFile:
    """The zip that precompile_in_pyodide.py makes; kept in .cache by what it is made from."""
    made_from = [NODE_PROGRAM, PYTHON_PROGRAM, pyodide / "pyodide.asm.wasm", *archives]
    key = hashlib.sha256("\n".join(imports).encode())
    for path in made_from:
        key.update(path.read_bytes())
    kept = project.work / "bytecode" / f"{key.hexdigest()}.zip"
    if not kept.is_file():
        for old in sorted(kept.parent.glob("*.zip"), key=lambda path: path.stat().st_mtime)[: -KEPT + 1]:
            old.unlink()
        print("Compiling Python's modules with Pyodide in Node.js", flush=True)
        with replacing(kept) as file:
            file.write(_run(pyodide, archives, imports, project.work))
    return zipfile.ZipFile(io.BytesIO(kept.read_bytes()))


def _run(pyodide: Path, archives: list[Path], imports: list[str], work: Path) -> bytes:
    work.mkdir(parents=True, exist_ok=True)
    out = work / "bytecode.new"
    question = {
        "pyodide": str(pyodide),
        "program": PYTHON_PROGRAM.read_text(encoding="utf-8"),
        "archives": [str(path) for path in archives],
        "imports": imports,
        "out": str(out),
    }
    done = subprocess.run(
        [npm.check_node(), str(NODE_PROGRAM)],
        input=json.dumps(question), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise BuildError(
            f"Pyodide in Node.js could not compile Python's modules: {done.stderr.strip()[-300:]}"
        )
    try:
        return out.read_bytes()
    finally:
        out.unlink(missing_ok=True)


def _replace(archive: Path, compiled: zipfile.ZipFile, number: int) -> None:
    """Write the archive anew, bytecode in the place of the sources that were compiled."""
    have = set(compiled.namelist())

    def change(name: str, content: bytes) -> tuple[str, bytes] | None:
        if DROPPED.search(name):
            return None
        bytecode = f"{number}/{name}c"
        return (f"{name}c", compiled.read(bytecode)) if bytecode in have else (name, content)

    rewrite(archive, change)
