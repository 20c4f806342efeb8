"""The trainings whose figures the browser tests compare with native ones are not chaotic.

So the order of sums, another on each processor and in WebAssembly, is not seen in what they compare.
Trainings on pixels 0 to 255 are chaotic (test_c_engine_pixels.py): of these only the first five iterations
may be compared, or what the compiled engine computes, which gives the same bits everywhere
(test_c_engine.py).
"""

from __future__ import annotations

import numpy as np
import pytest
from kobai.settings import Settings
from kobai.training.trainer import Trainer

BESIDE = 1e-12  # of each weight: thousands of times what the order of a sum changes
SHOWN = 1e-4  # what the browser tests tell apart


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"iterations": 3000},
        {"iterations": 201, "seed": 3, "train_size": 1000},
        {"iterations": 60, "hidden_size": 10},
        {"iterations": 5, "normalize": False},
    ],
    ids=str,
)
def test_a_training_begun_beside_another_stays_beside_it(mnist, settings):
    runs = []
    for error in (0, BESIDE):
        trainer = Trainer(Settings(**settings), *mnist, evaluate=False)  # the accuracies are not at issue
        trainer.network.params["W1"] *= 1 + error
        while not trainer.finished:
            trainer.advance(60)
        runs.append(trainer)
    losses, beside = (run.train_loss_list for run in runs)
    assert len(losses) == settings["iterations"]
    assert losses != beside
    np.testing.assert_allclose(beside, losses, rtol=0, atol=SHOWN / 100)
    for key, value in runs[0].network.params.items():
        np.testing.assert_allclose(runs[1].network.params[key], value, rtol=0, atol=SHOWN / 100)
