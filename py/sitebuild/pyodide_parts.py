"""The Python packages built for Pyodide: where they come from, and the lock file that names them.

They are not on PyPI under their own names, but lie byte for byte inside one wheel that is. Each is checked
against the SHA-256 that Pyodide's own lock file (from npm) gives it.
"""

from __future__ import annotations

import json
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from . import pip, trim_matplotlib
from .cache import sha256_of
from .errors import BuildError
from .progress import Progress
from .project import Project

if TYPE_CHECKING:
    from .parts import Part

CARRIER = "open-webui"  # the PyPI package inside whose wheel the Pyodide wheels lie
CARRIER_SIZE = 106_366_595  # bytes
TIMEOUT = 60  # seconds without a byte


def fetch_from_carrier(project: Project, parts: list[Part], keep: Callable[[Part, Path], None]) -> None:
    """Download the carrier wheel, hand the members to `keep`, and drop the rest."""
    what = "the Pyodide builds of NumPy and Matplotlib"
    with pip.downloaded(project, "requirements-pyodide.txt", what=what, total=CARRIER_SIZE) as wheels:
        (carrier,) = wheels.glob("*.whl")
        with zipfile.ZipFile(carrier) as archive:
            for part in parts:
                keep(part, Path(archive.extract(part.member, wheels)))


def fetch_from_distribution(
    project: Project, parts: list[Part], place: str, keep: Callable[[Part, Path], None]
) -> None:
    """Hand the wheels of an official Pyodide distribution, a folder or a URL, to `keep`."""
    if urllib.parse.urlsplit(place).scheme not in ("http", "https"):
        for part in parts:
            source = Path(place).expanduser() / part.name
            if not source.is_file():
                raise BuildError(
                    f"{part.name} is not in the folder {place}: "
                    "give --pyodide the folder of a full Pyodide 314.0.3 distribution."
                )
            keep(part, source)
        return
    project.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pyodide-", dir=project.work) as folder:
        for part in parts:
            target = Path(folder) / part.name
            _download(f"{place.rstrip('/')}/{urllib.parse.quote(part.name)}", target, part)
            keep(part, target)


def _download(url: str, target: Path, part: Part) -> None:
    progress = Progress(f"Fetching {part.name}", part.size)
    done = 0
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, target.open("wb") as file:
            while chunk := answer.read(1 << 16):
                done += len(chunk)
                if done > part.size:
                    break  # longer than the pinned file: the hash will tell
                file.write(chunk)
                progress.update(done)
    except urllib.error.HTTPError as error:
        raise BuildError(
            f"{url} answers {error.code} {error.reason}: "
            "give --pyodide the address of a full Pyodide 314.0.3 distribution."
        ) from error
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise BuildError(
            f"{url} cannot be reached ({reason}): check the network and the address given to --pyodide."
        ) from error
    progress.finish()


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
                "mend py/sitebuild/parts.json so that both say the same."
            )
    if "matplotlib" in packages:
        depends = packages["matplotlib"]["depends"]
        packages["matplotlib"]["depends"] = [name for name in depends if name not in trim_matplotlib.UNUSED]
    for name, package in packages.items():
        for dependency in package["depends"]:
            if dependency not in packages:
                raise BuildError(
                    f"{name} needs {dependency}, which is not shipped: add it to py/sitebuild/parts.json."
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
