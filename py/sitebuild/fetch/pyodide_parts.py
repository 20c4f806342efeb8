"""The Python packages built for Pyodide: where they come from.

They are not on PyPI under their own names, but lie byte for byte inside one wheel that is. Each is checked
against the SHA-256 that Pyodide's own lock file (from npm) gives it.
"""

from __future__ import annotations

import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from ..errors import BuildError
from ..project import Project
from . import pip
from .download_progress import Progress
from .part import Part

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
