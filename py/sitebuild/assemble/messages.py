"""Compile the message catalogues to the one script the page loads."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

from ..errors import BuildError


def import_polib(wheel: Path) -> ModuleType:
    """polib, imported straight from its verified wheel file."""
    sys.path.insert(0, str(wheel))
    try:
        import polib
    finally:
        sys.path.remove(str(wheel))
    return cast(ModuleType, polib)  # a wheel at run time, so no type checker knows it


def compile_catalogues(folder: Path, polib: ModuleType) -> bytes:
    """`window.kobaiMessages = {"ja": {msgid: msgstr, ...}};` from folder/*.po; English is the msgid itself.

    Raises BuildError when a catalogue cannot be read, says one thing twice or uses msgctxt or plurals, which
    the page does not know.
    """
    messages: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.po")):
        try:
            catalogue = polib.pofile(str(path), encoding="utf-8", check_for_duplicates=True)
        except (OSError, ValueError) as error:
            raise BuildError(
                f"The catalogue {path.name} cannot be read ({error}): mend that line."
            ) from error
        table = messages.setdefault(path.stem, {})
        for entry in catalogue:
            if entry.msgctxt or entry.msgid_plural:
                raise BuildError(
                    f"{path.name} line {entry.linenum} uses msgctxt or plural forms, which the page "
                    "does not know: write a message of its own."
                )
            if entry.translated():
                table[entry.msgid] = entry.msgstr
    text = json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # legal in JSON, but not in every JavaScript or beside HTML
    for character, escaped in (("\u2028", "\\u2028"), ("\u2029", "\\u2029"), ("</", "<\\/")):
        text = text.replace(character, escaped)
    return f"window.kobaiMessages = {text};\n".encode()
