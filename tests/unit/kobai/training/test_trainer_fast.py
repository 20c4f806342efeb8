"""Training by an engine: the same run as NumPy's, however it is cut into pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kobai.errors import TrainingDivergedError
from kobai.settings import Settings
from kobai.training.evaluation import evaluate
from kobai.training.numpy_engine import NumpyEngine
from kobai.training.trainer import Trainer
from support.training_runs import SMALL, SMALL_SETTINGS, assert_same_run

pytestmark = pytest.mark.order_of_sums

FAST = replace(SMALL_SETTINGS, engine="fast")


class LimitedEngine(NumpyEngine):
    """Gives up after `limit` steps in all, as one beyond float32's range does, and then goes on."""

    def __init__(self, limit):
        self.left = limit

    def train_steps(self, params, x_train, t_train, batch_masks, *settings):
        steps = min(len(batch_masks), self.left)
        self.left -= steps
        if steps < len(batch_masks):
            self.left = 10_000
        return super().train_steps(params, x_train, t_train, batch_masks[:steps], *settings)

    def count_correct(self, *arguments):
        raise OverflowError


def finished(trainer, seconds=0.001):
    while not trainer.finished:
        trainer.advance(seconds)
    return trainer


@pytest.fixture(scope="module")
def reference():
    return finished(Trainer(SMALL_SETTINGS, *SMALL))


def assert_equal_run(a, b):
    np.testing.assert_allclose(a.train_loss_list, b.train_loss_list, rtol=1e-9)
    assert a.train_acc_list == b.train_acc_list
    assert a.test_acc_list == b.test_acc_list
    assert a.evaluated_at == b.evaluated_at


def test_the_fallback_engine_trains_as_numpy_does(reference):
    assert_equal_run(finished(Trainer(FAST, *SMALL)), reference)


def test_the_books_network_on_mnist_gives_the_books_losses(mnist):
    # the accuracies over 70,000 images are not at issue here
    numpy = Trainer(Settings(iterations=40), *mnist, evaluate=False)
    fast = Trainer(Settings(iterations=40, engine="fast"), *mnist, evaluate=False)
    for trainer in (numpy, fast):
        for until in range(7, 48, 7):
            trainer.advance(60, until)
    np.testing.assert_allclose(fast.train_loss_list, numpy.train_loss_list, rtol=1e-9)


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(1, 8), max_size=6))
def test_stopping_saving_and_continuing_is_the_uninterrupted_run(cuts):
    whole = Trainer(FAST, *SMALL)
    while not whole.finished:
        whole.step()
    trainer = Trainer(FAST, *SMALL)
    for cut in cuts:
        trainer.advance(60, trainer.iteration + cut)
        trainer = Trainer.from_state(trainer.state(), *SMALL)
    assert_same_run(finished(trainer), whole)


@pytest.mark.parametrize("limit", [0, 1, 9, 10, 11, 24])
def test_a_step_beyond_float32_is_left_to_numpy(reference, limit):
    trainer = finished(Trainer(FAST, *SMALL, engine=LimitedEngine(limit)))
    assert_equal_run(trainer, reference)


def test_divergence_is_told_with_the_iteration_and_undone():
    diverging = replace(FAST, weight_init_std=0.0, learning_rate=1e300)
    trainer = Trainer(diverging, *SMALL, engine=LimitedEngine(0))
    with pytest.raises(TrainingDivergedError, match="iteration 2"):
        finished(trainer)
    assert trainer.iteration == 1
    assert all(np.isfinite(array).all() for array in trainer.network.params.values())


def test_numerical_gradient_is_never_left_to_an_engine(reference):
    few = {"iterations": 3, "gradient": "numerical"}
    fast = finished(Trainer(replace(FAST, **few), *SMALL, engine=LimitedEngine(0)))
    numpy = finished(Trainer(replace(SMALL_SETTINGS, **few), *SMALL))
    assert fast.train_loss_list == numpy.train_loss_list


@pytest.mark.parametrize("engine", [None, NumpyEngine(), LimitedEngine(0)])
def test_an_engine_counts_what_numpy_counts(reference, engine):
    network, (x, t) = reference.network, SMALL[2:]
    expected = int(np.sum(np.argmax(network.predict(x / 255), axis=1) == t))
    assert list(evaluate(network, x, t, 500, engine))[-1] == (len(x), expected)
