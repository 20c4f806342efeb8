"""docs/protocol.md from the sources: what the page may call in the worker, and what it hears on the way.

Use, after a function or a kind of message has changed:
    PYTHONPATH=py python3 -m sitebuild.check.describe_protocol > docs/protocol.md
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import protocol

ROOT = Path(__file__).parents[3]
MARK = "called_by_page"
HEAD = """# What page and worker say to each other

Made from the sources by `PYTHONPATH=py python3 -m sitebuild.check.describe_protocol`;
`tests/unit/test_protocol.py` compares. The page (MicroPython) calls functions of its worker (CPython in
Pyodide): `worker.call("look", index=3)` in `py/page`. Arguments travel as JSON, with buffers beside them; the
reply is a dict, with typed arrays beside it, or `{"refused": …, "values": …, "details": …}` for an expected
failure (a `KobaiError`), which the page tells in the learner's language. What both need to know stands in
`py/protocol.py`. The Python that runs a reader's own code has a protocol of its own: three functions, in
`py/worker/user_main.py` ([security](security.md)).
"""


class Call(NamedTuple):
    """A function that the page may call: name, arguments, file, and the first paragraph of its docstring."""

    name: str
    arguments: str
    file: str
    says: str


def calls(root: Path = ROOT) -> list[Call]:
    """All functions of py/worker that are marked, in the order of files and lines."""
    return [
        call
        for path in sorted((root / "py" / "worker").rglob("*.py"))
        for call in _marked(path, path.relative_to(root / "py").as_posix())
    ]


def _marked(path: Path, file: str) -> Iterator[Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            isinstance(each, ast.Name) and each.id == MARK for each in node.decorator_list
        ):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            says = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
            yield Call(node.name, ", ".join(names), file, says)


def text(root: Path = ROOT) -> str:
    """The whole file."""
    lines = [HEAD, "## Calls", "", "| function | what it does | where |", "|---|---|---|"]
    lines += [
        f"| `{call.name}({call.arguments})` | {call.says.replace('|', chr(92) + '|')} | `{call.file}` |"
        for call in calls(root)
    ]
    lines += ["", "## Messages while a call is on its way", "", "| kind | what it tells |", "|---|---|"]
    lines += [f"| `{kind}` | {says} |" for kind, says in protocol.PROGRESS.items()]
    jobs = ", ".join(f"`{job}`" for job in protocol.JOBS)
    lines += ["", "## Jobs that `cancel(job)` ends", "", f"{jobs}. Training is not among them: it is paused."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(text(), end="")
