"""`build.py test` itself: its summary, its environment, its browser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sitebuild import cli, site
from sitebuild.check import bench, browser, lint_javascript, openblas_kernels, testing
from sitebuild.errors import BuildError
from sitebuild.fetch import npm
from support.build_project import SmallProject


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


@pytest.mark.parametrize("failing", ["ruff check", "ruff format", "mypy", "biome", "build", "pytest", None])
def test_any_failed_check_fails_the_whole_and_is_named(small, monkeypatch, capsys, failing):
    monkeypatch.setattr(testing, "prepare_environment", lambda project: None)
    programs = {"ruff check": ["check", "."], "ruff format": ["format", "--check", "."], "mypy": []}
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, int(programs.get(failing) == command[1:])),
    )
    monkeypatch.setattr(lint_javascript, "run", lambda project: (failing != "biome", ""))
    monkeypatch.setattr(testing, "run_pytest", lambda *_: [("pytest", failing != "pytest", "some figures")])
    if failing == "build":
        (small.root / "web/index.html").unlink()
    assert cli.main(small.root, ["test"]) == (0 if failing is None else 1)
    summary = capsys.readouterr().out.split("== summary\n")[1].splitlines()
    assert summary.pop().endswith(" minutes in all")
    assert len(summary) == 6
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
    assert chosen == [each for each in testing.DEFAULT_SELECTION if each != "tests/firefox"]
    assert "NOT RUN: tests/firefox" in word
    assert testing.selection(["tests/firefox"], "") == (["tests/firefox"], "")


WHOLE = [*testing.DEFAULT_SELECTION, *testing.NOT_LONG]  # what the whole check tells pytest

# --- the second kernel ---


@pytest.fixture
def started(small, monkeypatch):
    """The pytest processes that run_pytest starts: (arguments behind the report, OPENBLAS_CORETYPE)."""
    monkeypatch.delenv("KOBAI_CHAOS_ACTIONS", raising=False)
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
    monkeypatch.setattr(
        openblas_kernels, "second", lambda python: ({"OPENBLAS_CORETYPE": "Other"}, "Other, not Own")
    )
    results = testing.run_pytest(small.project, "whole", [])
    assert started == [(WHOLE, None), (testing.ORDER_OF_SUMS, "Other")]
    assert [(passed, word) for _, passed, word in results] == [
        (True, "12 passed in 3.0 s; NOT RUN: tests marked long"),
        (False, "12 passed in 3.0 s, by another kernel: Other, not Own"),
    ]


def test_where_there_is_no_second_kernel_the_summary_says_so(small, started, monkeypatch):
    monkeypatch.setattr(openblas_kernels, "second", lambda python: ({}, "there is only one"))
    assert testing.run_pytest(small.project, "whole", [])[1][1:] == (
        True,
        "NOT RUN with a second kernel: there is only one",
    )
    assert len(started) == 1


REPORT = """<testsuites><testsuite>
    <testcase classname="tests.a" name="test_one"><failure/></testcase>
    <testcase classname="tests.a" name="test_two"/>
    <testcase classname="tests.b" name="test_three"><error/></testcase>
