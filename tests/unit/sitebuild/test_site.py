"""The build as a whole, on a small project: what lands in the site; a failed build changes nothing."""

import base64
import errno
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
import zipfile
from http.server import ThreadingHTTPServer

import pytest
from sitebuild import cli, site
from sitebuild.assemble import assemble, size_budget
from sitebuild.errors import BuildError
from sitebuild.server import SiteServer, make_server
from support.build_project import ROOT, SmallProject, files_below


@pytest.fixture
def small(tmp_path, monkeypatch):
    small = SmallProject(tmp_path)
    monkeypatch.setattr(site, "load_parts", lambda: small.parts)
    monkeypatch.setenv("KOBAI_CACHE", str(small.cache.folder))
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the command line sets a handler for its process
    return small


def test_the_site_holds_what_it_should_and_nothing_else(small):
    assert cli.main(small.root, ["build", "--base-path", "kobai"]) == 0
    files = files_below(small.project.dist)
    licences = {name for name in files if name.startswith("licenses/")}
    assert set(files) - licences == {
        "404.html", "css/page.css", "css/panels.css", "data/t10k-images-idx3-ubyte.gz",
        "engine/kobai_engine.wasm",
        "icons/favicon.svg", "index.html",
        "locale.js", "networks/book.pkl", "offline.json",
        "py/library.zip", "py/page/main.py",
        "py/page/modules.bin", "py/worker/main.py",
        "pyodide/numpy-1.0.whl", "pyodide/pyodide-lock.json", "pyscript/core.js",
        "sbom.cdx.json", "service-worker.js", "sizes.json",
    }  # fmt: skip
    assert {"licenses/README.txt", "licenses/pyodide.txt", "licenses/numpy/LICENSE"} <= licences
    assert files["licenses/numpy/LICENSE"] == b"licence of numpy"
    digest = base64.b64encode(hashlib.sha256(b"first();\n").digest()).decode()
    assert files["index.html"].decode() == (  # the first script is in the page, and allowed by its hash alone
        f"<!doctype html><meta content='sha256-{digest}'><title>Kobai</title>\n"
        '<script>first();\n</script>\n<nav>\n    <a href="#examine/look" data-t>Look</a>\n</nav>\n'
        '<div data-panel="look" data-page="look"><template>\n<p>Look</p>\n</template></div>\n'
    )
    assert 'window.kobaiMessages = {"ja":{"Train":"学習する"}};' in files["locale.js"].decode()
    assert b"sourceMappingURL" not in files["pyscript/core.js"]
    assert b"run();" in files["pyscript/core.js"]
    assert b'href="/kobai/"' in files["404.html"]
    assert list(json.loads(files["pyodide/pyodide-lock.json"])["packages"]) == ["numpy"]
    with zipfile.ZipFile(io.BytesIO(files["py/library.zip"])) as library:
        assert library.namelist() == [
            "protocol.py",
            "kobai/__init__.py",
            "kobai/book/__init__.py",
            "kobai/book/functions.py",
            "worker/main.py",
            "worker/session.py",
            "worker/panel_list.py",
        ]
        assert (
            library.read("kobai/book/functions.py")
            == (small.root / "py/kobai/book/functions.py").read_bytes()
        )


def test_the_sizes_the_page_counts_by_are_the_files_own(small):
    cli.main(small.root, ["build"])
    goals = json.loads((small.project.dist / "sizes.json").read_text(encoding="utf-8"))
    assert "pyodide/numpy-1.0.whl" in goals["python"]
    for goal in goals.values():
        for name, size in goal.items():
            assert (small.project.dist / name).stat().st_size == size


def test_the_unit_tests_find_mnist_where_they_look(small):
    cli.main(small.root, ["build"])
    name = "t10k-images-idx3-ubyte.gz"
    assert (small.root / ".cache/mnist" / name).read_bytes() == (
        small.project.dist / "data" / name
    ).read_bytes()


def test_the_same_sources_give_the_same_bytes(small):
    cli.main(small.root, ["build"])
    first = files_below(small.project.dist)
    for path in (small.root / "py").rglob("*.py"):
        os.utime(path, (1, 1))
    cli.main(small.root, ["build"])
    assert files_below(small.project.dist) == first


