"""The imports of our own modules, read from the sources without importing them."""

from __future__ import annotations

import ast
from pathlib import Path

PY = Path(__file__).parents[2]
PACKAGES = ("kobai", "worker", "page", "sitebuild")


def modules(package: str) -> dict[str, Path]:
    """Dotted name -> file, of every module of a package."""
    found = {}
    for path in sorted((PY / package).rglob("*.py")):
        parts = path.relative_to(PY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


ALL = {name: path for package in PACKAGES for name, path in modules(package).items()}
ALL["protocol"] = PY / "protocol.py"


def imports_of(name: str, path: Path) -> set[str]:
    """The dotted names that a module imports, anywhere in it; those of ours as in ALL."""
    is_package = path.name == "__init__.py"
    prefix = "page." if name.startswith("page.") else ""  # they are at the top of their interpreter
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            here = name.split(".") if is_package else name.split(".")[:-1]
            base = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            wanted = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        for each in wanted:
            candidates = [prefix + each, prefix + each.rpartition(".")[0], each, each.rpartition(".")[0]]
            found.add(next((one for one in candidates if one in ALL), each))
    return found


IMPORTS = {name: imports_of(name, path) for name, path in ALL.items()}


def folder_of(name: str) -> str:
    """The package or folder that a module lies in, dotted."""
    return name if ALL[name].name == "__init__.py" else name.rpartition(".")[0]
