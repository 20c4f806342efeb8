"""The test images, the answers of the network in use, and its accuracy on all of them."""

import numpy as np
from protocol import called_by_page

from worker import progress
from worker.answers import right


def start(session):
    """The objects whose marked functions the page may call."""
    return [Look(session)]


class Look:
    """Calls of the panel of test images."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    async def gallery(self, answer, digit, start, count):
        """A page of the test images that fit the filters (answer: "all", "right" or "wrong")."""
        session, networks = self.session, self.session.networks
        fits = np.ones(len(session.x_test), dtype=bool)
        if digit is not None:
            fits &= session.t_test == digit
        if answer != "all":
            y = await networks.answers(networks.current)
            fits &= (y.argmax(axis=1) == session.t_test) == (answer == "right")
        return session.page_of(np.flatnonzero(fits), start, count)

    @called_by_page
    def look(self, index):
        """A test image, and the probabilities of the network in use; it is the chosen one from now on."""
        session = self.session
        session.chosen = index
        return {**session.image(index), "probabilities": session.probabilities(session.networks.current)}

    @called_by_page
    async def measure(self):
        """The accuracy of the network in use on all test images."""
        networks, total = self.session.networks, len(self.session.x_test)
        key = networks.current

        def tell(done, correct):
            return progress.tell("measure", done=done, correct=correct, all=total)

        y = await networks.answers(key, tell)
        correct = right(y, self.session.t_test)
        return {"network": key, "correct": correct, "all": total, "accuracy": correct / total}
