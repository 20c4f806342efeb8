"""Pyodide's lock file for the wheels that are shipped, and the licences inside them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

from ..assemble import trim_matplotlib
from ..errors import BuildError
from ..fetch.cache import sha256_of
from ..fetch.part import Part


def trim_lock(lock: Path, shipped: Iterable[Part]) -> bytes:
    """Pyodide's lock file, beside the shipped wheels, with these packages and no others.

    Raises BuildError when a shipped wheel's pinned hash is not the lock's, or when a package's dependency
    is not shipped.
    """
    content = json.loads(lock.read_text(encoding="utf-8"))
    hashes = {part.name: part.sha256 for part in shipped}
    packages = {
        name: package for name, package in content["packages"].items() if package["file_name"] in hashes
    }
    known = {package["file_name"]: package["sha256"] for package in packages.values()}
    for file_name, sha256 in hashes.items():
        if known.get(file_name) != sha256:
            raise BuildError(
                f"{file_name} is not the wheel that Pyodide's lock file names (its SHA-256 differs): "
                "mend py/sitebuild/fetch/parts.json so that both say the same."
            )
    if "matplotlib" in packages:
        depends = packages["matplotlib"]["depends"]
        packages["matplotlib"]["depends"] = [name for name in depends if name not in trim_matplotlib.UNUSED]
    for name, package in packages.items():
        for dependency in package["depends"]:
            if dependency not in packages:
                raise BuildError(
                    f"{name} needs {dependency}, which is not shipped: "
                    "add it to py/sitebuild/fetch/parts.json."
                )
    for package in packages.values():
        package["sha256"] = sha256_of(lock.with_name(package["file_name"]))  # Matplotlib's is trimmed
    content["packages"] = packages
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def extract_licences(wheel: Path, target: Path) -> None:
    """Copy the licence texts of a wheel's .dist-info folder into the folder `target`."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            _, separator, inside = member.partition(".dist-info/")
            if not separator or not inside.rpartition("/")[2].upper().startswith(
                ("LICENSE", "LICENCE", "COPYING")
            ):
                continue
            name = inside.removeprefix("licenses/")
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(member))
