"""The 86.52 % mystery: its trainings, apart from the one of the training panel."""

import time

from kobai.diagnosis.reference_runs import Reference
from kobai.lessons import mystery
from kobai.lessons.mystery import Experiment
from protocol import called_by_page

from worker import site_files
from worker.progress import tell

CHUNK = 0.06  # seconds between two messages to the page
FEW_IMAGES = "hidden 50, 1,000 images"  # of the reference table: a road that is only told of


def start(session):
    """The objects whose marked functions the page may call."""
    return [Mystery(session)]


class Mystery:
    """Calls of the panel of the 86.52 % mystery."""

    def __init__(self, session):
        self.session = session
        self._experiments = {}  # road -> (seed, Experiment)

    @called_by_page
    async def mystery_reference(self):
        """The memo's figure, and where the trainings of the reference table went, for the page's chart."""
        text = await site_files.read(self.session.base, "reference/training.json")
        reference = Reference.from_json(text.decode())
        roads = {road: mystery.spreads(reference, road) for road in mystery.ROADS}
        return {
            "figure": mystery.FIGURE,
            "points": mystery.POINTS,
            "seeds": len(reference.run(FEW_IMAGES).test_accuracy),
            "roads": {
                road: {"least": [each.least for each in spreads], "most": [each.most for each in spreads]}
                for road, spreads in roads.items()
            },
            "few_images": reference.accuracy_at(FEW_IMAGES, 2000),
        }

    @called_by_page
    async def follow(self, road, seed, iterations):
        """Train down a road up to so many iterations: what was found there; {} when cancelled on the way."""
        session = self.session
        if self._experiments.get(road, (None,))[0] != seed:
            images = session.x_train, session.t_train, session.x_test, session.t_test
            self._experiments[road] = (seed, Experiment(road, seed, *images, session.engine))
        followed = self._experiments[road][1]
        session.jobs.begin("mystery")
        told, last = 0, time.monotonic()
        for _piece in followed.pieces(iterations):
            if time.monotonic() - last > CHUNK:
                await self._tell(followed, told, iterations)
                told, last = len(followed.accuracy), time.monotonic()
                if session.jobs.is_cancelled("mystery"):
                    return {}
        await self._tell(followed, told, iterations)
        return followed.findings()._asdict()

    def _tell(self, followed, first, iterations):
        """The accuracies from the first-th point on; to be awaited, which lets other calls in."""
        return tell(
            "mystery",
            road=followed.road,
            first=first,
            accuracy=followed.accuracy[first:],
            iteration=followed.trainer.iteration,
            iterations=iterations,
        )
