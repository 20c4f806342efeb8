"""Run npm or pip quietly, and show progress by the bytes that arrive on the disk."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from ..errors import BuildError
from .download_progress import Progress

DISK_FULL = ("ENOSPC", "No space left on device", "not enough space on the disk")
WRONG_HASH = ("EINTEGRITY", "DO NOT MATCH THE HASHES")
NO_NETWORK = (
    "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT",
    "EHOSTUNREACH", "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError",
    "Temporary failure in name resolution", "Network is unreachable", "No matching distribution found",
)  # fmt: skip


def bytes_below(folder: Path) -> int:
    """The size of all files below a folder that may be changing at this moment."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).lstat().st_size
            except OSError:
                continue  # moved away since it was listed
    return total


def explain(what: str, output: str) -> BuildError:
    """Turn the output of a failed npm or pip into one sentence."""
    if any(sign in output for sign in DISK_FULL):
        return BuildError(f"The disk is full, so {what} could not be fetched; free some space and try again.")
    if any(sign in output for sign in WRONG_HASH):
        return BuildError(
            f"What arrived for {what} has a different hash than the pinned one, so it was thrown away; "
            "try again, and if it stays so, tell the project."
        )
    if any(sign in output for sign in NO_NETWORK):
        return BuildError(
            f"{what[0].upper()}{what[1:]} could not be fetched, because there is no network or the package "
            "registry cannot be reached; connect (or set the proxy) and run the same command again."
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no message")
    return BuildError(f"Fetching {what} failed ({reason[:200]}); mend that and run the same command again.")


def run(command: list[str], *, what: str, cwd: Path, watch: Path, total: int, env: dict[str, str]) -> None:
    """Run a command to its end while showing how many of `total` bytes lie below `watch`.

    Raises BuildError with a sentence made from the command's output when it fails.
    """
    progress = Progress(f"Fetching {what}", total)
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                while process.poll() is None:
                    time.sleep(0.2)
                    progress.update(bytes_below(watch))
            except BaseException:
                process.terminate()
                raise
        if process.returncode != 0:
            log.seek(0)
            raise explain(what, log.read().decode("utf-8", "replace"))
    progress.finish()