def test_only_the_folders_of_the_build_are_written(small, tmp_path):
    def outside():
        return {
            name: content
            for name, content in files_below(small.root).items()
            if not name.startswith(("dist/", ".cache/"))
        }

    before, cached = outside(), files_below(small.cache.folder)
    cli.main(small.root, ["build"])
    cli.main(small.root, ["build", "--out", str(tmp_path / "elsewhere")])
    assert outside() == before
    assert files_below(small.cache.folder) == cached
    assert {path.name for path in tmp_path.iterdir()} == {"clone", "cache", "elsewhere"}
    assert files_below(tmp_path / "elsewhere") == files_below(small.project.dist)


def failing_with(error):
    def fail(*_):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Stopped."),
        (BuildError("What to do."), 1, "error: What to do."),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "error: The disk is full: free some space"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/some/where"),
            1,
            "error: /some/where: Permission",
        ),
    ],
    ids=["Ctrl-C", "mistake", "disk full", "not allowed"],
)
@pytest.mark.parametrize("former", [True, False], ids=["rebuild", "first build"])
def test_a_build_that_fails_leaves_nothing_half_made(
    small, monkeypatch, capsys, error, code, sentence, former
):
    if former:
        cli.main(small.root, ["build"])
    before = files_below(small.root)
    small.write("web/index.html", "<title>newer</title>")
    before["web/index.html"] = b"<title>newer</title>"
    monkeypatch.setattr(assemble, "_write_library", failing_with(error))  # late: half of the site is written
    capsys.readouterr()
    assert cli.main(small.root, ["build"]) == code
    assert files_below(small.root) == before
    assert small.project.dist.exists() == former
    message = capsys.readouterr().err.strip()
    assert message.startswith(sentence)
    assert "\n" not in message


def test_a_full_disk_while_filling_the_cache_leaves_no_broken_entry(small, monkeypatch, capsys):
    entry = small.part("core.js")
    small.cache.path(entry.sha256).unlink()
    source = small.project.node_modules / entry.package / entry.member
    source.parent.mkdir(parents=True)
    source.write_bytes(small.contents["core.js"])
    before = files_below(small.cache.folder)
    monkeypatch.setattr(shutil, "copyfileobj", failing_with(OSError(errno.ENOSPC, "No space left on device")))
    assert cli.main(small.root, ["build"]) == 1
    assert "The disk is full" in capsys.readouterr().err
    assert files_below(small.cache.folder) == before


def test_a_site_over_its_budget_is_not_built(small, capsys):
    cli.main(small.root, ["build"])
    before = files_below(small.project.dist)
    (small.root / "web" / "huge.bin").write_bytes(os.urandom(size_budget.PAGE.budget))
    assert cli.main(small.root, ["build"]) == 1
    assert "error: 'page interactive' takes" in capsys.readouterr().err
    assert files_below(small.project.dist) == before


