"""The seven ideas of the chapter: what computes for them."""

from worker.panels.excerpts import excerpt
from worker.panels.ideas_first import IdeasFirst
from worker.panels.ideas_second import IdeasSecond


def start(session):
    """The objects whose marked functions the page may call."""
    return [IdeasFirst(session), IdeasSecond(session), excerpt]
