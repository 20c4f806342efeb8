"""What a reader of files makes of one file, and what that costs: imported in Pyodide by in_pyodide.mjs."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
from kobai.errors import KobaiError
from kobai.files.backup import load_backup
from kobai.files.network_file import open_network
from kobai.training.trainer import Trainer

IMAGES = np.zeros((10, 784), np.uint8), np.zeros(10, np.uint8)
READERS: dict[str, Callable[[bytes], object]] = {
    "network": open_network,
    "everything": load_backup,
    "training": lambda data: Trainer.from_state(data, *IMAGES, *IMAGES),
    "json": json.loads,  # no reader of Kobai's: it ends Python, and the test has to see that
}
WORTH_MEASURING = 0.03  # seconds: what takes memory takes as long
gc.freeze()  # what is here stays: to collect is quick


def run(reader: str, path: str, computing: Callable[[], float]) -> str:
    """JSON: how it ended, the sentence of a refusal, seconds of computing, the peak of memory in bytes."""
    data = Path(path).read_bytes()
    read = READERS[reader]
    start = computing()
    ended, sentence = _ended(read, data)
    gc.collect()
    seconds, peak = computing() - start, 0
    if seconds > WORTH_MEASURING:
        tracemalloc.start()
        _ended(read, data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return json.dumps({"ended": ended, "sentence": sentence, "seconds": seconds, "peak": peak})


def _ended(read: Callable[[bytes], object], data: bytes) -> tuple[str, str]:
    try:
        read(data)
    except KobaiError as error:
        return "refused", str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200], ""
    return "opened", ""