@pytest.mark.parametrize(
    "lost",
    [
        "web/index.html",
        "web/panels.json",
        "py/protocol.py",
        "py/page",
        "py/worker",
        "py/kobai",
        "static/locale",
        "static/networks",
    ],
)
def test_a_source_that_is_missing_is_named(small, capsys, lost):
    path = small.root / lost
    path.unlink() if path.is_file() else shutil.rmtree(path)
    assert cli.main(small.root, ["build"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {lost} is missing")
    assert not small.project.dist.exists()


def test_two_sources_for_one_file_stop_the_build(small, capsys):
    small.write("web/icons/favicon.svg", "<svg id='another'/>")
    assert cli.main(small.root, ["build"]) == 1
    assert "would replace another file" in capsys.readouterr().err


def test_a_folder_with_something_else_is_never_replaced(small, tmp_path, capsys):
    thesis = tmp_path / "documents" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("years of work", encoding="utf-8")
    for out in (thesis.parent, thesis):
        assert cli.main(small.root, ["build", "--out", str(out)]) == 1
        assert "something that is not a built site" in capsys.readouterr().err
    assert thesis.read_text(encoding="utf-8") == "years of work"


@pytest.mark.parametrize(
    ("given", "meant"),
    [("/", "/"), ("", "/"), ("kobai", "/kobai/"), ("/kobai", "/kobai/"), ("/a/b-c.d/", "/a/b-c.d/")],
)
def test_base_paths_are_understood(given, meant):
    assert assemble.normal_base_path(given) == meant


@pytest.mark.parametrize("given", ["/a b/", '/"><script>/', "/../", "https://elsewhere/", "/a//b/"])
def test_base_paths_that_make_no_sense_are_refused(given):
    with pytest.raises(BuildError, match="--base-path"):
        assemble.normal_base_path(given)


def test_serve_builds_only_when_something_changed(small, monkeypatch):
    built = []
    monkeypatch.setattr(
        site, "build", lambda *arguments, build=site.build: (built.append(1), build(*arguments))
    )

    def needed(base_path="/"):
        built.clear()
        site.build_when_needed(small.project, base_path)
        return bool(built)

    assert needed()
    assert not needed()
    small.write("py/kobai/book/functions.py", "def relu(x): return x * (x > 0)\n")
    assert needed()
    assert not needed()
    (small.project.dist / "index.html").unlink()
    assert needed()
    assert needed("/kobai/")
    assert not needed("/kobai/")


def clone_for_commands(tmp_path):
    """build.py with nothing in its cache and an npm that is no npm."""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "py" / "sitebuild", clone / "py" / "sitebuild")
    shutil.copy(ROOT / "build.py", clone)
    programs = tmp_path / "bin"
    programs.mkdir()
    return clone, programs


def run_build(clone, programs, tmp_path):
    return subprocess.run(
        [sys.executable, "build.py", "build"],
        cwd=clone, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": str(programs), "KOBAI_CACHE": str(tmp_path / "cache"), "HOME": str(tmp_path)},
        # a shell's background job ignores Ctrl-C, and so would all that it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def test_the_command_without_npm_says_one_sentence(tmp_path):
    clone, programs = clone_for_commands(tmp_path)
    done = run_build(clone, programs, tmp_path)
    assert done.returncode == 1
    assert (
        done.stderr
        == "error: npm was not found: install Node.js 20 or newer, which brings npm, and try again.\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_is_quiet_and_leaves_no_site(tmp_path, number):
    clone, programs = clone_for_commands(tmp_path)
    for name, code in (
        ("node", "print('v20.0.0')"),
        # while it "downloads", its parent is stopped; it must be stopped too, or this test would not end
        ("npm", f"import os, signal; os.kill(os.getppid(), {int(number)}); signal.pause()"),
    ):
        (programs / name).write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    done = run_build(clone, programs, tmp_path)
    assert (done.returncode, done.stderr) == (130, "\nStopped.\n")
    assert not (clone / "dist").exists()


@pytest.mark.parametrize("command", ["build", "serve", "test"])
def test_each_command_explains_itself(small, capsys, command):
    with pytest.raises(SystemExit) as stop:
        cli.main(small.root, [command, "--help"])
    assert stop.value.code == 0
    assert f"usage: build.py {command}" in capsys.readouterr().out


def test_serve_builds_and_prints_an_address_that_answers(small, monkeypatch, capsys):
    seen = []

    def visit_then_stop(server):
        (address,) = re.findall(r"http://\S+", capsys.readouterr().out)
        loop = threading.Thread(target=ThreadingHTTPServer.serve_forever, args=(server, 0.01))
        loop.start()
        with urllib.request.urlopen(address, timeout=10) as answer:
            seen.append((address, answer.read().decode()))
        server.shutdown()
        loop.join()
        raise KeyboardInterrupt  # as Ctrl-C would

    monkeypatch.setattr(SiteServer, "serve_forever", visit_then_stop)
    assert cli.main(small.root, ["serve", "--port", "0", "--base-path", "/kobai/"]) == 0
    ((address, page),) = seen
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith("/kobai/")
    assert "<p>Look</p>" in page


def test_serve_tells_of_a_taken_port_before_it_builds(small, capsys):
    with make_server(small.root) as other:
        assert cli.main(small.root, ["serve", "--port", str(other.server_port)]) == 1
    assert re.fullmatch(r"error: Port \d+ is in use .*--port \d+\.\n", capsys.readouterr().err)
    assert not small.project.dist.exists()


def test_an_old_python_is_told_and_nothing_else_runs():
    code = "import runpy, sys; sys.version_info = (3, 9, 1); runpy.run_path('build.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: Python 3.11 or newer is needed, and this is 3.9: run build.py with")
    assert done.stderr.count("\n") == 1
