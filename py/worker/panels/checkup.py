"""The check-up of the network in use: measured in slices, so that a stop gets in between."""

import dataclasses

import numpy as np
from kobai.diagnosis.derived import History
from kobai.diagnosis.diagnose import diagnose
from kobai.diagnosis.measurements import Measurements
from kobai.diagnosis.reference_runs import Reference
from kobai.diagnosis.report import TITLES
from protocol import called_by_page

from worker import site_files
from worker.progress import tell

TABLE = "reference/training.json"


def start(session):
    """The objects whose marked functions the page may call."""
    return [Checkup(session)]


class Checkup:
    """Calls of the check-up panel."""

    def __init__(self, session):
        self.session = session
        self.reference = None

    @called_by_page
    async def check_up(self):
        """What the check-up says of the network in use, and the reference's curve; {} when cancelled."""
        self.session.jobs.begin("checkup")
        session, key = self.session, self.session.networks.current
        if self.reference is None:
            self.reference = Reference.from_json((await site_files.read(session.base, TABLE)).decode())
        about, history = dict(session.networks.about(key)), self._history(key)
        train = (session.x_train, session.t_train) if hasattr(session, "x_train") else None
        evidence = Measurements(
            session.networks.network(key),
            session.x_test,
            session.t_test,
            self.reference.still,
            about["normalize"],
            train,
        )
        for part in evidence.pieces():
            await tell("checkup", part=part)
            if self.session.jobs.is_cancelled("checkup"):
                return {}
        found = diagnose(evidence, self.reference, history)
        return {
            "about": about,
            "curve": [[iteration, *spread] for iteration, spread in self.reference.curve(found.book)],
            "units": int(self.reference.run(found.book).settings["hidden_size"]),
            "seeds": len(self.reference.run(found.book).test_accuracy),
            "titles": TITLES,
            **dataclasses.asdict(found),
        }

    def _history(self, key):
        """What is known of the training: all of the run in progress, stretches of an earlier one's losses."""
        networks = self.session.networks
        about = networks.about(key)
        if key == "trained":
            losses = self.session.run.trainer.train_loss_list
        else:
            kept = networks.history(key)
            ends = [0, *kept["iterations"]] if kept else [0]
            losses = np.repeat(kept["losses"], np.diff(ends)).tolist() if kept else None
        return History(about["iterations"], about["settings"], losses)
