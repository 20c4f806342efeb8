"""`build.py test`: a virtual environment, a browser, linters, type checks, the built site, pytest."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from pathlib import Path

from .. import site
from ..errors import BuildError
from ..fetch import watched
from ..project import Project, user_cache_folder
from . import browser, lint_javascript, openblas_kernels

FIREFOX_TESTS = "tests/firefox"
DEFAULT_SELECTION = [
    "tests/unit",
    "tests/page",
    "tests/panels",
    "tests/storage",
    "tests/faults",
    FIREFOX_TESTS,
]
ORDER_OF_SUMS = ["-m", "order_of_sums", "tests/unit"]  # what is run with a second kernel of OpenBLAS, too
QUICK_UNITS = ["-m", "not slow", "tests/unit"]
SMOKE = ["-m", "smoke", "tests/panels"]
NOT_LONG = ["-m", "not long"]  # what takes minutes a test is left to the long check, which runs nightly
CHAOS_ACTIONS = "2000"  # of the user without a plan, in the long check
LONG_USE = 60  # minutes in one visit, in the long check
AGAIN_AT_MOST = 20  # failed tests that are run once more: more of them are no accident of a busy machine
NUMPY1_BELOW = (3, 13)  # NumPy 1.26.4 has no wheels for this Python and later ones


def tool(project: Project, name: str) -> str:
    """The path of a program of the virtual environment."""
    windows = sys.platform == "win32"
    return str(project.venv / ("Scripts" if windows else "bin") / (f"{name}.exe" if windows else name))


def requirement_files(project: Project) -> list[Path]:
    """The pinned packages that the tests need with this Python."""
    names = ["requirements-test.txt"] + (
        ["requirements-numpy1.txt"] if sys.version_info < NUMPY1_BELOW else []
    )
    return [project.root / name for name in names]


def prepare_environment(project: Project) -> None:
    """Make .venv with the pinned packages, unless it already holds exactly these for this Python.

    Raises BuildError when it cannot be made.
    """
    files = requirement_files(project)
    wanted = hashlib.sha256(
        b"".join([sys.version.encode(), *(file.read_bytes() for file in files)])
    ).hexdigest()
    stamp = project.venv / "kobai-requirements.sha256"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    shutil.rmtree(project.venv, ignore_errors=True)
    try:
        venv.create(project.venv, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise BuildError(
            "A virtual environment cannot be made with this Python: "
            "install its venv module (Debian: apt install python3-venv) and try again."
        ) from error
    for file in files:
        target = ["--target", str(numpy1_folder(project))] if "numpy1" in file.name else []
        print(f"Installing {file.name} into .venv", flush=True)
        command = [
            tool(project, "python"), "-m", "pip", "install", "--quiet", "--require-hashes",
            "--only-binary=:all:", "--disable-pip-version-check",
            "--cache-dir", str(user_cache_folder() / "pip"), *target, "-r", str(file),
        ]  # fmt: skip
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode != 0:
            raise watched.explain(f"the test packages of {file.name}", done.stdout)
    stamp.write_text(wanted, encoding="ascii")


def numpy1_folder(project: Project) -> Path:
    """Where NumPy 1 is installed, beside the environment's own."""
    return project.venv / "numpy1"


def pytest_summary(report: Path) -> str:
    """`312 passed, 1 failed in 45.1 s` from pytest's XML report."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    counts = {
        key: sum(int(suite.get(key, 0)) for suite in suites)
        for key in ("tests", "failures", "errors", "skipped")
    }
    passed = counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"]
    seconds = sum(float(suite.get("time", 0)) for suite in suites)
    parts = [f"{passed} passed"]
    for key, word in (("failures", "failed"), ("errors", "errors"), ("skipped", "skipped")):
        if counts[key]:
            parts.append(f"{counts[key]} {word}")
    return f"{', '.join(parts)} in {seconds:.1f} s"


def failed_tests(report: Path) -> list[str]:
    """The names of the tests that failed or could not be set up, from pytest's XML report; [] without one."""
    if not report.is_file():
        return []
    cases = ElementTree.parse(report).getroot().iter("testcase")
    failed = (case for case in cases if case.find("failure") is not None or case.find("error") is not None)
    return list(dict.fromkeys(f"{case.get('classname', '?')}::{case.get('name', '?')}" for case in failed))


def slowest_files(report: Path) -> str:
    """The ten slowest files, with seconds and tests of each, from pytest's XML report; "" without one."""
    if not report.is_file():
        return ""
    seconds: dict[str, float] = defaultdict(float)
    tests: Counter[str] = Counter()
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        # pytest names a case by its module, and by its class if it is in one
        file = re.sub(r"\.[A-Z]\w*$", "", case.get("classname", "?")).replace(".", "/") + ".py"
        seconds[file] += float(case.get("time", 0))
        tests[file] += 1
    longest = sorted(seconds.items(), key=lambda item: -item[1])[:10]
    lines = [f"{taken:8.1f} s {tests[file]:5} tests  {file}" for file, taken in longest]
    return "\n".join([*lines, f"{sum(seconds.values()):8.1f} s {tests.total():5} tests  in all files"])


def selection(arguments: list[str], firefox: str) -> tuple[list[str], str]:
    """What pytest is to run, and a word on what it is not."""
    if arguments or firefox:
        return arguments or DEFAULT_SELECTION, ""
    chosen = [folder for folder in DEFAULT_SELECTION if folder != FIREFOX_TESTS]
    return chosen, f"; NOT RUN: {FIREFOX_TESTS}, for there is no Firefox"


