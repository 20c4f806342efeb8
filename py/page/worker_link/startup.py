"""Starting the worker; once more where its own first modules were lost on the way.

Once they have come, web/pyodide/loader.mjs sees to all other files itself. Before, nothing in the worker can
ask again, for a browser asks once for each part of a module.
"""

from pyscript import window
from ui.problems import Problem
from worker_link import worker

TRIES = 3


async def start(again):
    """As worker.start, up to three times where the host is away."""
    for _try in range(TRIES - 1):
        try:
            return await worker.start(again)
        except Problem:
            if worker.heard():
                raise
        fault = await window.kobai.lookAtWorker()  # waits for a host that is away
        if fault:
            raise Problem(worker.lacking(fault.file, fault.kind, fault.why), fault.why)
        worker.stop()
    return await worker.start(again)
