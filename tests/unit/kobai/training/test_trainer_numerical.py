"""A numerical gradient over many images: left, kept and continued within an iteration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kobai.book.fast_gradient import RunningGradient, two_layer_gradient
from kobai.book.mnist import as_inputs, one_hot
from kobai.errors import KobaiError, TrainingDivergedError
from kobai.training.trainer import Trainer
from support.training_runs import ACTIONS, SMALL, SMALL_SETTINGS, assert_same_run, changed_state, interrupted

pytestmark = pytest.mark.order_of_sums

# batches of 250 images go through the gradient as 100, 100 and 50; three iterations are an epoch and more
NUMERICAL = replace(SMALL_SETTINGS, gradient="numerical", hidden_size=2, iterations=3, train_size=500)


def begun(slices: int) -> Trainer:
    """After so many slices of the second iteration."""
    trainer = Trainer(NUMERICAL, *SMALL)
    trainer.step()
    for _ in range(slices):
        trainer.advance(0)
    return trainer


@pytest.fixture(scope="module")
def uninterrupted() -> Trainer:
    return interrupted(Trainer(NUMERICAL, *SMALL), ["step"] * NUMERICAL.iterations)


@given(st.lists(ACTIONS, max_size=12))
@settings(max_examples=40)
def test_stop_and_continue_within_an_iteration_equals_an_uninterrupted_run(uninterrupted, actions):
    assert_same_run(interrupted(Trainer(NUMERICAL, *SMALL), actions), uninterrupted)


def test_no_image_is_gone_through_twice():
    trainer = begun(2)
    loaded = Trainer.from_state(trainer.state(), *SMALL)
    assert loaded.images_done == trainer.images_done == 200
    assert loaded.advance(0) == 1


def test_the_iteration_counts_once_its_batch_is_through():
    trainer = begun(0)
    before = trainer.network.params["W1"].copy()
    seen = [(trainer.advance(0), trainer.iteration, trainer.images_done) for _ in range(2)]
    assert seen == [(0, 1, 100), (0, 1, 200)]
    np.testing.assert_array_equal(trainer.network.params["W1"], before)
    assert (trainer.advance(0), trainer.iteration, trainer.images_done) == (1, 2, 0)
    assert (trainer.network.params["W1"] != before).any()


def test_it_comes_to_a_stand_where_it_should():
    trainer = begun(1)
    assert trainer.advance(60, until=2) == 1
    assert (trainer.iteration, trainer.images_done) == (2, 0)
    assert trainer.advance(60, until=2) == 0
    assert trainer.advance(60, until=9) == 1
    assert trainer.finished


def test_the_sums_are_those_of_the_images_so_far():
    """After n of N images their mean times N / n: the gradient of these alone."""
    network = Trainer(NUMERICAL, *SMALL).network
    x, t = as_inputs(SMALL[0][:250], True), one_hot(SMALL[1][:250])
    running = RunningGradient(network.params, x, t)
    for images in (100, 200, 250):
        running.add_images()
        assert running.done == images
        expected = two_layer_gradient(network.params, x[:images], t[:images])
        for key, grad in running.mean().items():
            np.testing.assert_allclose(grad, expected[key], rtol=0, atol=1e-12)
    assert running.complete


def test_a_run_that_diverges_is_put_back_before_its_batch():
    """A bias of the largest number there is: the step of those that should grow goes beyond it."""
    trainer = Trainer(replace(NUMERICAL, learning_rate=1e300), *SMALL)
    trainer.network.params["b2"][...] = np.finfo(np.float64).max
    before = trainer.state()
    trainer.advance(0)
    trainer.advance(0)
    with pytest.raises(TrainingDivergedError, match="at iteration 1:"):
        trainer.advance(0)
    assert trainer.state() == before
    assert trainer.images_done == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"gradient_images": 0},
        {"gradient_images": -100},
        {"gradient_images": 150},
        {"gradient_images": 300},
        {"gradient_images": [100, 100]},
        {"gradient_W1": None},
        {"gradient_W1": np.zeros((20, 2))},
        {"gradient_W2": np.zeros((3, 10), dtype=np.float32)},
        {"gradient_W2": None},
    ],
    ids=str,
)
def test_a_state_whose_sums_do_not_fit_is_refused(changes):
    with pytest.raises(KobaiError, match="damaged"):
        Trainer.from_state(changed_state(begun(1), **changes), *SMALL)


def test_a_finished_or_an_evaluating_run_has_no_sums(uninterrupted):
    sums = {"gradient_images": 100, "gradient_W1": np.zeros((21, 2)), "gradient_W2": np.zeros((3, 10))}
    evaluating = Trainer(NUMERICAL, *SMALL)
    while not evaluating.evaluating:
        evaluating.advance(0)
    for trainer in (uninterrupted, evaluating):
        with pytest.raises(KobaiError, match="damaged"):
            Trainer.from_state(changed_state(trainer, **sums), *SMALL)
