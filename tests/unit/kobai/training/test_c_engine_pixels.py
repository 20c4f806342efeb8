"""The compiled engine on pixels 0 to 255 as they are, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kobai.settings import Settings
from kobai.training.trainer import Trainer
from support.engine_cases import PARAMS, cases, images_of, params_of, textbook_steps
from support.training_runs import book_batches

pytestmark = pytest.mark.order_of_sums


@given(**cases, batch_size=st.integers(1, 30), steps=st.integers(1, 4))
@settings(max_examples=75)
def test_steps_on_pixels_as_they_are_are_those_of_the_textbook(
    engine, kind, n, pixels, hidden, seed, batch_size, steps
):
    """Weights 255 times smaller give the same scores; the gradient of W1 is then 255 times larger."""
    random = np.random.RandomState(seed)
    x, t = images_of(kind, n, pixels, random), random.randint(0, 10, n).astype(np.uint8)
    params = params_of(pixels, hidden, random, scale=1 / np.sqrt(pixels + hidden))
    params["W1"] /= 255
    expected_params = {key: params[key].copy() for key in PARAMS}
    batches = random.randint(0, n, (steps, batch_size))
    losses = engine.train_steps(params, x, t, batches, 1e-5, normalize=False)
    expected = textbook_steps(expected_params, x, t, batches, 1e-5, white=1)
    np.testing.assert_allclose(losses, expected, rtol=2e-5)
    for key in PARAMS:
        np.testing.assert_allclose(params[key], expected_params[key], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 1])
def test_each_step_on_pixels_as_they_are_is_that_of_the_float64_reference(engine, mnist, seed):
    """Each from the reference's own params, for such a training is chaotic: see the next test.

    A sum of some 100 pixels up to 255 times weights up to 1 is known in float32 to 784 * 2**-24 * 255, about
    0.01, at worst, and to 1e-4 when roundings cancel as usual; the loss moves with it where units are not
    saturated, less where they are. Allowed: 1e-4 of the loss.
    """
    trainer = Trainer(Settings(seed=seed, normalize=False), *mnist)
    batches = book_batches(trainer.settings, mnist.x_train, 300)
    params = trainer.network.params
    for batch in batches:
        start = {key: params[key].copy() for key in PARAMS}
        (loss,) = engine.train_steps(start, mnist.x_train, mnist.t_train, [batch], 0.1, normalize=False)
        (expected,) = textbook_steps(params, mnist.x_train, mnist.t_train, [batch], 0.1, white=1)
        assert loss == pytest.approx(expected, rel=1e-4)
        for key in PARAMS:
            np.testing.assert_allclose(start[key], params[key], rtol=0, atol=1e-4)


def test_training_on_pixels_as_they_are_is_chaotic_yet_the_same_on_average(engine, mnist):
    """Float64 itself, begun 1e-15 beside, soon loses the way (a factor of ten a step); the average does not.

    Measured over 6 seeds and three ways of computing: the mean loss of iterations 201 to 300 is 0.65 with a
    standard deviation of 0.02, the accuracy after 1,000 iterations 0.863 with one of 0.009.
    """
    runs = []
    for error in (0, 1e-15):
        trainer = Trainer(Settings(normalize=False), *mnist)
        batches = book_batches(trainer.settings, mnist.x_train, 1000)
        params = trainer.network.params
        params["W1"] *= 1 + error
        runs.append(textbook_steps(params, mnist.x_train, mnist.t_train, batches[:300], 0.1, white=1))
    trainer = Trainer(Settings(normalize=False), *mnist)
    params = trainer.network.params
    runs.append(engine.train_steps(params, mnist.x_train, mnist.t_train, batches, 0.1, normalize=False))
    reference, beside, fast = (np.array(run[:300]) for run in runs)
    np.testing.assert_allclose(beside[:5], reference[:5], rtol=1e-9)
    assert np.max(np.abs(beside / reference - 1)) > 0.01
    for run in (reference, beside, fast):
        assert run[200:].mean() == pytest.approx(0.65, abs=0.1)
    correct = engine.count_correct(params, mnist.x_test, mnist.t_test, normalize=False)
    assert correct / 10_000 == pytest.approx(0.863, abs=0.03)
