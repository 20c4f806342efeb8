"""Small trainings that tests of the training loop share."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import strategies as st
from kobai.book.two_layer_net import TwoLayerNet
from kobai.settings import Settings
from kobai.training.trainer import Trainer

PARAMS = ("W1", "b1", "W2", "b2")


def small_images(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n images of 20 pixels whose label can be learned: the pixels 2 * label and 2 * label + 1 are bright."""
    random = np.random.RandomState(seed)
    t = random.randint(0, 10, n).astype(np.uint8)
    x = random.randint(0, 100, (n, 20)) * (random.rand(n, 20) < 0.3)
    x[np.arange(n), 2 * t] += 150
    x[np.arange(n), 2 * t + 1] += 100
    return x.astype(np.uint8), t


SMALL = (*small_images(2500, 1), *small_images(1200, 2))  # the evaluation takes 3 + 2 slices
SMALL_SETTINGS = Settings(
    hidden_size=5, batch_size=250, iterations=25, learning_rate=0.5, seed=4
)  # epochs of 10


def book_batches(settings: Settings, images: np.ndarray, steps: int) -> np.ndarray:
    """The batch_mask of each step, (steps, batch_size): what the book's np.random calls give after a seed."""
    np.random.seed(settings.seed)
    TwoLayerNet(images.shape[1], settings.hidden_size, 10, settings.weight_init_std)
    return np.array([np.random.choice(len(images), settings.batch_size) for _ in range(steps)])


def assert_same_run(a: Trainer, b: Trainer) -> None:
    """Bit for bit."""
    assert a.iteration == b.iteration
    assert a.train_loss_list == b.train_loss_list
    assert a.train_acc_list == b.train_acc_list
    assert a.test_acc_list == b.test_acc_list
    assert a.evaluated_at == b.evaluated_at
    for key in PARAMS:
        assert a.network.params[key].tobytes() == b.network.params[key].tobytes()


def interrupted(trainer: Trainer, actions: list[str]) -> Trainer:
    """Finished, after one slice or iteration at a time, whole steps, saving and loading, in this order."""
    for action in actions:
        if action == "step":
            trainer.step()
        elif action == "advance":
            trainer.advance(0)
        else:
            trainer = Trainer.from_state(trainer.state(), *SMALL)
    while not trainer.finished:
        trainer.advance(0.01)
    return trainer


ACTIONS = st.sampled_from(["step", "advance", "advance", "advance", "save"])


def changed_state(trainer: Trainer, **changes: object) -> bytes:
    with np.load(io.BytesIO(trainer.state())) as file:
        parts = {**{name: file[name] for name in file.files}, **changes}
    if isinstance(parts["settings"], str):
        parts["settings"] = np.frombuffer(parts["settings"].encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **{name: value for name, value in parts.items() if value is not None})
    return buffer.getvalue()
