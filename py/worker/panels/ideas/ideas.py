"""The seven ideas of the chapter: what computes for each, in a module of the idea's name."""

from worker.panels.ideas.batches import Batches
from worker.panels.ideas.data import Data
from worker.panels.ideas.derivative import Derivative
from worker.panels.ideas.descent import Descent
from worker.panels.ideas.excerpts import excerpt
from worker.panels.ideas.gradient import Gradient
from worker.panels.ideas.loss import Loss
from worker.panels.ideas.step import Step

IDEAS = (Data, Loss, Derivative, Gradient, Descent, Batches, Step)


def start(session):
    """The objects whose marked functions the page may call."""
    return [*(idea(session) for idea in IDEAS), excerpt]
