"""What the tests of the check-up share: the reference table, networks of known causes, and measuring one."""

from __future__ import annotations

from pathlib import Path

import pytest
from kobai.diagnosis.derived import History
from kobai.diagnosis.diagnose import Checkup, diagnose
from kobai.diagnosis.measurements import Measurements
from kobai.diagnosis.reference_runs import Reference
from support.known_causes import Made, Maker

TABLE = Path(__file__).resolve().parents[4] / "static" / "reference" / "training.json"


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference.from_json(TABLE.read_text(encoding="ascii"))


@pytest.fixture(scope="session")
def maker(mnist, engine) -> Maker:
    return Maker(mnist, engine)


@pytest.fixture(scope="session")
def measured(mnist, reference):
    """Measures a network on the first test images, all pieces done."""

    def measure(network, normalize: bool = True, images: int = 10_000, train=None) -> Measurements:
        test = mnist.x_test[:images], mnist.t_test[:images]
        measurements = Measurements(network, *test, reference.still, normalize, train)
        parts = list(measurements.pieces())
        assert parts == sorted(parts)
        assert parts[-1] == 1
        return measurements

    return measure


@pytest.fixture(scope="session")
def check_up(mnist, measured, reference):
    """Checks a made network; by its history, too, if that is to be told."""

    def check(made: Made, told: bool = False, normalize: bool = True, train: bool = False) -> Checkup:
        known = (mnist.x_train, mnist.t_train) if train else None
        history = History(made.settings["iterations"], made.settings, made.losses) if told else None
        return diagnose(measured(made.network, normalize, train=known), reference, history)

    return check
