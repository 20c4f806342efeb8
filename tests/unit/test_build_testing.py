"""`build.py test` itself: its summary, its environment, its browser."""

import os
import subprocess
import sys

import pytest
from build_project import SmallProject
from sitebuild import browser, cli, kernels, site, testing
from sitebuild.errors import BuildError


@pytest.fixture
def small(tmp_path, monkeypatch):
    small = SmallProject(tmp_path)
    monkeypatch.setattr(site, "load_parts", lambda: small.parts)
    monkeypatch.setenv("KOBAI_CACHE", str(small.cache.folder))
    monkeypatch.setattr("signal.signal", lambda *_: None)  # the command line sets a handler for its process
    return small


def test_pytest_arguments_reach_pytest_as_they_are(small, monkeypatch):
    seen = []
    monkeypatch.setattr(testing, "run", lambda project, arguments: seen.append(arguments) or 0)
    cli.main(small.root, ["test"])
    cli.main(small.root, ["test", "-k", "softmax", "--maxfail=1", "tests/unit"])
    assert seen == [[], ["-k", "softmax", "--maxfail=1", "tests/unit"]]


def test_the_summary_counts_what_pytest_reports(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="1" errors="2" skipped="0" time="12.34"/></testsuites>',
        encoding="utf-8",
    )
    assert testing.pytest_summary(report) == "7 passed, 1 failed, 2 errors in 12.3 s"


@pytest.mark.parametrize("failing", ["ruff check", "ruff format", "mypy", "build", "pytest", None])
def test_any_failed_check_fails_the_whole_and_is_named(small, monkeypatch, capsys, failing):
    monkeypatch.setattr(testing, "prepare_environment", lambda project: None)
    programs = {"ruff check": ["check", "."], "ruff format": ["format", "--check", "."], "mypy": []}
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, int(programs.get(failing) == command[1:])),
    )
    monkeypatch.setattr(testing, "run_pytest", lambda *_: [("pytest", failing != "pytest", "some figures")])
    if failing == "build":
        (small.root / "web/index.html").unlink()
    assert cli.main(small.root, ["test"]) == (0 if failing is None else 1)
    summary = capsys.readouterr().out.split("== summary\n")[1].splitlines()
    assert len(summary) == 5
    failed = [line for line in summary if line.startswith("FAILED")]
    assert all(line.startswith(("passed  ", "FAILED  ")) for line in summary)
    if failing is None:
        assert failed == []
    else:
        assert failed[0].startswith(f"FAILED  {failing}")
        assert len(failed) == (2 if failing == "build" else 1)  # without a site there is nothing to test


def test_the_environment_is_made_anew_only_for_other_requirements(small, monkeypatch):
    for file in testing.requirement_files(small.project):
        small.write(file.name, "pytest==1\n")
    commands = []
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **_: commands.append(command) or subprocess.CompletedProcess(command, 0, ""),
    )
    monkeypatch.setattr("venv.create", lambda folder, with_pip: folder.mkdir())
    testing.prepare_environment(small.project)
    first = len(commands)
    assert first == len(testing.requirement_files(small.project))
    assert all("--require-hashes" in command for command in commands)
    testing.prepare_environment(small.project)
    assert len(commands) == first
    small.write("requirements-test.txt", "pytest==2\n")
    testing.prepare_environment(small.project)
    assert len(commands) == 2 * first


def test_the_browser_is_playwrights_else_the_systems_else_told(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "playwright_has_one", lambda python: True)
    assert browser.find("python") == ""
    monkeypatch.setattr(browser, "playwright_has_one", lambda python: False)
    (tmp_path / "chromium").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find("python") == str(tmp_path / "chromium")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "PLACES", {})
    with pytest.raises(BuildError, match="playwright install chromium"):
        browser.find("python")


def test_firefox_is_the_systems_else_told_and_no_failure(monkeypatch, tmp_path, capsys):
    (tmp_path / "firefox-esr").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "firefox-esr").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find_firefox() == str(tmp_path / "firefox-esr")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "FIREFOX_PLACES", {})
    assert browser.find_firefox() == ""
    assert "No Firefox was found or could be installed" in capsys.readouterr().out


def test_what_is_not_run_for_lack_of_firefox_is_said():
    assert testing.selection([], "/usr/bin/firefox") == (testing.DEFAULT_SELECTION, "")
    chosen, word = testing.selection([], "")
    assert chosen == ["tests/unit", "tests/e2e"]
    assert "NOT RUN: tests/firefox" in word
    assert testing.selection(["tests/firefox"], "") == (["tests/firefox"], "")


# --- the second kernel ---


@pytest.fixture
def started(small, monkeypatch):
    """The pytest processes that run_pytest starts: (arguments behind the report, OPENBLAS_CORETYPE)."""
    started = []
    monkeypatch.setattr(browser, "find", lambda python: "")
    monkeypatch.setattr(browser, "find_firefox", lambda: "firefox")

    def pytest_process(project, arguments, environment, report):
        started.append((arguments, environment.get("OPENBLAS_CORETYPE")))
        return len(started) == 1, "12 passed in 3.0 s"

    monkeypatch.setattr(testing, "pytest_process", pytest_process)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    return started


def test_what_depends_on_the_order_of_sums_is_run_with_a_second_kernel(small, started, monkeypatch):
    monkeypatch.setattr(kernels, "second", lambda python: ({"OPENBLAS_CORETYPE": "Other"}, "Other, not Own"))
    results = testing.run_pytest(small.project, [])
    assert started == [(testing.DEFAULT_SELECTION, None), (testing.ORDER_OF_SUMS, "Other")]
    assert [(passed, word) for _, passed, word in results] == [
        (True, "12 passed in 3.0 s"),
        (False, "12 passed in 3.0 s, by another kernel: Other, not Own"),
    ]


def test_where_there_is_no_second_kernel_the_summary_says_so(small, started, monkeypatch):
    monkeypatch.setattr(kernels, "second", lambda python: ({}, "there is only one"))
    assert testing.run_pytest(small.project, [])[1][1:] == (
        True,
        "NOT RUN with a second kernel: there is only one",
    )
    assert len(started) == 1


def test_some_tests_alone_are_run_once(small, started):
    assert [name for name, *_ in testing.run_pytest(small.project, ["-k", "softmax"])] == [
        "pytest -k softmax"
    ]
    assert started == [(["-k", "softmax"], None)]


def test_the_second_kernel_is_another_one_that_runs(monkeypatch):
    """Of those that OpenBLAS has, here made up, and of this machine's own."""
    there = {None: "Own", "Prescott": "Own", "Haswell": ""}
    monkeypatch.setattr(
        kernels, "name_of", lambda python, environment: there[environment.get(kernels.CHOICE)]
    )
    monkeypatch.delenv(kernels.CHOICE, raising=False)
    assert kernels.second("python") == ({}, "this processor has no kernel but Own")
    there["Haswell"] = "Wide"
    assert kernels.second("python") == ({kernels.CHOICE: "Haswell"}, "Haswell instead of Own")
    there[None] = ""
    assert kernels.second("python")[0] == {}
    monkeypatch.undo()
    setting, word = kernels.second(sys.executable)
    if setting:
        own, other = (kernels.name_of(sys.executable, os.environ | more) for more in ({}, setting))
        assert own != other
        assert word.endswith(f" instead of {own}")
    else:
        assert word
