"""What PyScript lets a worker do to the page, and this page does not.

PyScript answers a worker under these names with any object of the page's window, and loads scripts and style
sheets for it. Nothing here needs that. docs/security.md, tests/page/test_doors.py
"""

import js

REFLECT = "=59317780"  # of the pinned @pyscript/core; a test reads it there
NAMES = (REFLECT, "importJS", "importCSS")


def close(xworker):
    """Calls of these names fail in the worker from now on: to be done before it is asked for anything."""
    for name in NAMES:
        js.Reflect.set(xworker.sync, name, None)
