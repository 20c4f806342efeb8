"""Idea 1, learning from data: the same training on few and on many images."""

from kobai.lessons.generalization import BEFORE, POINTS, LearningFrom
from protocol import called_by_page

from worker.progress import tell


class Data:
    """Calls of idea 1."""

    def __init__(self, session):
        self.session = session
        self._learning = {}  # number of training images -> LearningFrom

    @called_by_page
    def learned_before(self):
        """For each number of training images what learn_from will measure: [iteration, seen, unseen]."""
        return {
            "before": [
                [size, [[point, *shares] for point, shares in zip(POINTS, measured, strict=True)]]
                for size, measured in BEFORE.items()
            ]
        }

    @called_by_page
    async def learn_from(self, size):
        """Train on so many images to the end, or until cancelled: the accuracies on the way."""
        session = self.session
        if size not in self._learning:
            images = session.x_train, session.t_train, session.x_test, session.t_test
            self._learning[size] = LearningFrom(size, *images, session.engine)
        learning = self._learning[size]
        session.jobs.begin("learn_from")
        for _piece in learning.pieces():
            iteration = learning.trainer.iteration
            await tell("learn_from", size=size, iteration=iteration, measured=learning.measured)
            if session.jobs.is_cancelled("learn_from"):
                break
        return {"done": len(learning.measured) == len(POINTS), "measured": learning.measured}
