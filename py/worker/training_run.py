"""The training on the page: its trainer, where it is kept, and what the page has heard of it."""

import asyncio
import dataclasses
import time

import numpy as np
from kobai.errors import TrainingDivergedError
from pyodide.ffi import to_js

from worker import progress
from worker.pace import Pace

CHUNK = 0.06  # seconds of training between two messages to the page: at most 17 a second
HISTORY_POINTS = 200  # of a loss curve that is kept with its network


class TrainingRun:
    """The one training of the page; made anew for each."""

    def __init__(self, trainer, kept, networks):
        """kept: its storage.training_slots.TrainingSlot; networks: gets the network "trained"."""
        self.trainer, self.kept = trainer, kept
        self.running = False
        self.pace = Pace()
        self._networks = networks
        self._told = 0  # losses that the page has
        self._told_accuracies = 0
        self._rate = 0.0
        self._since_counted = 0.0  # seconds of training since iterations were counted last
        self._keep_soon = False
        networks.hold_run(trainer.network, trainer.iteration, self.settings(), self.history)

    async def train(self, until, answer):
        """Train until so many iterations are done, a pause or a divergence; the last status for the page.

        answer: returns what each message tells of the chosen image.
        """
        trainer = self.trainer
        self.running = True
        refused = {}
        told = None  # the message on its way: the page draws while the next chunk is computed
        try:
            self.kept.cadence.kept_now()  # what is there was kept when it came to a stand
            while self.running and (trainer.iteration < until or trainer.evaluating):
                rest = self.pace.rest(trainer.iteration)
                if rest and not trainer.evaluating:
                    await asyncio.sleep(rest)
                    continue
                start = time.monotonic()
                self._advance(self.pace.due(until))
                if told is not None:
                    await told
                told = self._tell(answer())
                if self._keep_soon or self.kept.cadence.is_due(time.monotonic() - start):
                    self._keep_soon = False
                    await self.keep()
        except TrainingDivergedError as error:
            refused = {"diverged": error.template, "values": error.values}
        finally:
            self.running = False
        await self._tell(answer())
        await self.keep()
        return {**self.status(), **refused}

    def pause(self):
        """Come to a stand after the present chunk."""
        self.running = False

    async def keep(self):
        """Copy it into the browser's storage; the status says whether the browser refused."""
        await self.kept.keep(self.trainer)

    def keep_soon(self):
        """Keep it after the present chunk."""
        self._keep_soon = True

    def all_losses(self):
        """All losses, for a page that has none of them yet."""
        self._told, self._told_accuracies = len(self.trainer.train_loss_list), len(self.trainer.test_acc_list)
        return to_js(np.asarray(self.trainer.train_loss_list))

    def history(self):
        """The loss curve, as means over stretches, and the accuracies; None before the first iteration."""
        losses = np.asarray(self.trainer.train_loss_list)
        if not len(losses):
            return None
        stretches = np.array_split(losses, min(HISTORY_POINTS, len(losses)))
        return {
            "iterations": np.cumsum([len(stretch) for stretch in stretches]).tolist(),
            "losses": [round(float(stretch.mean()), 6) for stretch in stretches],
            "accuracies": self.accuracies(),
        }

    def status(self):
        """How far it is, for the page."""
        trainer = self.trainer
        return {
            "run": self.kept.key,
            "iteration": trainer.iteration,
            "epoch": trainer.epoch,
            "loss": trainer.train_loss_list[-1] if trainer.train_loss_list else None,
            "test_accuracy": trainer.test_acc_list[-1] if trainer.test_acc_list else None,
            "evaluated_at": trainer.evaluated_at[-1] if trainer.evaluated_at else None,
            "rate": min(self._rate, self.pace.per_second or self._rate),
            "evaluating": trainer.evaluating,
            "images_done": trainer.images_done,
            "finished": trainer.finished,
            "not_kept": self.kept.not_kept(),
        }

    def settings(self):
        """Its settings as a dict, for the page and for what is kept."""
        return dataclasses.asdict(self.trainer.settings)

    def accuracies(self, first=0):
        """[iteration, training accuracy, test accuracy] from the first-th evaluation on."""
        trainer = self.trainer
        rows = zip(trainer.evaluated_at, trainer.train_acc_list, trainer.test_acc_list, strict=True)
        return [list(row) for row in list(rows)[first:]]

    def _advance(self, until):
        trainer, start = self.trainer, time.perf_counter()
        before, was_evaluating = trainer.iteration, trainer.evaluating
        trainer.advance(CHUNK, until)
        done = trainer.iteration - before
        if done:
            self._networks.changed("trained")
        self._networks.about("trained").update(iterations=trainer.iteration, settings=self.settings())
        if was_evaluating or trainer.evaluating:
            self._since_counted = 0.0
            return
        self._since_counted += time.perf_counter() - start  # one iteration may take many chunks
        if done:
            rate = done / self._since_counted
            self._rate = 0.8 * self._rate + 0.2 * rate if self._rate else rate
            self._since_counted = 0.0

    def _tell(self, answer):
        """Send what is new since the last message; to be awaited, which gives a pause its chance."""
        trainer = self.trainer
        losses = trainer.train_loss_list[self._told :]
        accuracies = self.accuracies(self._told_accuracies)
        self._told, self._told_accuracies = len(trainer.train_loss_list), len(trainer.test_acc_list)
        return progress.tell("training", to_js(losses), **self.status(), accuracies=accuracies, **answer)
