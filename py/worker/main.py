"""What PyScript runs in the worker: it exports every function that is marked as called by the page."""

import pyodide_js

# a missing or broken wheel must end the start with an error, so NumPy is imported before anything is exported
await pyodide_js.loadPackage("numpy")  # noqa: F704, PLE1142 (PyScript runs this file with top-level await)

from protocol import marked  # noqa: E402

from worker.panel_list import PANELS  # noqa: E402 (made by the build from web/panels.json)
from worker.rpc import exported  # noqa: E402
from worker.session import Session  # noqa: E402

session = Session()
owners = [session, session.networks, session.jobs]
for panel in PANELS:
    owners += panel.start(session)
__export__ = []
for owner in owners:
    for function in marked(owner):
        globals()[function.__name__] = exported(function)
        __export__.append(function.__name__)
