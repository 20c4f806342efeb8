"""The Python that runs the learner's own code: the functions that the page may call there.

It is in a worker of its own (web/pyodide/own.mjs). No reader's code runs anywhere else, and nothing that is
kept, saved or shown as the page's own comes from here.
"""

from worker.panels.user_code import UserCode
from worker.rpc import exported

own_code = UserCode()
FUNCTIONS = {
    function.__name__: exported(function)
    for function in (own_code.run_code, own_code.trace_moment, own_code.trace_why)
}


def call(name, arguments, *buffers):
    """The reply of one of them; see worker/rpc.py."""
    return FUNCTIONS[name](arguments, *buffers)
