"""The network that a training begins with: not on the shelf, for its seed makes it anew each time."""

from kobai.settings import Settings
from kobai.training.trainer import Trainer


def network(session, seed):
    """As a training with the book's settings and this seed starts from."""
    images, labels = session.x_test, session.t_test  # of the images only their size counts
    return Trainer(Settings(seed=seed), images, labels, images, labels).network


def about(seed, normalize=True):
    """What the page shows of it; see worker/networks.py."""
    return {
        "id": "fresh",
        "origin": "fresh",
        "name": None,
        "iterations": 0,
        "normalize": normalize,
        "settings": {"seed": seed},
    }
