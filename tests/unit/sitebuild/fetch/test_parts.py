"""Fetching: only what the cache lacks, nothing with another hash, and one sentence when it cannot be had."""

import http.client
import json
import os
import socket
import sys
import threading
from pathlib import Path

import pytest
from sitebuild.assemble.pyodide_lock import trim_lock
from sitebuild.errors import BuildError
from sitebuild.fetch import npm, parts, pip, pyodide_parts, watched
from sitebuild.fetch.cache import Cache
from sitebuild.fetch.part import Part
from sitebuild.fetch.parts import collect
from sitebuild.server import SiteHandler, make_server
from support.build_project import LOCK, NUMPY, ROOT, SmallProject, sha256, wheel_bytes


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path)


@pytest.fixture
def no_tools(monkeypatch):
    """Neither npm nor pip nor a network may be used."""

    def refuse(*arguments, **_):
        raise AssertionError(f"nothing may be fetched, but: {arguments}")

    monkeypatch.setattr(npm, "fetch", refuse)
    monkeypatch.setattr(pip, "downloaded", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)


@pytest.fixture
def closed_port():
    """A port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener.getsockname()[1]


def lose(small, name):
    entry = small.part(name)
    small.cache.path(entry.sha256, gzipped=entry.gzipped).unlink()
    return entry


def put_in_node_modules(small, entry, content):
    path = small.project.node_modules / entry.package / entry.member
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def fake_program(folder: Path, name: str, python: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!{sys.executable}\nimport os, sys\n{python}\n", encoding="utf-8")
    program.chmod(0o755)


def test_a_full_cache_needs_no_npm_no_pip_and_no_network(small, no_tools):
    collect(small.project, small.cache, small.parts)


def test_a_corrupt_cache_entry_is_fetched_again(small):
    entry = small.part("core.js")
    small.cache.path(entry.sha256).write_bytes(b"damaged")
    put_in_node_modules(small, entry, small.contents["core.js"])
    collect(small.project, Cache(small.cache.folder), small.parts)
    assert small.cache.find(entry.sha256).read_bytes() == small.contents["core.js"]


def test_npm_is_called_for_what_is_lacking_and_its_files_are_kept(small, tmp_path, monkeypatch):
    entry = lose(small, "core.js")
    put_in_node_modules(small, entry, b"an older version")
    fake_program(tmp_path / "bin", "node", "print('v20.1.0')")
    fake_program(
        tmp_path / "bin",
        "npm",
        "assert sys.argv[1:3] == ['ci', '--ignore-scripts'], sys.argv\n"
        f"open('node_modules/core/dist/core.js', 'wb').write({small.contents['core.js']!r})",
    )
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    collect(small.project, small.cache, small.parts)
    assert small.cache.find(entry.sha256).read_bytes() == small.contents["core.js"]


def test_a_file_with_another_hash_stops_the_build_and_is_not_kept(small, tmp_path, monkeypatch):
    entry = lose(small, "core.js")
    put_in_node_modules(small, entry, b"tampered with")
    fake_program(tmp_path / "bin", "node", "print('v20.1.0')")
    fake_program(tmp_path / "bin", "npm", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(BuildError, match=r"core\.js of core is not the pinned file"):
        collect(small.project, small.cache, small.parts)
    assert small.cache.find(entry.sha256) is None


def test_without_npm_the_remedy_is_told(small, monkeypatch):
    lose(small, "core.js")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"npm was not found: install Node\.js 20 or newer"):
        collect(small.project, small.cache, small.parts)


def test_an_old_node_is_told_with_its_version(small, tmp_path, monkeypatch):
    lose(small, "core.js")
    fake_program(tmp_path / "bin", "node", "print('v18.19.0')")
    fake_program(tmp_path / "bin", "npm", "sys.exit('npm must not be called')")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(BuildError, match=r"Node\.js is too old \(v18\.19\.0\): install 20 or newer"):
        collect(small.project, small.cache, small.parts)


def test_the_real_npm_without_a_network(small, closed_port, monkeypatch):
    lose(small, "core.js")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (small.root / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{closed_port}/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(
        BuildError, match=r"The npm packages could not be fetched, because there is no network"
    ):
        collect(small.project, small.cache, small.parts)


@pytest.mark.slow
def test_the_real_pip_without_a_network(small, closed_port, monkeypatch):
    lose(small, "polib.whl")
    (small.root / "requirements-build.txt").write_bytes((ROOT / "requirements-build.txt").read_bytes())
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": f"http://127.0.0.1:{closed_port}/",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BuildError, match=r"could not be fetched, because there is no network"):
        collect(small.project, small.cache, small.parts)
    assert list(small.project.work.iterdir()) == []


@pytest.mark.slow
def test_the_real_pip_offered_a_wheel_with_another_hash(small, tmp_path, monkeypatch):
    entry = lose(small, "polib.whl")
    (small.root / "requirements-build.txt").write_bytes((ROOT / "requirements-build.txt").read_bytes())
    offer = tmp_path / "offer"
    offer.mkdir()
    (offer / "polib-1.2.0-py2.py3-none-any.whl").write_bytes(wheel_bytes("polib"))
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(offer),
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BuildError, match=r"different hash than the pinned one, so it was thrown away"):
        collect(small.project, small.cache, small.parts)
    assert small.cache.find(entry.sha256) is None


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("npm error code ENOSPC\nnpm error nospc no space left on device, write", "The disk is full"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
        ("npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed", "different hash"),
        ("npm error code ENOTFOUND\nnpm error network request failed", "no network"),
        ("npm notice\nnpm error something unheard of\nmore", r"\(npm error something unheard of\)"),
        ("", r"\(no message\)"),
    ],
)
def test_the_output_of_a_failed_tool_becomes_one_sentence(output, sentence):
    error = watched.explain("the npm packages", output)
    assert "\n" not in str(error)
    with pytest.raises(BuildError, match=sentence):
        raise error


class Counting(SiteHandler):
    asked: list[str] = []  # noqa: RUF012

    def answer(self) -> None:
        self.asked.append(self.path)
        super().answer()


@pytest.fixture
def distribution(tmp_path):
    """A folder like an official Pyodide distribution, its address, and what was asked for."""
    folder = tmp_path / "distribution"
    folder.mkdir()
    (folder / "numpy-1.0.whl").write_bytes(NUMPY)
    Counting.asked = []
    with make_server(folder, "/pyodide/v1/full/", handler=Counting) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/pyodide/v1/full/"
        server.shutdown()


@pytest.mark.parametrize("kind", ["folder", "address", "address without slash"])
def test_the_wheels_can_come_from_a_pyodide_distribution(small, distribution, monkeypatch, kind):
    monkeypatch.setattr(pip, "downloaded", None)  # PyPI must not be asked
    entry = lose(small, "numpy-1.0.whl")
    folder, address = distribution
    place = {"folder": str(folder), "address": address, "address without slash": address[:-1]}[kind]
    collect(small.project, small.cache, small.parts, place)
    assert small.cache.find(entry.sha256).read_bytes() == NUMPY
    assert Counting.asked == ([] if kind == "folder" else ["/pyodide/v1/full/numpy-1.0.whl"])
    collect(small.project, small.cache, small.parts, place)
    assert len(Counting.asked) <= 1  # the second time it is in the cache


@pytest.mark.parametrize("kind", ["folder", "address"])
@pytest.mark.parametrize("content", [NUMPY + b"x" * 100_000, NUMPY[:-1], wheel_bytes("other")])
def test_a_distribution_with_other_wheels_is_refused(small, distribution, kind, content):
    entry = lose(small, "numpy-1.0.whl")
    folder, address = distribution
    (folder / "numpy-1.0.whl").write_bytes(content)
    with pytest.raises(BuildError, match=r"numpy-1\.0\.whl .* is not the pinned file"):
        collect(small.project, small.cache, small.parts, str(folder) if kind == "folder" else address)
    assert small.cache.find(entry.sha256) is None


def test_a_distribution_that_lacks_a_wheel_is_told(small, distribution):
    lose(small, "numpy-1.0.whl")
    folder, address = distribution
    (folder / "numpy-1.0.whl").unlink()
    with pytest.raises(BuildError, match=r"numpy-1\.0\.whl is not in the folder .*--pyodide"):
        collect(small.project, small.cache, small.parts, str(folder))
    with pytest.raises(BuildError, match=r"answers 404 Not Found: give --pyodide"):
        collect(small.project, small.cache, small.parts, address)


def test_a_distribution_that_cannot_be_reached_is_told(small, closed_port):
    lose(small, "numpy-1.0.whl")
    with pytest.raises(BuildError, match="cannot be reached .*check the network and the address"):
        collect(small.project, small.cache, small.parts, f"http://127.0.0.1:{closed_port}/")


def test_a_download_cut_short_is_told(small):
    lose(small, "numpy-1.0.whl")

    class CutShort(SiteHandler):
        def answer(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(NUMPY)))
            self.end_headers()
            self.wfile.write(NUMPY[:50])
            self.close_connection = True

    with make_server(small.root, handler=CutShort) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with pytest.raises(BuildError, match=r"is not the pinned file|cannot be reached"):
            collect(small.project, small.cache, small.parts, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()


def test_the_lock_keeps_the_shipped_packages_only(small, tmp_path):
    lock = tmp_path / "lock.json"
    lock.write_text(json.dumps(LOCK), encoding="utf-8")
    (tmp_path / "numpy-1.0.whl").write_bytes(NUMPY)
    trimmed = trim_lock(lock, [small.part("numpy-1.0.whl")])
    assert json.loads(trimmed) == {"info": LOCK["info"], "packages": {"numpy": LOCK["packages"]["numpy"]}}
    lock.write_text(json.dumps(dict(reversed(LOCK.items()))), encoding="utf-8")
    assert trim_lock(lock, [small.part("numpy-1.0.whl")]) == trimmed


def test_a_wheel_the_lock_does_not_vouch_for_stops_the_build(tmp_path):
    lock = tmp_path / "lock.json"
    lock.write_text(json.dumps(LOCK), encoding="utf-8")
    for name, digest in (("numpy-1.0.whl", "f" * 64), ("torch-1.0.whl", sha256(NUMPY))):
        with pytest.raises(BuildError, match="not the wheel that Pyodide's lock file names"):
            trim_lock(lock, [Part("open-webui", name, f"pyodide/{name}", 1, digest)])


def test_a_dependency_that_is_not_shipped_stops_the_build(tmp_path):
    lock = tmp_path / "lock.json"
    lock.write_text(json.dumps(LOCK), encoding="utf-8")
    with pytest.raises(BuildError, match="scipy needs numpy, which is not shipped"):
        trim_lock(lock, [Part("open-webui", "scipy-1.0.whl", "", 1, "0" * 64)])


def test_every_real_part_is_pinned_to_an_exact_version_and_hash():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for name, version in wanted.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for path, package in lock["packages"].items():
        assert path == "" or package["integrity"].startswith("sha512-")
        assert "resolved" not in package  # the address of a registry
    for name in ("build", "pyodide", "test", "numpy1"):
        lines = (ROOT / f"requirements-{name}.txt").read_text(encoding="utf-8").splitlines()
        pins = [number for number, line in enumerate(lines) if line and not line.startswith((" ", "#"))]
        assert all("==" in lines[number] and "--hash=sha256:" in lines[number + 1] for number in pins)
        assert not any("://" in line or line.startswith("-") for line in lines)
    entries = parts.load_parts()
    shipped = [entry.to for entry in entries if entry.to]
    assert len(set(shipped)) == len(shipped)
    carrier = [entry for entry in entries if entry.package == pyodide_parts.CARRIER]
    assert {entry.name.split("-")[0] for entry in carrier} >= {"numpy", "matplotlib", "pillow"}
    assert all(len(bytes.fromhex(entry.sha256)) == 32 for entry in entries)


def test_a_browser_gone_in_the_middle_of_a_file_does_not_stop_the_server(distribution, capfd):
    folder, address = distribution
    (folder / "big.bin").write_bytes(bytes(20_000_000))
    host, port = address.split("/")[2].split(":")
    impatient = http.client.HTTPConnection(host, int(port), timeout=10)
    impatient.request("GET", "/pyodide/v1/full/big.bin")
    impatient.sock.close()
    patient = http.client.HTTPConnection(host, int(port), timeout=10)
    patient.request("GET", "/pyodide/v1/full/numpy-1.0.whl")
    assert patient.getresponse().read() == NUMPY
    patient.close()
    assert "Traceback" not in capfd.readouterr().err
