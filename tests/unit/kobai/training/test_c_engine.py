"""The compiled engine against NumPy: the two products, whole steps, counts, and what it refuses."""

from __future__ import annotations

import ctypes.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kobai.settings import Settings
from kobai.training import c_engine as engine_module
from kobai.training.c_engine import Engine, EngineError, load
from kobai.training.trainer import Trainer
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder
from support.engine_cases import PARAMS, cases, images_of, params_of, textbook_steps
from support.training_runs import book_batches

ROOT = Path(__file__).resolve().parents[4]
EPSILON = float(np.finfo(np.float32).eps)


def assert_close_sums(found, expected, sum_of_magnitudes, terms: int) -> None:
    """Within what adding `terms` numbers and rounding each product in float32 can lose."""
    bound = (terms + 4) * EPSILON * sum_of_magnitudes + 1e-30
    assert np.all(np.abs(found - expected) <= bound)


# --- the two products ---


@given(**cases)
@settings(max_examples=150)
def test_first_layer_is_the_product_of_numpy(engine, kind, n, pixels, hidden, seed):
    random = np.random.RandomState(seed)
    images, params = images_of(kind, n, pixels, random), params_of(pixels, hidden, random)
    x, W1, b1 = images / 255, params["W1"], params["b1"]
    a1 = engine.first_layer(images, W1, b1)
    assert a1.shape == (n, hidden)
    assert a1.dtype == np.float64
    assert_close_sums(a1, x @ W1 + b1, x @ np.abs(W1) + np.abs(b1), pixels)


@given(**cases, learning_rate=st.sampled_from([0.1, 1.0, 1e-9]))
@settings(max_examples=150)
def test_subtract_outer_is_the_update_of_numpy(engine, kind, n, pixels, hidden, seed, learning_rate):
    random = np.random.RandomState(seed)
    images, W1, da1 = (
        images_of(kind, n, pixels, random),
        random.randn(pixels, hidden),
        random.randn(n, hidden),
    )
    before = W1.copy()
    engine.subtract_outer(W1, images, da1, learning_rate)
    x = images / 255
    # the difference is taken in float64: even steps far below float32's resolution count
    expected, magnitudes = learning_rate * (x.T @ da1), learning_rate * (x.T @ np.abs(da1))
    assert_close_sums(before - W1, expected, magnitudes + np.abs(before) * 1e-8, n)
    unused = ~images.any(axis=0)
    assert W1[unused].tobytes() == before[unused].tobytes()


# --- whole steps ---


@given(**cases, batch_size=st.integers(1, 30), steps=st.integers(1, 4))
@settings(max_examples=150)
def test_steps_are_those_of_the_textbook(engine, kind, n, pixels, hidden, seed, batch_size, steps):
    random = np.random.RandomState(seed)
    x, t = images_of(kind, n, pixels, random), random.randint(0, 10, n).astype(np.uint8)
    params = params_of(pixels, hidden, random, scale=1 / np.sqrt(pixels + hidden))
    expected_params = {key: params[key].copy() for key in PARAMS}
    batches = random.randint(0, n, (steps, batch_size))
    batches[0, 0], batches[-1, -1] = 0, n - 1  # the ends; with few images there are repetitions, too
    losses = engine.train_steps(params, x, t, batches, 0.1)
    expected = textbook_steps(expected_params, x, t, batches, 0.1)
    np.testing.assert_allclose(losses, expected, rtol=2e-5)
    for key in PARAMS:
        np.testing.assert_allclose(params[key], expected_params[key], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("score", "expected"), [(60.0, -np.log(1 + 1e-7)), (-60.0, -np.log(1e-7))])
def test_the_loss_of_a_certain_answer(engine, score, expected):
    """Label 0 with the score 60 above or below the rest, from biases alone: closed forms."""
    params = {"W1": np.zeros((4, 3)), "b1": np.zeros(3), "W2": np.zeros((3, 10)), "b2": np.zeros(10)}
    params["b2"][0] = score
    x, t = np.zeros((1, 4), np.uint8), np.zeros(1, np.uint8)
    losses = engine.train_steps(params, x, t, [[0]], 1e-12)
    np.testing.assert_allclose(losses, [expected], rtol=1e-9)


