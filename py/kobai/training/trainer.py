"""The training loop of chapter 4 (`ch04/train_neuralnet.py` in the book's repository), as an object.

It can be stepped, paused, saved and continued; however it is interrupted, the numbers are those of one
uninterrupted run.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..book.fast_gradient import IMAGES_AT_ONCE, RunningGradient
from ..book.functions import Array
from ..book.mnist import CLASSES, as_inputs, one_hot
from ..book.training_step import numerical_step, training_step
from ..book.two_layer_net import TwoLayerNet
from ..errors import KobaiError, SettingsError, TrainingDivergedError
from ..files.checkpoint import damaged_state, dump_state, load_state, whole_number
from ..settings import Settings
from .array_checks import check_images, finite_copy, float64_copy
from .evaluation import StepEngine, evaluate
from .loss_list import LossList
from .numpy_engine import NumpyEngine

MOST_STEPS = 1000  # in one call of the engine
CALL = 0.02  # seconds of one call of the engine: the longest delay of a pause
PARAMS = ("W1", "b1", "W2", "b2")
RANDOM_KEYS = 624  # of MT19937


class Trainer:
    """One training run.

    x_train, x_test: uint8 (N, 784), of which the first settings.train_size of x_train are trained on.
    t_train, t_test: labels, uint8 (N,). After i iterations, train_loss_list (a LossList) has i losses, each
    taken on its batch after the update; train_acc_list and test_acc_list have one accuracy per epoch, the
    first after the first iteration. Raises DatasetError or SettingsError when the arrays do not fit each
    other or the batch size. `engine` does the steps when the settings ask for "fast" and for
    backpropagation; without one, `NumpyEngine` does. evaluate: without it there are no accuracies; with an
    epoch of few iterations they take longer than the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        x_train: Array,
        t_train: Array,
        x_test: Array,
        t_test: Array,
        engine: StepEngine | None = None,
        evaluate: bool = True,
    ) -> None:
        """Check the images, and draw the first weights with settings.seed.

        The state of np.random, which the caller may use, stays as it is.
        """
        check_images("training", x_train, t_train)
        check_images("test", x_test, t_test)
        x_train, t_train = x_train[: settings.train_size], t_train[: settings.train_size]
        if settings.batch_size > len(x_train):
            raise SettingsError(
                "batch_size", "batch_size is {batch_size}, but there are only {count} training images.",
                batch_size=settings.batch_size, count=len(x_train),
            )  # fmt: skip
        self.settings, self._evaluates = settings, evaluate
        self.x_train, self.t_train, self.x_test, self.t_test = x_train, t_train, x_test, t_test
        self.iter_per_epoch = max(len(x_train) / settings.batch_size, 1)
        self.train_loss_list = LossList()
        self.train_acc_list: list[float] = []
        self.test_acc_list: list[float] = []
        self.evaluated_at: list[int] = []  # after how many iterations each of these accuracies was measured
        self._evaluation: Iterator[None] | None = None
        self._underway: _Underway | None = None
        fast = settings.engine == "fast" and settings.gradient == "backpropagation"
        self._engine = (engine or NumpyEngine()) if fast else None
        self._pace = 1  # steps in one call of the engine

        callers_state = np.random.get_state()
        try:  # the very numbers that the book's np.random calls give after np.random.seed
            np.random.seed(settings.seed)
            self.network = TwoLayerNet(
                x_train.shape[1], settings.hidden_size, CLASSES, settings.weight_init_std
            )
            self._random = np.random.RandomState()
            self._random.set_state(np.random.get_state())
        finally:
            np.random.set_state(callers_state)

    @property
    def iteration(self) -> int:
        """How many iterations are done."""
        return len(self.train_loss_list)

    @property
    def epoch(self) -> float:
        """How many times as many images as the training set has were used."""
        return self.iteration / self.iter_per_epoch

    @property
    def evaluating(self) -> bool:
        """Whether accuracies are due that are not complete yet."""
        return self._evaluation is not None

    @property
    def images_done(self) -> int:
        """How many images of its batch the numerical gradient has gone through; 0 between two iterations."""
        return self._underway.gradient.done if self._underway else 0

    @property
    def finished(self) -> bool:
        """Whether all iterations and evaluations are done."""
        return self.iteration >= self.settings.iterations and not self.evaluating

    def extend(self, iterations: int) -> None:
        """Change how many iterations the run has. SettingsError when more are done already."""
        settings = replace(self.settings, iterations=iterations)
        if settings.iterations < self.iteration:
            raise SettingsError(
                "iterations", "{done} iterations are done already; the number of iterations cannot be less.",
                done=self.iteration,
            )  # fmt: skip
        self.settings = settings

    def step(self) -> None:
        """Do one iteration and the evaluation due before or after it; nothing when finished.

        TrainingDivergedError when the loss is no longer finite; the state is then the one before this
        iteration.
        """
        self._finish_evaluation()
        if not self.finished:
            self._iterate_many(1)
            self._finish_evaluation()

    def advance(self, seconds: float, until: int | None = None) -> int:
        """Train for about `seconds`: at least an iteration, or a slice of an evaluation or gradient.

        Stops where `until` iterations are done. Returns how many were done now. TrainingDivergedError like
        `step`.
        """
        end = time.perf_counter() + seconds
        first = self.iteration
        last = self.settings.iterations if until is None else min(until, self.settings.iterations)
        while self.iteration < last or self.evaluating:
            if self.evaluating:
                self._evaluate_slice()
            elif self.settings.gradient == "numerical":
                self._iterate_slice()
            else:
                self._iterate_at_pace(last - self.iteration)
            if time.perf_counter() >= end:
                break
        return self.iteration - first

    def _iterate_at_pace(self, most: int) -> None:
        """As many iterations as a call should have, but not more than `most`."""
        steps, start = min(self._pace, most), time.perf_counter()
        self._iterate_many(steps)
        if steps == self._pace:
            calls = CALL / max(time.perf_counter() - start, 1e-9)
            self._pace = min(max(1, int(steps * min(calls, 2))), MOST_STEPS)

    def _iterate_many(self, most: int) -> None:
        """Up to `most` iterations with the engine, not beyond an evaluation; one without an engine."""
        if self._engine is None:
            self._iterate()
            return
        first = self.iteration
        most = min(most, self.settings.iterations - first)
        steps = next(k for k in range(1, most + 1) if k == most or self._evaluation_is_due(first + k - 1))
        random_state = self._random.get_state()
        losses = self._engine.train_steps(
            self.network.params,
            self.x_train,
            self.t_train,
            self._batch_masks(steps),
            self.settings.learning_rate,
            self.settings.normalize,
        )
        self.train_loss_list.extend(losses)
        if len(losses) < steps:  # beyond float32; float64 decides whether the training has diverged
            self._random.set_state(random_state)
            self._batch_masks(len(losses))
            self._iterate()
        elif self._evaluation_is_due(self.iteration - 1):
            self._evaluation = self._evaluate()

    def _batch_masks(self, steps: int) -> Array:
        """Indices of images, (steps, batch_size): drawn at once, the same as one batch after the other."""
        return self._random.choice(len(self.x_train), (steps, self.settings.batch_size))

    def _evaluation_is_due(self, i: int) -> bool:
        return self._evaluates and i % self.iter_per_epoch == 0

    def _iterate(self) -> None:
        """One iteration, or what is left of it."""
        first = self.iteration
        while self.iteration == first:
            self._iterate_slice()

    def _iterate_slice(self) -> None:
        """The body of the book's loop, up to the evaluation; a numerical gradient some images at a time."""
        i, network, settings = self.iteration, self.network, self.settings
        grad = None
        if settings.gradient == "numerical":
            self._underway = underway = self._underway or self._begin_numerical()
            with np.errstate(all="ignore"):
                underway.gradient.add_images()
            if not underway.gradient.complete:
                return
            self._underway = None
            random_state, x_batch, t_batch = underway.random_state, underway.x_batch, underway.t_batch
            grad = underway.gradient.mean()
        else:
            random_state = self._random.get_state()
            x_batch, t_batch = self._next_batch()
        params = {key: network.params[key].copy() for key in PARAMS}

        with np.errstate(all="ignore"):  # what is not finite is found below
            if grad is None:
                loss = training_step(network, x_batch, t_batch, settings.learning_rate)
            else:
                loss = numerical_step(network, x_batch, t_batch, settings.learning_rate, grad)

        if not (np.isfinite(loss) and all(np.isfinite(network.params[key]).all() for key in PARAMS)):
            for key in PARAMS:
                network.params[key][...] = params[key]
            self._random.set_state(random_state)
            raise TrainingDivergedError(
                "The loss is no longer a finite number at iteration {iteration}: the steps are too large. "
                "Try a smaller learning rate than {learning_rate}.",
                iteration=i + 1, learning_rate=f"{settings.learning_rate:g}",
            )  # fmt: skip

        self.train_loss_list.append(loss)
        if self._evaluation_is_due(i):
            self._evaluation = self._evaluate()

    def _next_batch(self) -> tuple[Array, Array]:
        (batch_mask,) = self._batch_masks(1)
        x_batch = as_inputs(self.x_train[batch_mask], self.settings.normalize)  # (batch_size, 784)
        return x_batch, one_hot(self.t_train[batch_mask])  # (batch_size, 10)

    def _begin_numerical(self) -> _Underway:
        random_state = self._random.get_state()
        x_batch, t_batch = self._next_batch()
        gradient = RunningGradient(self.network.params, x_batch, t_batch)
        return _Underway(random_state, x_batch, t_batch, gradient)

    def _evaluate(self) -> Iterator[None]:
        """Append the accuracies on all training and test images, pausing after every slice."""
        accuracies = []
        for x, t in ((self.x_train, self.t_train), (self.x_test, self.t_test)):
            for done, correct in evaluate(
                self.network, x, t, engine=self._engine, normalize=self.settings.normalize
            ):
                accuracy = correct / done
                yield
            accuracies.append(accuracy)
        self.train_acc_list.append(accuracies[0])
        self.test_acc_list.append(accuracies[1])
        self.evaluated_at.append(self.iteration)

    def _evaluate_slice(self) -> None:
        if self._evaluation is not None and next(self._evaluation, self) is self:
            self._evaluation = None

    def _finish_evaluation(self) -> None:
        while self.evaluating:
            self._evaluate_slice()

    def state(self) -> bytes:
        """The run as bytes (see training_state): all that `from_state` needs, except the images."""
        random_state = self._underway.random_state if self._underway else self._random.get_state()
        _, keys, position, *_ = random_state
        arrays = {
            "dataset": self._dataset_check(),
            "evaluating": np.array(self.evaluating),
            "random_keys": np.asarray(keys),
            "random_position": np.array(position),
            "train_loss_list": np.asarray(self.train_loss_list),
            "train_acc_list": np.array(self.train_acc_list, dtype=np.float64),
            "test_acc_list": np.array(self.test_acc_list, dtype=np.float64),
        }
        if self._underway:  # a reader that does not know these does the iteration anew
            gradient = self._underway.gradient
            arrays["gradient_images"] = np.array(gradient.done)
            arrays["gradient_W1"], arrays["gradient_W2"] = gradient.sum_W1, gradient.sum_W2
        return dump_state(self.settings, arrays | self.network.params)

    @classmethod
    def from_state(
        cls,
        data: bytes,
        x_train: Array,
        t_train: Array,
        x_test: Array,
        t_test: Array,
        engine: StepEngine | None = None,
    ) -> Trainer:
        """Restore the trainer whose `state` this is; it continues as if it had never stopped.

        An evaluation that was going on starts afresh. KobaiError when `data` is damaged, of another version,
        or of a run on other images.
        """
        settings, saved = load_state(data)
        try:
            trainer = cls(settings, x_train, t_train, x_test, t_test, engine)
            if not np.array_equal(saved["dataset"], trainer._dataset_check()):
                raise KobaiError("The saved training belongs to other images.")
            trainer._restore(saved)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            if isinstance(error, KobaiError):
                raise
            raise damaged_state() from None
        return trainer

    def _dataset_check(self) -> Array:
        """Numbers by which data sets are distinguished: sizes and a checksum of the labels."""
        return np.array(
            [len(self.x_train), len(self.x_test), zlib.crc32(self.t_train.tobytes())], dtype=np.int64
        )

    def _restore(self, saved: dict[str, Array]) -> None:
        """Restore what `state` saved. KeyError, TypeError or ValueError when the parts do not fit."""
        for key in PARAMS:
            self.network.params[key] = finite_copy(saved[key], self.network.params[key].shape)
        losses, train_acc, test_acc = (
            finite_copy(saved[key], (saved[key].size,))
            for key in ("train_loss_list", "train_acc_list", "test_acc_list")
        )
        due = [i + 1 for i in range(len(losses)) if i % self.iter_per_epoch == 0]
        evaluating = bool(saved["evaluating"])
        if (
            len(losses) > self.settings.iterations
            or not len(train_acc) == len(test_acc) == len(due) - evaluating
        ):
            raise ValueError
        self.train_loss_list = LossList(losses)
        self.train_acc_list, self.test_acc_list = train_acc.tolist(), test_acc.tolist()
        self.evaluated_at = due[: len(test_acc)]
        keys, position = saved["random_keys"], whole_number(saved["random_position"])
        if keys.dtype != np.uint32 or keys.shape != (RANDOM_KEYS,) or not 0 <= position <= RANDOM_KEYS:
            raise ValueError  # NumPy does not check the position, and raises IndexError for other keys
        self._random.set_state(("MT19937", keys, position, 0, 0.0))  # no half-used pair of randn
        self._evaluation = self._evaluate() if evaluating else None
        if "gradient_images" in saved:
            self._restore_gradient(saved)

    def _restore_gradient(self, saved: dict[str, Array]) -> None:
        """The sums over the images that were done, for the batch that the random state gives again."""
        done = whole_number(saved["gradient_images"])
        if self.settings.gradient != "numerical" or self.finished or self.evaluating:
            raise ValueError
        if done not in range(IMAGES_AT_ONCE, self.settings.batch_size, IMAGES_AT_ONCE):
            raise ValueError
        self._underway = self._begin_numerical()
        gradient = self._underway.gradient
        gradient.done = done
        gradient.sum_W1 = float64_copy(saved["gradient_W1"], gradient.sum_W1.shape)
        gradient.sum_W2 = float64_copy(saved["gradient_W2"], gradient.sum_W2.shape)


@dataclass
class _Underway:
    """An iteration whose numerical gradient takes long. random_state: the one before its batch."""

    random_state: Any
    x_batch: Array
    t_batch: Array
    gradient: RunningGradient
