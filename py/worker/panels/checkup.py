"""The check-up of the network in use: measured in slices, so that a stop gets in between."""

import dataclasses
import json

import numpy as np
from kobai.diagnosis.derived import History
from kobai.diagnosis.diagnose import diagnose
from kobai.diagnosis.measurements import Measurements
from kobai.diagnosis.reference_runs import Reference
from kobai.diagnosis.report import TITLES
from pyscript import sync

from worker import site_files

TABLE = "reference/training.json"


class Checkup:
    def __init__(self, session):
        self.session = session
        self.reference = None
        self.running = False

    async def check_up(self):
        """What the check-up says of the network in use, and the reference's curve; {} when stopped."""
        self.running = True
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
            await sync.on_progress(json.dumps({"kind": "checkup", "part": part}))  # lets a stop in
            if not self.running:
                return {}
        self.running = False
        found = diagnose(evidence, self.reference, history)
        return {
            "about": about,
            "curve": [[iteration, *spread] for iteration, spread in self.reference.curve(found.book)],
            "units": int(self.reference.run(found.book).settings["hidden_size"]),
            "seeds": len(self.reference.run(found.book).test_accuracy),
            "titles": TITLES,
            **dataclasses.asdict(found),
        }

    def stop_check_up(self):
        self.running = False
        return {}

    def _history(self, key):
        """What is known of the training: all of the run in progress, stretches of an earlier one's losses."""
        networks = self.session.networks
        about = networks.about(key)
        if key == "trained":
            losses = list(self.session.trainer.train_loss_list)
        else:
            kept = networks.history(key)
            ends = [0, *kept["iterations"]] if kept else [0]
            losses = np.repeat(kept["losses"], np.diff(ends)).tolist() if kept else None
        return History(about["iterations"], about["settings"], losses)
