"""What opening files costs, measured in a process that may not take more than 2 GB and some seconds.

    python bomb_cost.py kobai|pickle|numpy SECONDS FILE...

Prints a line of JSON for each file: how it ended, the seconds of computing, and the peak of memory in bytes.
"""

import io
import json
import pickle
import resource
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
from kobai.errors import NetworkFileError
from kobai.files.network_file import open_network

LOADERS = {
    "kobai": open_network,
    "pickle": pickle.loads,
    "numpy": lambda data: dict(np.load(io.BytesIO(data))),
}
load, seconds, files = LOADERS[sys.argv[1]], int(sys.argv[2]), sys.argv[3:]
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (seconds,) * 2)


def ended(data: bytes) -> str:
    try:
        load(data)
    except (NetworkFileError, MemoryError) as error:
        return type(error).__name__
    return "opened"


for file in files:
    content = Path(file).read_bytes()
    start = time.process_time()
    how = ended(content)
    spent = time.process_time() - start
    tracemalloc.start()
    ended(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(json.dumps({"ended": how, "seconds": spent, "peak": peak}), flush=True)