def small_run(hidden: int = 7) -> tuple[dict, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.RandomState(hidden)
    x, t = images_of("sparse", 50, 30, random), random.randint(0, 10, 50).astype(np.uint8)
    return params_of(30, hidden, random), x, t, random.randint(0, 50, (20, 8))


@pytest.mark.parametrize("chunk", [1, 3, 19])
def test_chunks_change_nothing(engine, chunk):
    """Bit for bit: a run that stops anywhere, and is saved as float64, continues as if it had not."""
    params, x, t, batches = small_run()
    whole = {key: params[key].copy() for key in PARAMS}
    losses = engine.train_steps(whole, x, t, batches, 0.5)
    parts = [engine.train_steps(params, x, t, batches[i : i + chunk], 0.5) for i in range(0, 20, chunk)]
    assert np.concatenate(parts).tobytes() == losses.tobytes()
    for key in PARAMS:
        assert params[key].tobytes() == whole[key].tobytes()


def test_batches_may_be_a_list_of_masks(engine):
    params, x, t, batches = small_run()
    other = {key: params[key].copy() for key in PARAMS}
    losses = engine.train_steps(params, x, t, batches, 0.1)
    assert engine.train_steps(other, x, t, list(batches), 0.1).tobytes() == losses.tobytes()


def test_choosing_many_batches_at_once_gives_the_books_batches():
    """What a caller of train_steps relies on to draw the batches of many steps."""
    one, many = np.random.RandomState(3), np.random.RandomState(3)
    singly = np.array([one.choice(60_000, 100) for _ in range(50)])
    assert np.array_equal(many.choice(60_000, (50, 100)), singly)
    assert one.randint(2**31) == many.randint(2**31)


@pytest.mark.parametrize("param", PARAMS)
def test_a_step_that_float32_cannot_hold_is_not_done(engine, param):
    params, x, t, batches = small_run()
    x[:] = 255  # no pixel is zero, so every param counts
    params[param].flat[-1] = 1e39  # finite in float64 only
    before = {key: params[key].copy() for key in PARAMS}
    assert engine.train_steps(params, x, t, batches, 0.1).size == 0
    for key in PARAMS:
        assert params[key].tobytes() == before[key].tobytes()


def test_a_step_that_diverges_is_undone_and_those_before_it_are_kept(engine):
    """The fourth batch is the first with a bright image, whose scores, 7 * 3e38, are beyond float32."""
    params = {
        "W1": np.zeros((5, 7)),
        "b1": np.full(7, -100.0),
        "W2": np.full((7, 10), 3e38),
        "b2": np.zeros(10),
    }
    params["W1"][0] = 200
    start = {key: params[key].copy() for key in PARAMS}
    x, t = np.zeros((4, 5), np.uint8), np.arange(4, dtype=np.uint8)
    x[3, 0] = 255
    batches = np.array([[0, 1], [2, 0], [1, 1], [1, 3], [0, 0]])
    losses = engine.train_steps(params, x, t, batches, 0.1)
    assert len(losses) == 3
    assert np.isfinite(losses).all()
    assert engine.train_steps(start, x, t, batches[:3], 0.1).tobytes() == losses.tobytes()
    for key in PARAMS:
        assert params[key].tobytes() == start[key].tobytes()


# --- MNIST ---


def train(engine: Engine, mnist, seed: int, iterations: int) -> tuple[Trainer, np.ndarray]:
    trainer = Trainer(Settings(seed=seed), *mnist)
    batches = book_batches(trainer.settings, mnist.x_train, iterations)
    losses = engine.train_steps(trainer.network.params, mnist.x_train, mnist.t_train, batches, 0.1)
    return trainer, losses


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_the_loss_history_is_the_float64_reference_within_a_ten_thousandth(engine, mnist, seed):
    trainer, losses = train(engine, mnist, seed, 1000)
    reference = Trainer(Settings(seed=seed), *mnist)
    batches = book_batches(reference.settings, mnist.x_train, 1000)
    expected = textbook_steps(reference.network.params, mnist.x_train, mnist.t_train, batches, 0.1)
    np.testing.assert_allclose(losses, expected, rtol=1e-4)


# Test accuracy after 10,000 iterations with the book's settings, by kobai.training.trainer.Trainer in float64
@pytest.mark.slow
@pytest.mark.parametrize(("seed", "expected"), [(0, 0.9468), (1, 0.9445), (2, 0.9461)])
def test_the_accuracy_after_ten_thousand_iterations(engine, mnist, seed, expected):
    trainer, losses = train(engine, mnist, seed, 10_000)
    assert len(losses) == 10_000
    correct = engine.count_correct(trainer.network.params, mnist.x_test, mnist.t_test)
    assert abs(correct / 10_000 - expected) <= 0.002


def test_the_same_bits_on_every_machine(engine, mnist):
    """The loss of iteration 1,000, seed 0: recorded on x86-64, and from the WebAssembly module in Node."""
    _, losses = train(engine, mnist, 0, 1000)
    assert float(losses[-1]).hex() == "0x1.98691053c0c77p-2"


# --- counting ---


@given(**cases, normalize=st.booleans())
@settings(max_examples=100)
def test_count_correct_is_the_count_of_numpy(engine, kind, n, pixels, hidden, seed, normalize):
    random = np.random.RandomState(seed)
    images, labels = images_of(kind, n, pixels, random), random.randint(0, 10, n).astype(np.uint8)
    params = params_of(pixels, hidden, random)
    white = 255 if normalize else 1
    params["W1"] *= white / 255  # the same scores either way
    z1 = 1 / (1 + np.exp(-(images / white @ params["W1"] + params["b1"])))
    a2 = z1 @ params["W2"] + params["b2"]
    first, second = np.sort(a2, axis=1)[:, :-3:-1].T
    clear = first - second > 1e-4  # the others may go either way in float32
    sure = int(np.sum((a2.argmax(axis=1) == labels) & clear))
    assert sure <= engine.count_correct(params, images, labels, normalize) <= sure + np.sum(~clear)


def test_of_equal_scores_the_first_class_is_the_answer_as_in_numpy(engine):
    params = {"W1": np.ones((2, 2)), "b1": np.zeros(2), "W2": np.zeros((2, 10)), "b2": np.zeros(10)}
    images, labels = np.zeros((3, 2), np.uint8), np.array([0, 0, 9], np.uint8)
    assert engine.count_correct(params, images, labels) == 2


def test_scores_that_float32_cannot_hold_are_not_counted(engine):
    params, x, t, _ = small_run()
    params["W2"][0, 3] = 1e39
    with pytest.raises(OverflowError):
        engine.count_correct(params, x, t)


# --- what is refused, by the name of the argument, before anything is computed ---


def steps_with(**changes):
    """A call of train_steps with one thing wrong."""

    def call(engine):
        params, x, t, batches = small_run()
        given = {"x_train": x, "t_train": t, "batch_masks": batches}
        for key, value in changes.items():
            given[key] = value(given[key]) if callable(value) else value
        for key in PARAMS:
            if key in given:
                params[key] = given.pop(key)
        before = {key: value.copy() for key, value in params.items()}
        try:
            engine.train_steps(params, given["x_train"], given["t_train"], given["batch_masks"], 0.1)
        finally:
            for key, value in before.items():
                assert np.array_equal(params[key], value)

    return call


def frozen(shape: tuple[int, ...]) -> np.ndarray:
    array = np.zeros(shape)
    array.flags.writeable = False
    return array


def misaligned(shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    return np.zeros(8 * size + 1, np.uint8)[1:].view(np.float64).reshape(shape)


SHARED = np.zeros(30 * 7)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (steps_with(x_train=lambda x: x.astype(np.float32)), "x_train"),
        (steps_with(x_train=lambda x: x.astype(np.int8)), "x_train"),
        (steps_with(x_train=lambda x: x[:, :29]), "x_train"),
        (steps_with(x_train=lambda x: np.asfortranarray(x)), "x_train"),
        (steps_with(x_train=lambda x: x[::2], t_train=lambda t: t[::2].copy()), "x_train"),
        (steps_with(x_train=lambda x: x[0]), "x_train"),
        (steps_with(x_train=lambda x: x[:0], t_train=lambda t: t[:0]), "x_train"),
        (steps_with(x_train=lambda x: x.tolist()), "x_train"),
        (steps_with(t_train=lambda t: t[:-1]), "t_train"),
        (steps_with(t_train=lambda t: t.astype(np.int64)), "t_train"),
        (steps_with(t_train=lambda t: np.full_like(t, 10)), "t_train"),
        (steps_with(t_train=lambda t: np.eye(10)[t]), "t_train"),
        (steps_with(batch_masks=[[0, 50]]), "batch_masks"),
        (steps_with(batch_masks=[[-1, 0]]), "batch_masks"),
        (steps_with(batch_masks=[[2**40]]), "batch_masks"),
        (steps_with(batch_masks=[0, 1]), "batch_masks"),
        (steps_with(batch_masks=[[0.0, 1.0]]), "batch_masks"),
        (steps_with(batch_masks=np.zeros((0, 8), int)), "batch_masks"),
        (steps_with(batch_masks=np.zeros((3, 0), int)), "batch_masks"),
        (steps_with(batch_masks=[[True, False]]), "batch_masks"),
        (steps_with(W1=np.zeros((30, 6))), "b1"),
        (steps_with(W1=np.zeros((30, 7), np.float32)), "W1"),
        (steps_with(W1=np.zeros((30, 14))[:, ::2]), "W1"),
        (steps_with(W1=frozen((30, 7))), "W1"),
        (steps_with(W1=misaligned((30, 7))), "W1"),
        (steps_with(W1=np.zeros((30, 7), ">f8")), "W1"),
        (steps_with(W1=SHARED.reshape(30, 7), b1=SHARED[:7]), "W1 and b1"),
        (steps_with(b1=np.zeros((1, 7))), "b1"),
        (steps_with(W2=np.zeros((7, 11))), "W2"),
        (steps_with(W2=np.zeros((8, 10))), "W2"),
        (steps_with(b2=np.zeros(9)), "b2"),
        (lambda e: e.train_steps({"W1": np.zeros((3, 3))}, *small_run()[1:], 0.1), "b1"),
        (lambda e: e.first_layer(np.zeros((2, 3), np.uint8), np.zeros((4, 5)), np.zeros(5)), "images"),
        (lambda e: e.first_layer(np.zeros((2, 3)), np.zeros((3, 5)), np.zeros(5)), "images"),
        (lambda e: e.first_layer(np.zeros((2, 3), np.uint8), np.zeros((3, 5)), np.zeros(4)), "b1"),
        (lambda e: e.first_layer(np.zeros((2, 3), np.uint8), np.zeros((3, 0)), np.zeros(0)), "W1"),
        (lambda e: e.subtract_outer(frozen((3, 5)), np.zeros((2, 3), np.uint8), np.zeros((2, 5)), 1), "W1"),
        (lambda e: e.subtract_outer(np.ones((3, 5)), np.zeros((2, 3), np.uint8), np.ones((2, 4)), 1), "da1"),
        (lambda e: e.subtract_outer(np.ones((3, 5)), small_run()[1][:0, :3], np.ones((0, 5)), 1), "images"),
        (lambda e: e.count_correct(small_run()[0], small_run()[1], np.zeros(49, np.uint8)), "labels"),
        (lambda e: e.count_correct(small_run()[0], small_run()[1], np.full(50, 11, np.uint8)), "labels"),
        (lambda e: e.count_correct(small_run()[0], small_run()[1][:, 1:], np.zeros(50, np.uint8)), "images"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_and_nothing_changes(engine, call, named):
    with pytest.raises(ValueError, match=rf"\b{named}\b"):
        call(engine)


# --- loading ---


def test_a_file_that_is_no_engine_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "text.so").write_text("not a library")
    for path in (tmp_path / "text.so", tmp_path / "missing.so", ctypes.util.find_library("m")):
        with pytest.raises(
            EngineError, match=r"^The fast engine cannot be loaded here, so NumPy computes instead"
        ):
            load(path)


def test_an_engine_of_another_version_is_refused(engine, monkeypatch):
    path = compile_engine.compile_native(Project(ROOT), Cache(user_cache_folder()))
    monkeypatch.setattr(engine_module, "INTERFACE", 99)
    with pytest.raises(EngineError, match="not 99"):
        load(path)
