"""Write a zip archive anew with other members; the same input gives the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def rewrite(archive: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> None:
    """Replace each member by what change(name, content) returns: a name and a content, or None to drop it."""
    new = archive.with_suffix(".new")
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(new, "w") as target:
        for member in source.infolist():
            changed = change(member.filename, source.read(member))
            if changed is None:
                continue
            entry = zipfile.ZipInfo(changed[0], FIXED_TIME)
            entry.external_attr = member.external_attr
            target.writestr(entry, changed[1], zipfile.ZIP_DEFLATED, 9)
    new.replace(archive)