def environment_of_tests(project: Project, firefox: str) -> dict[str, str]:
    """What the tests find in their environment."""
    environment = os.environ | {
        "KOBAI_CHROMIUM": browser.find(tool(project, "python")),
        "KOBAI_FIREFOX": firefox,
        "OPENBLAS_NUM_THREADS": "1",  # threads slow such small products down
        "PYTHONPYCACHEPREFIX": str(project.work / "pycache"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(project.work / "hypothesis"),
    }
    if sys.version_info < NUMPY1_BELOW:
        environment["KOBAI_NUMPY1"] = str(numpy1_folder(project))
    return environment


def pytest_process(
    project: Project, arguments: list[str], environment: dict[str, str], report: Path
) -> tuple[bool, str]:
    """Run pytest in the open, so that its own summary line is seen; returns success and a summary."""
    report.unlink(missing_ok=True)
    command = [tool(project, "python"), "-m", "pytest", "-n", "2", "--dist", "loadfile"]
    command += [f"--junitxml={report}", *arguments]
    code = subprocess.run(command, cwd=project.root, env=environment, check=False).returncode
    return code == 0, pytest_summary(report) if report.is_file() else f"ended with exit code {code}"


def run_pytest(project: Project, kind: str, arguments: list[str]) -> list[tuple[str, bool, str]]:
    """Name, success and summary of each run of pytest that this kind of check consists of."""
    firefox = browser.find_firefox() if kind in ("whole", "long") or arguments else ""
    environment = environment_of_tests(project, firefox)

    def pytest(chosen: list[str], report: str, more: dict[str, str], said: str = "") -> tuple[str, bool, str]:
        passed, summary = pytest_process(project, chosen, environment | more, project.work / report)
        return " ".join(["pytest", *chosen]), passed, summary + said

    if kind == "fast":
        return [
            pytest([*QUICK_UNITS], "pytest.xml", {}, "; NOT RUN: unit tests marked slow"),
            pytest([*SMOKE], "pytest-smoke.xml", {}, "; NOT RUN: all other tests in browsers"),
        ]
    chosen, left_out = selection(arguments, firefox)
    if kind == "long":
        chosen = [*chosen, "--every-asset"]
    elif not arguments:
        chosen, left_out = [*chosen, *NOT_LONG], f"{left_out}; NOT RUN: tests marked long"
    more = {"KOBAI_CHAOS_ACTIONS": CHAOS_ACTIONS} if kind == "long" else {}
    results = [pytest(chosen, "pytest.xml", more, left_out)]
    if arguments:
        return results
    failed = failed_tests(project.work / "pytest.xml")
    if not results[0][1] and 0 < len(failed) <= AGAIN_AT_MOST:
        print("\n== pytest once more, alone, with what failed: " + ", ".join(failed), flush=True)
        again = pytest([*chosen, "--last-failed", "-n", "0"], "pytest-again.xml", more)
        name, _, summary = results[0]
        word = f"{summary}; FAILED AT FIRST, run once more alone ({again[2]}): {', '.join(failed)}"
        results[0] = (name, again[1], word)
    kernel, word = openblas_kernels.second(tool(project, "python"))
    print(f"\n== pytest with a second kernel: {word}", flush=True)
    if not kernel:
        name = " ".join(["pytest", *ORDER_OF_SUMS])
        return [*results, (name, True, f"NOT RUN with a second kernel: {word}")]
    return [
        *results,
        pytest(ORDER_OF_SUMS, "pytest-second-kernel.xml", kernel, f", by another kernel: {word}"),
    ]


def lint(project: Project) -> list[tuple[str, bool, str]]:
    """Name and success of each linter."""
    results = []
    for name, command in (
        ("ruff check", ["ruff", "check", "."]),
        ("ruff format", ["ruff", "format", "--check", "."]),
        ("mypy", ["mypy"]),
    ):
        print(f"\n== {name}", flush=True)
        done = subprocess.run([tool(project, command[0]), *command[1:]], cwd=project.root, check=False)
        results.append((name, done.returncode == 0, ""))
    print("\n== biome", flush=True)
    return [*results, ("biome", *lint_javascript.run(project))]


def run(project: Project, arguments: list[str]) -> int:
    """Run the checks, say at the end what was run and how it went; returns the exit code.

    arguments: none for the whole check, "--fast" or "--long" for that one, else what pytest is to run (and no
    linter). The site is built anew for the whole and the long check, else when its sources have changed.
    """
    start = time.monotonic()
    prepare_environment(project)
    kind = {"--fast": "fast", "--long": "long"}.get(arguments[0], "chosen") if arguments else "whole"
    if kind in ("fast", "long"):
        arguments = arguments[1:]
        if arguments:
            raise BuildError(f"--{kind} takes no further arguments, such as {arguments[0]}.")
    results = [] if kind == "chosen" else lint(project)
    print("\n== build", flush=True)
    try:
        if kind in ("whole", "long"):
            site.build(project, project.dist, "/")
        else:
            site.build_when_needed(project, "/")
        results.append(("build", True, ""))
    except BuildError as error:
        results.append(("build", False, str(error)))
    if results[-1][1]:
        print("\n== pytest", flush=True)
        results += run_pytest(project, kind, arguments)
        if kind == "long":
            from . import bench

            print(f"\n== {LONG_USE} minutes of use", flush=True)
            results.append((f"{LONG_USE} minutes of use", bench.use_for_long(project, LONG_USE) == 0, ""))
        slowest = slowest_files(project.work / "pytest.xml")
        if slowest:
            print("\n== slowest files\n" + slowest)
    else:
        results.append(("pytest", False, "not run, because the build failed"))
    print("\n== summary")
    for name, passed, detail in results:
        print(f"{'passed' if passed else 'FAILED'}  {name}{': ' + detail if detail else ''}")
    print(f"{(time.monotonic() - start) / 60:.1f} minutes in all")
    return 0 if all(passed for _, passed, _ in results) else 1
