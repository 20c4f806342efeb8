"""What has to hold whenever a file is refused, whatever it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kobai.errors import NetworkFileError


def expect_refused(
    read: Callable[[bytes], Any], data: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`read` refuses the file by a sentence, and nothing of it runs. folder: an empty one."""
    monkeypatch.chdir(folder)
    modules = set(sys.modules)
    recursion_limit, random_state = sys.getrecursionlimit(), np.random.get_state()[1].tobytes()
    with pytest.raises(NetworkFileError) as refusal:
        read(data)
    assert list(folder.iterdir()) == []
    # Python imports a codec when it is first used, of whatever text
    assert {name for name in set(sys.modules) - modules if not name.startswith("encodings.")} == set()
    assert sys.getrecursionlimit() == recursion_limit
    assert np.random.get_state()[1].tobytes() == random_state
    sentence = str(refusal.value)
    assert sentence.endswith((".", "!"))
    assert len(sentence) < 250
    assert sentence.isprintable()
