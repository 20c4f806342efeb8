"""What is trained on: pixels as they are, part of the images, and runs of before one could choose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kobai.errors import SettingsError
from kobai.files.checkpoint import upgraded
from kobai.settings import Settings
from kobai.training.trainer import Trainer
from support.training_runs import PARAMS, SMALL, SMALL_SETTINGS, assert_same_run, book_batches

pytestmark = pytest.mark.order_of_sums


def textbook_forward(params: dict, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """z1 and the probabilities, without a line of kobai."""
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    e = np.exp(z1 @ params["W2"] + params["b2"])
    return z1, e / e.sum(axis=1, keepdims=True)


def textbook_gradient(params: dict, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """By backpropagation, without a line of kobai; t one-hot."""
    z1, y = textbook_forward(params, x)
    da2 = (y - t) / len(x)
    da1 = (da2 @ params["W2"].T) * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ da2, "b2": da2.sum(axis=0)}


@pytest.mark.parametrize("gradient", ["backpropagation", "numerical"])
@pytest.mark.parametrize("engine", ["numpy", "fast"])
def test_pixels_as_they_are(engine, gradient):
    """One step and the accuracies after it, by textbook formulas."""
    x_train, t_train, x_test, t_test = SMALL
    common = Settings(hidden_size=5, iterations=1, gradient=gradient, engine=engine, weight_init_std=0.1)
    trainer = Trainer(replace(common, normalize=False), *SMALL)
    params = {key: value.copy() for key, value in trainer.network.params.items()}
    trainer.step()
    batch = book_batches(common, x_train, 1)[0]
    steps = textbook_gradient(params, x_train[batch].astype(float), np.eye(10)[t_train[batch]])
    for key in PARAMS:
        np.testing.assert_allclose(trainer.network.params[key], params[key] - 0.1 * steps[key], atol=1e-6)
    _, y = textbook_forward(trainer.network.params, x_test.astype(float))
    assert trainer.test_acc_list == [np.mean(y.argmax(axis=1) == t_test)]
    _, y = textbook_forward(trainer.network.params, x_train.astype(float))
    assert trainer.train_acc_list == [np.mean(y.argmax(axis=1) == t_train)]


@pytest.mark.parametrize("engine", ["numpy", "fast"])
def test_part_of_the_training_images(engine):
    """The same as if there were no others: batches, epochs, accuracies."""
    x_train, t_train, x_test, t_test = SMALL
    part = replace(SMALL_SETTINGS, train_size=500, engine=engine)
    trainer, expected = (
        Trainer(part, *SMALL),
        Trainer(part, x_train[:500], t_train[:500], x_test, t_test),
    )
    for each in (trainer, expected):
        while not each.finished:
            each.step()
    assert_same_run(trainer, expected)
    assert trainer.evaluated_at == [*range(1, 25, 2), 25]
    assert_same_run(Trainer.from_state(trainer.state(), *SMALL), trainer)


def test_more_training_images_than_there_are_means_all():
    assert SMALL_SETTINGS.train_size == 60_000
    assert len(Trainer(SMALL_SETTINGS, *SMALL).x_train) == 2500


def test_a_batch_larger_than_the_part_is_refused():
    with pytest.raises(SettingsError, match="batch_size is 100, but there are only 99 training images"):
        Trainer(Settings(train_size=99), *SMALL)


def test_a_state_of_an_earlier_version_of_the_page_continues():
    """Recorded after 12 iterations, before there were the settings normalize and train_size."""
    state = Path(__file__).with_name("data") / "training_version_1.npz"
    trainer = Trainer.from_state(upgraded(state.read_bytes()), *SMALL)
    assert trainer.settings == SMALL_SETTINGS
    assert trainer.iteration == 12
    assert upgraded(trainer.state()) == trainer.state()
    assert upgraded(b"PK") == b"PK"
    uninterrupted = Trainer(SMALL_SETTINGS, *SMALL)
    for each in (trainer, uninterrupted):
        while not each.finished:
            each.step()
    np.testing.assert_allclose(trainer.train_loss_list, uninterrupted.train_loss_list, rtol=1e-9)
    assert trainer.test_acc_list == uninterrupted.test_acc_list
