"""What the page (MicroPython) and its worker (CPython in Pyodide) say to each other; both import this module.

The page calls functions of the worker. One that it may call is marked `called_by_page` where it is defined;
its arguments are JSON and buffers, its answer is a dict, or a dict and typed arrays. A long one sends
messages on its way, each of a kind of PROGRESS, and ends early after `cancel(job)`, for a job of JOBS.
docs/protocol.md lists all of it, and tests/unit/test_protocol.py compares.
"""

PROGRESS = {
    "training": "the run has gone on: its state, its answer to the chosen image; beside it the new losses",
    "measure": "test images answered so far, and how many of them rightly",
    "kept": "another tab has changed what is kept in this browser",
    "aside": "a record that cannot be read was set aside",
    "compare": "part of both networks' answers to the test images that is there",
    "units": "part of the survey of the hidden units that is done",
    "checkup": "part of the check-up that is done",
    "gradients": "part of the gradient check that is done",
    "mystery": "new accuracies of a training of the 86.52 % mystery",
    "learn_from": "accuracies so far of a training on few images",
    "weights": "part of the loss over two weights that is computed",
    "valley": "part of the loss around a training that is computed",
    "tremble": "part of the gradients of mini-batches that is computed",
    "whole": "part of the gradient of all training images that is computed",
}
# What `cancel` ends; named as the messages of each
JOBS = ("checkup", "gradients", "mystery", "learn_from", "whole")


def called_by_page(function):
    """Mark a function of the worker as one that the page may call, by its name."""
    function.is_called_by_page = True
    return function


def marked(owner):
    """The functions of an object, or the function itself, that are marked, in the order of their names."""
    if getattr(owner, "is_called_by_page", False):
        return [owner]
    members = [getattr(owner, name) for name in sorted(dir(type(owner)))]
    return [member for member in members if getattr(member, "is_called_by_page", False)]
