"""`build.py pin`: versions and hashes move together, and a failure changes nothing."""

import hashlib
import json
import shutil
import zipfile
from contextlib import contextmanager

import pytest
from sitebuild import cli
from sitebuild.errors import BuildError
from sitebuild.fetch import npm, pin, pip, watched
from sitebuild.project import Project
from support.build_project import files_below

PACKAGE = """{
  "name": "kobai",
  "engines": { "node": ">=20" },
  "dependencies": {
    "uplot": "1.0.0",
    "uplot-more": "1.0.0"
  }
}
"""
README = """uPlot 1.0.0 draws.
| uPlot | 1.0.0 | MIT |
| uplot-more | 1.0.0 | MIT |
| polib | 1.0.0 | MIT |
"""
A, B = "a" * 64, "b" * 64
PINNED = f"polib==1.0.0 \\\n    --hash=sha256:{A}"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A clone with two npm packages, one PyPI package and the carrier of wheels."""
    clone = Project(tmp_path)
    entries = [
        {"package": "uplot", "member": "dist/u.js", "to": "u.js", "size": 1, "sha256": A},
        {"package": "polib", "member": "polib-1.0.0-py3-none-any.whl", "to": "", "size": 1, "sha256": A},
        {"package": "open-webui", "member": "in/numpy-1.0-wasm.whl", "to": "pyodide/numpy-1.0-wasm.whl",
         "size": 1, "sha256": A},
    ]  # fmt: skip
    files = {
        "package.json": PACKAGE,
        "package-lock.json": "{}\n",
        ".npmrc": "omit-lockfile-registry-resolved=true\n",
        "README.md": README,
        "pyproject.toml": 'test = ["polib==1.0.0"]\n',
        "requirements-build.txt": f"# a comment\n{PINNED}\n",
        "requirements-test.txt": f"{PINNED} \\\n    --hash=sha256:{B}\nsix==1.0\n",
        "requirements-pyodide.txt": f"open-webui==1.0.0 \\\n    --hash=sha256:{A}\n",
        "parts.json": pin.parts_text(entries),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(pin, "PARTS_FILE", tmp_path / "parts.json")
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return clone


@pytest.fixture
def registry(monkeypatch):
    """Downloads of npm and pip, as files by their name; what was asked for is in `asked`."""

    class Registry:
        asked: list = []  # noqa: RUF012
        npm_files = {"uplot/dist/u.js": b"drawing"}  # noqa: RUF012
        wheels = {"polib-2.0.0-py3-none-any.whl": b"wheel"}  # noqa: RUF012

    def run(command, *, cwd, **_):
        assert "--ignore-scripts" in command
        wanted = json.loads((cwd / "package.json").read_text(encoding="utf-8"))["dependencies"]
        if "--package-lock-only" in command:
            assert (cwd / ".npmrc").is_file()  # no registry's address gets into the lock
            (cwd / "package-lock.json").write_text(json.dumps(wanted), encoding="utf-8")
        else:
            for name, content in Registry.npm_files.items():
                path = cwd / "node_modules" / name
                path.parent.mkdir(parents=True)
                path.write_bytes(content)

    @contextmanager
    def version_downloaded(project, name, version, platforms):
        Registry.asked.append((name, version, platforms))
        folder = project.root / "downloads"
        folder.mkdir()
        for wheel, content in Registry.wheels.items():
            (folder / wheel).write_bytes(content)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    monkeypatch.setattr(npm, "check_tools", lambda: "npm")
    monkeypatch.setattr(watched, "run", run)
    monkeypatch.setattr(pip, "version_downloaded", version_downloaded)
    return Registry


def part(project, package):
    (entry,) = (
        entry
        for entry in json.loads((project.root / "parts.json").read_text("utf-8"))
        if entry["package"] == package
    )
    return entry


def text(project, name):
    return (project.root / name).read_text(encoding="utf-8")


def test_an_npm_package_moves_with_its_lock_its_part_and_its_row(project, registry, capsys):
    assert cli.main(project.root, ["pin", "uplot", "2.0.0"]) == 0
    assert text(project, "package.json") == PACKAGE.replace('"uplot": "1.0.0"', '"uplot": "2.0.0"')
    assert json.loads(text(project, "package-lock.json")) == {"uplot": "2.0.0", "uplot-more": "1.0.0"}
    assert part(project, "uplot") == {
        "package": "uplot", "member": "dist/u.js", "to": "u.js", "size": 7, "sha256": sha256(b"drawing"),
    }  # fmt: skip
    assert text(project, "README.md") == README.replace("| uPlot | 1.0.0 |", "| uPlot | 2.0.0 |")
    told = capsys.readouterr().out
    assert "uplot 1.0.0 -> 2.0.0: README.md, package-lock.json, package.json, parts.json" in told
    assert "1.0.0 is still named in README.md:1" in told


def test_a_pypi_package_moves_in_every_list_that_names_it(project, registry):
    cli.main(project.root, ["pin", "polib", "2.0.0"])
    block = f"polib==2.0.0 \\\n    --hash=sha256:{sha256(b'wheel')}\n"
    assert text(project, "requirements-build.txt") == "# a comment\n" + block
    assert text(project, "requirements-test.txt") == block + "six==1.0\n"
    assert text(project, "pyproject.toml") == 'test = ["polib==2.0.0"]\n'
    assert part(project, "polib") | {"to": ""} == {
        "package": "polib", "member": "polib-2.0.0-py3-none-any.whl", "to": "", "size": 5,
        "sha256": sha256(b"wheel"),
    }  # fmt: skip
    assert "| polib | 2.0.0 |" in text(project, "README.md")
    assert registry.asked[-1] == ("polib", "2.0.0", ())


def test_the_wheels_inside_the_carrier_move_with_it(project, registry, tmp_path):
    with zipfile.ZipFile(tmp_path / "carrier.whl", "w") as archive:
        archive.writestr("in/numpy-2.0-wasm.whl", b"numpy of Pyodide")
        archive.writestr("in/numpy_more-1.0.whl", b"another")
    registry.wheels = {"open_webui-2.0.0.whl": (tmp_path / "carrier.whl").read_bytes()}
    cli.main(project.root, ["pin", "open-webui", "2.0.0"])
    assert part(project, "open-webui") == {
        "package": "open-webui", "member": "in/numpy-2.0-wasm.whl", "to": "pyodide/numpy-2.0-wasm.whl",
        "size": 16, "sha256": sha256(b"numpy of Pyodide"),
    }  # fmt: skip


def test_the_version_that_is_pinned_changes_nothing(project, registry):
    content = b"wheel"
    registry.npm_files = {}
    registry.wheels = {"polib-1.0.0-py3-none-any.whl": content}
    requirements = project.root / "requirements-build.txt"
    for file in (requirements, project.root / "requirements-test.txt", project.root / "parts.json"):
        file.write_text(file.read_text("utf-8").replace(A, sha256(content)), encoding="utf-8")
    entries = json.loads(text(project, "parts.json"))
    entries[1]["size"] = len(content)
    (project.root / "parts.json").write_text(pin.parts_text(entries), encoding="utf-8")
    before = files_below(project.root)
    cli.main(project.root, ["pin", "polib", "1.0.0"])
    assert files_below(project.root) == before


@pytest.mark.parametrize(
    ("name", "version", "sentence"),
    [
        ("unknown", "1.0", "unknown is pinned neither in a package.json nor in requirements-build.txt"),
        ("uplot", "^1.0", "is not an exact version"),
        ("uplot", "latest", "is not an exact version"),
        ("uplot", "2.0.0", "uplot has no dist/u.js any more; nothing was changed.* dist2.js"),
    ],
)
def test_what_cannot_be_pinned_is_told_and_changes_nothing(project, registry, name, version, sentence):
    registry.npm_files = {"uplot/dist/dist2.js": b"renamed"}
    before = files_below(project.root)
    with pytest.raises(BuildError, match=sentence):
        pin.pin(project, name, version)
    assert files_below(project.root) == before


def test_a_carrier_without_the_wheel_is_told(project, registry, tmp_path):
    with zipfile.ZipFile(tmp_path / "carrier.whl", "w") as archive:
        archive.writestr("in/scipy-2.0.whl", b"")
    registry.wheels = {"open_webui-2.0.0.whl": (tmp_path / "carrier.whl").read_bytes()}
    before = files_below(project.root)
    with pytest.raises(BuildError, match="holds 0 wheels of numpy"):
        pin.pin(project, "open-webui", "2.0.0")
    assert files_below(project.root) == before