</testsuite></testsuites>"""


def test_the_failed_tests_are_named_once_each(tmp_path):
    report = tmp_path / "report.xml"
    assert testing.failed_tests(report) == []
    report.write_text(REPORT, encoding="utf-8")
    assert testing.failed_tests(report) == ["tests.a::test_one", "tests.b::test_three"]


@pytest.mark.parametrize("passes_alone", [True, False])
def test_a_few_that_failed_are_run_once_more_alone_and_named(small, monkeypatch, started, passes_alone):
    """What passes only alone is named in the summary; what fails twice fails the check."""
    monkeypatch.setattr(openblas_kernels, "second", lambda python: ({}, "there is only one"))
    small.project.work.mkdir(parents=True, exist_ok=True)
    (small.project.work / "pytest.xml").write_text(REPORT, encoding="utf-8")
    outcomes = iter([(False, "1 passed, 2 failed"), (passes_alone, "2 run")])

    def pytest_process(project, arguments, environment, report):
        started.append(arguments)
        return next(outcomes)

    monkeypatch.setattr(testing, "pytest_process", pytest_process)
    _, passed, summary = testing.run_pytest(small.project, "whole", [])[0]
    assert started == [WHOLE, [*WHOLE, "--last-failed", "-n", "0"]]
    assert passed is passes_alone
    assert "FAILED AT FIRST" in summary
    assert "tests.a::test_one, tests.b::test_three" in summary


def test_where_many_failed_nothing_is_tried_again(small, monkeypatch, started):
    monkeypatch.setattr(openblas_kernels, "second", lambda python: ({}, "there is only one"))
    small.project.work.mkdir(parents=True, exist_ok=True)
    cases = "".join(
        f'<testcase classname="a" name="t{i}"><failure/></testcase>' for i in range(testing.AGAIN_AT_MOST + 1)
    )
    (small.project.work / "pytest.xml").write_text(f"<testsuites>{cases}</testsuites>", encoding="utf-8")
    started.append("so that the next one fails")
    assert testing.run_pytest(small.project, "whole", [])[0][1] is False
    assert len(started) == 2


def test_some_tests_alone_are_run_once(small, started):
    assert [name for name, *_ in testing.run_pytest(small.project, "chosen", ["-k", "softmax"])] == [
        "pytest -k softmax"
    ]
    assert started == [(["-k", "softmax"], None)]


def test_the_second_kernel_is_another_one_that_runs(monkeypatch):
    """Of those that OpenBLAS has, here made up, and of this machine's own."""
    there = {None: "Own", "Prescott": "Own", "Haswell": ""}
    monkeypatch.setattr(
        openblas_kernels,
        "name_of",
        lambda python, environment: there[environment.get(openblas_kernels.CHOICE)],
    )
    monkeypatch.delenv(openblas_kernels.CHOICE, raising=False)
    assert openblas_kernels.second("python") == ({}, "this processor has no kernel but Own")
    there["Haswell"] = "Wide"
    assert openblas_kernels.second("python") == (
        {openblas_kernels.CHOICE: "Haswell"},
        "Haswell instead of Own",
    )
    there[None] = ""
    assert openblas_kernels.second("python")[0] == {}
    monkeypatch.undo()
    setting, word = openblas_kernels.second(sys.executable)
    if setting:
        own, other = (openblas_kernels.name_of(sys.executable, os.environ | more) for more in ({}, setting))
        assert own != other
        assert word.endswith(f" instead of {own}")
    else:
        assert word


# --- what runs in which kind of check ---


@pytest.fixture
def checks(small, monkeypatch):
    """What `build.py test` does, by name: linters, builds, pytest with its environment, long use."""
    done = []
    monkeypatch.setattr(testing, "prepare_environment", lambda project: None)
    monkeypatch.setattr(testing, "lint", lambda project: done.append("lint") or [])
    monkeypatch.setattr(site, "build", lambda *_: done.append("build"))
    monkeypatch.setattr(browser, "find", lambda python: "")
    monkeypatch.setattr(browser, "find_firefox", lambda: "firefox")
    monkeypatch.setattr(openblas_kernels, "second", lambda python: ({}, "there is only one"))
    monkeypatch.delenv("KOBAI_CHAOS_ACTIONS", raising=False)

    def pytest_process(project, arguments, environment, report):
        done.append((*arguments, environment.get("KOBAI_CHAOS_ACTIONS")))
        return True, "1 passed"

    monkeypatch.setattr(testing, "pytest_process", pytest_process)
    monkeypatch.setattr(bench, "use_for_long", lambda project, minutes: done.append(minutes) or 1)
    return done


def test_the_whole_check_is_linters_a_new_build_and_all_tests(small, checks):
    assert cli.main(small.root, ["test"]) == 0
    assert checks == ["lint", "build", (*WHOLE, None)]


def test_the_fast_check_is_linters_quick_unit_tests_and_one_visit(small, checks, capsys):
    assert cli.main(small.root, ["test", "--fast"]) == 0
    assert checks == [
        "lint",
        "build",
        ("-m", "not slow", "tests/unit", None),
        ("-m", "smoke", "tests/panels", None),
    ]
    summary = capsys.readouterr().out.split("== summary\n")[1]
    assert "NOT RUN: unit tests marked slow" in summary
    assert "NOT RUN: all other tests in browsers" in summary


