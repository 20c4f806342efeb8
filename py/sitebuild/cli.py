"""The command line: build, serve, test, bench, pin."""

from __future__ import annotations

import argparse
import contextlib
import errno
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from . import site
from .assemble.assemble import normal_base_path
from .errors import BuildError
from .project import Project
from .server import make_server

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def build(project: Project, options: argparse.Namespace) -> int:
    """`build.py build`: write the site."""
    out = Path(options.out).absolute() if options.out else project.dist
    site.build(project, out, normal_base_path(options.base_path), options.pyodide)
    return 0


def serve(project: Project, options: argparse.Namespace) -> int:
    """`build.py serve`: build what has changed, and serve it until Ctrl-C."""
    base_path = normal_base_path(options.base_path)
    # the port is taken first, so that a busy one is told before the build and not after it
    with make_server(project.dist, base_path, options.port, HOST) as server:
        site.build_when_needed(project, base_path)
        address = f"http://{HOST}:{server.server_port}{base_path}"
        print(f"Kobai is at {address} (Ctrl-C stops it; --port chooses another port)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # the ordinary end
            server.serve_forever()
    return 0


def test(project: Project, options: argparse.Namespace) -> int:
    """`build.py test`: run the checks."""

    from .check import testing

    return testing.run(project, options.pytest_arguments)


def bench(project: Project, options: argparse.Namespace) -> int:
    """`build.py bench`: measure, or use the page for long."""

    from .check import bench

    if options.long:
        return bench.use_for_long(project, options.long)
    return bench.run(project, options.quick, options.before)


def pin(project: Project, options: argparse.Namespace) -> int:
    """`build.py pin`: move a dependency to another version."""

    from .fetch.pin import pin

    pin(project, options.name, options.version)
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line, with all commands."""
    top = argparse.ArgumentParser(prog="build.py", description="Build, serve and test the Kobai page.")
    commands = top.add_subparsers(dest="command", required=True, metavar="{build,serve,test,bench,pin}")

    def command(
        name: str, run: Callable[[Project, argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(run=run)
        return sub

    making = command("build", build, "fetch the pinned parts and write the static site to dist/")
    making.add_argument(
        "--out", metavar="DIR", help="write the site to DIR instead (new, empty or a former build)"
    )
    making.add_argument(
        "--pyodide",
        metavar="DIR-or-URL",
        help="take the Pyodide wheels from an official Pyodide 314.0.3 distribution, not from PyPI",
    )
    serving = command("serve", serve, "build when needed, then serve the site on this machine")
    serving.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port to listen on (default: %(default)s)"
    )
    for sub in (making, serving):
        sub.add_argument("--base-path", default="/", metavar="/x/", help="path the site lies at (default: /)")
    testing = command("test", test, "run linters, type checks, unit and end-to-end tests")
    testing.add_argument(
        "pytest_arguments",
        nargs=argparse.REMAINDER,
        metavar="pytest arguments",
        help="--fast: linters, quick unit tests, one visit; --long: all faults of all files, an hour of use; "
        "else passed to pytest, which then is all that runs, such as tests/unit -k softmax",
    )
    benching = command(
        "bench", bench, "measure the page beside TensorFlow.js and native NumPy, write docs/benchmarks.md"
    )
    benching.add_argument(
        "--quick", action="store_true", help="short bursts and runs: rough figures, printed and not written"
    )
    benching.add_argument(
        "--long",
        type=float,
        metavar="MINUTES",
        help="use the page for so long: does it hold ever more memory?",
    )
    benching.add_argument(
        "--before", metavar="DIR", help="a former build, whose start-up is measured by turns with this one's"
    )
    pinning = command("pin", pin, "move a dependency of npm or PyPI to another version, with all its hashes")
    pinning.add_argument("name", help="as npm or PyPI names it, such as uplot")
    pinning.add_argument("version", help="the exact version, such as 1.6.32")
    return top


def explain(error: OSError) -> str:
    """One sentence for what the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            "The disk is full: free some space and run the same command again (nothing half-made was left)."
        )
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}: mend that and run the same command again."


def stop(*_: object) -> None:
    """A polite kill cleans up as Ctrl-C does."""
    raise KeyboardInterrupt


def main(root: Path, arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code, and shows an error as one sentence."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["test"] and not {"-h", "--help"}.intersection(arguments):
        # argparse would take pytest's own options for mistakes
        options = argparse.Namespace(run=test, pytest_arguments=arguments[1:])
    else:
        options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        return int(options.run(Project(root), options))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {explain(error)}", file=sys.stderr)
    return 1
