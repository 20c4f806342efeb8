"""Save, open and keep: its parts are started here."""

from panels.keep import backup, opening, saving, shelf, unreadable


def start():
    """Connect its controls; called once, before Python runs."""
    for part in (unreadable, shelf, saving, opening, backup):
        part.start()


def worker_is_ready():
    """Python runs, or runs again: what needs it can be used."""
    saving.show()
    for part in (unreadable, backup, opening):
        part.worker_is_ready()
