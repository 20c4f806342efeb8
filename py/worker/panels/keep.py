"""Save, open and keep: what computes for it, beside the networks themselves (worker/networks.py)."""

from worker.panels.backup import Backup
from worker.storage.unreadable import Aside


def start(session):
    """The objects whose marked functions the page may call."""
    return [Backup(session), Aside(session.store)]