def test_the_long_check_is_the_whole_one_and_more_of_it(small, checks):
    assert cli.main(small.root, ["test", "--long"]) == 1  # the hour of use failed
    assert checks == ["lint", "build", (*testing.DEFAULT_SELECTION, "--every-asset", "2000"), 60]


def test_further_arguments_beside_a_kind_are_refused(small, checks, capsys):
    assert cli.main(small.root, ["test", "--fast", "-k", "softmax"]) == 1
    assert "--fast takes no further arguments, such as -k" in capsys.readouterr().err
    assert checks == []


def test_chosen_tests_run_alone_and_without_a_build_where_nothing_has_changed(small, monkeypatch):
    monkeypatch.setattr(testing, "prepare_environment", lambda project: None)
    monkeypatch.setattr(testing, "lint", None)  # must not be called
    monkeypatch.setattr(
        testing, "run_pytest", lambda project, kind, arguments: [(" ".join(arguments), True, "")]
    )
    builds, build = [], site.build
    monkeypatch.setattr(site, "build", lambda *arguments: builds.append(1) or build(*arguments))
    for source, expected in ((None, 1), (None, 1), ("body { margin: 1px }", 2), (None, 2)):
        if source:
            small.write("web/css/page.css", source)
        assert cli.main(small.root, ["test", "tests/unit/test_x.py"]) == 0
        assert len(builds) == expected


def test_the_slowest_files_and_all_of_them_are_summed_up(tmp_path):
    cases = "".join(
        f'<testcase classname="tests.unit.test_{number:02}" time="{number}"/>' for number in range(12)
    )
    in_class = '<testcase classname="tests.unit.test_11.TestPlain" time="0.5"/>'
    report = tmp_path / "report.xml"
    assert testing.slowest_files(report) == ""
    report.write_text(f"<testsuites><testsuite>{cases}{in_class}</testsuite></testsuites>", encoding="utf-8")
    lines = testing.slowest_files(report).splitlines()
    assert lines[0].split() == ["11.5", "s", "2", "tests", "tests/unit/test_11.py"]
    assert lines[9].split() == ["2.0", "s", "1", "tests", "tests/unit/test_02.py"]
    assert lines[10].split() == ["66.5", "s", "13", "tests", "in", "all", "files"]
    assert len(lines) == 11


def test_the_marks_of_the_fast_check_are_set():
    """One visit, and unit tests without the long ones."""
    files = Path(__file__).resolve().parents[3].rglob("test_*.py")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines.count("@pytest.mark.smoke") == 1
    assert lines.count("pytestmark = pytest.mark.slow") == 3
    assert lines.count("@pytest.mark.slow") == 10


# --- the JavaScript linter ---


def test_biome_is_installed_once_and_fails_the_check_by_its_exit_code(small, monkeypatch):
    (small.root / "tests/lint").mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        small.write(f"tests/lint/{name}", "{}")
    commands, codes = [], [0, 1]
    monkeypatch.setattr(npm, "check_tools", lambda: "npm")
    monkeypatch.setattr(npm, "check_node", lambda: "node")
    monkeypatch.setattr(npm.watched, "run", lambda command, **_: commands.append(command))

    def run(command, **_):
        assert command[:1] + command[2:3] == ["node", "lint"]
        return subprocess.CompletedProcess(command, codes.pop(0))

    monkeypatch.setattr(subprocess, "run", run)
    assert lint_javascript.run(small.project) == (True, "")
    assert lint_javascript.run(small.project) == (False, "")
    assert [command[:3] for command in commands] == [["npm", "ci", "--ignore-scripts"]]
    small.write("tests/lint/package-lock.json", '{"other": "version"}')
    codes.append(0)
    lint_javascript.run(small.project)
    assert len(commands) == 2


def test_a_linter_that_cannot_be_had_is_a_failure_with_its_reason(small, monkeypatch):
    monkeypatch.setenv("PATH", "")
    passed, reason = lint_javascript.run(small.project)
    assert not passed
    assert "Node.js was not found" in reason
