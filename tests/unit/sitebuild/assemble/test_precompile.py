"""Bytecode in the archives of the site, made by the site's own Pyodide in Node.js."""

import io
import zipfile

import pytest
from sitebuild.assemble import precompile
from sitebuild.project import Project


def archive(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "clone")


@pytest.fixture
def site(tmp_path):
    archive(
        tmp_path / "pyodide" / "python_stdlib.zip", {"json.py": "1", "pdb.py": "2", "xmlrpc/client.py": ""}
    )
    archive(
        tmp_path / "pyodide" / "numpy-2.whl",
        {"numpy/__init__.py": "3", "numpy/f2py/rules.py": "", "numpy/a.pyi": ""},
    )
    return tmp_path


def members(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_bytecode_takes_the_place_of_its_source_and_the_rest_stays(project, site, monkeypatch):
    compiled = io.BytesIO()
    with zipfile.ZipFile(compiled, "w") as file:
        file.writestr("0/json.pyc", b"bytes of json")
        file.writestr("1/numpy/__init__.pyc", b"bytes of numpy")
    monkeypatch.setattr(precompile, "_run", lambda *_: compiled.getvalue())
    (site / "pyodide" / "pyodide.asm.wasm").write_bytes(b"")
    precompile.precompile(project, site, [])
    assert members(site / "pyodide" / "python_stdlib.zip") == {"json.pyc": b"bytes of json", "pdb.py": b"2"}
    assert members(site / "pyodide" / "numpy-2.whl") == {"numpy/__init__.pyc": b"bytes of numpy"}


def test_a_site_without_pyodide_is_left_alone(project, tmp_path):
    precompile.precompile(project, tmp_path, [])
    assert list(tmp_path.rglob("*.zip")) == []


def test_what_the_sources_import_of_python_and_numpy_is_compiled(tmp_path):
    source = tmp_path / "module.py"
    source.write_text(
        "import json, js\nfrom numpy.lib import format\nfrom .near import x\ndef f():\n    import bz2\n"
    )
    names = precompile.imported([source])
    assert {"json", "numpy.lib", "bz2", "numpy"} <= set(names)
    assert "js" not in names
