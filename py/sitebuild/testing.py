"""`build.py test`: a virtual environment, a browser, linters, type checks, the built site, pytest."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import browser, kernels, site, watched
from .errors import BuildError
from .project import Project, user_cache_folder

FIREFOX_TESTS = "tests/firefox"
DEFAULT_SELECTION = ["tests/unit", "tests/e2e", FIREFOX_TESTS]
ORDER_OF_SUMS = ["-m", "order_of_sums", "tests/unit"]  # what is run with a second kernel of OpenBLAS, too
NUMPY1_BELOW = (3, 13)  # NumPy 1.26.4 has no wheels for this Python and later ones


def tool(project: Project, name: str) -> str:
    """The path of a program of the virtual environment."""
    windows = sys.platform == "win32"
    return str(project.venv / ("Scripts" if windows else "bin") / (f"{name}.exe" if windows else name))


def requirement_files(project: Project) -> list[Path]:
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


def run_pytest(project: Project, arguments: list[str]) -> list[tuple[str, bool, str]]:
    """Name, success and summary of each run: all tests, and once more what depends on the order of sums."""
    firefox = browser.find_firefox()
    chosen, left_out = selection(arguments, firefox)
    environment = environment_of_tests(project, firefox)
    passed, summary = pytest_process(project, chosen, environment, project.work / "pytest.xml")
    results = [(" ".join(["pytest", *(arguments or DEFAULT_SELECTION)]), passed, summary + left_out)]
    if arguments:
        return results
    kernel, word = kernels.second(tool(project, "python"))
    print(f"\n== pytest with a second kernel: {word}", flush=True)
    name = " ".join(["pytest", *ORDER_OF_SUMS])
    if not kernel:
        return [*results, (name, True, f"NOT RUN with a second kernel: {word}")]
    report = project.work / "pytest-second-kernel.xml"
    passed, summary = pytest_process(project, ORDER_OF_SUMS, environment | kernel, report)
    return [*results, (name, passed, f"{summary}, by another kernel: {word}")]


def run(project: Project, arguments: list[str]) -> int:
    """Run every check, say at the end what was run and how it went; returns the exit code."""
    prepare_environment(project)
    results: list[tuple[str, bool, str]] = []
    checks = (
        ("ruff check", ["ruff", "check", "."]),
        ("ruff format", ["ruff", "format", "--check", "."]),
        ("mypy", ["mypy"]),
    )
    for name, command in checks:
        print(f"\n== {name}", flush=True)
        done = subprocess.run([tool(project, command[0]), *command[1:]], cwd=project.root, check=False)
        results.append((name, done.returncode == 0, ""))
    print("\n== build", flush=True)
    try:
        site.build(project, project.dist, "/")
        results.append(("build", True, ""))
    except BuildError as error:
        results.append(("build", False, str(error)))
    if results[-1][1]:
        print("\n== pytest", flush=True)
        results += run_pytest(project, arguments)
    else:
        results.append(("pytest", False, "not run, because the build failed"))
    print("\n== summary")
    for name, passed, detail in results:
        print(f"{'passed' if passed else 'FAILED'}  {name}{': ' + detail if detail else ''}")
    return 0 if all(passed for _, passed, _ in results) else 1
