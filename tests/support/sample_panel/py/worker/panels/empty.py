"""An image without a digit."""

import numpy as np
from protocol import called_by_page


def start(session):
    return [Empty(session)]


class Empty:
    def __init__(self, session):
        self.session = session

    @called_by_page
    def empty_image(self):
        """The most probable digit of an image that is all 0, and its probability."""
        networks = self.session.networks
        y = networks.answer(networks.current, np.zeros((1, 784), np.uint8))
        return {"digit": int(np.argmax(y)), "probability": max(y)}
