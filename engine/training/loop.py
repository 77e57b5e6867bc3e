"""The training loop: plain Python, no threads, no callbacks.

A `TrainingSession` is everything that one run consists of. Its `run` is a generator that rests after each step and
after each validation batch; whoever drives it may pause, save, change the learning rate or walk away there. Where the
run stands follows from two things only, the number of steps and the list of epochs done, and its random numbers are
kept while it rests. So a run that was interrupted and continued computes bitwise what an uninterrupted one does.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

import torch

from engine.data.splits import Splits, TensorSet, epoch_order
from engine.training import devices
from engine.training.evaluation import Evaluation, evaluate, evaluation_batch_size
from engine.training.failures import TrainingError
from engine.training.objective import check_model, loss_targets, make_optimizer, objective
from engine.training.pace import Pace
from engine.training.status import EpochResult
from engine.training.telemetry import Telemetry

if TYPE_CHECKING:
    from torch import Tensor

    from engine.training.history import History
    from engine.training.job import TrainingJob


class TrainingSession:
    """One run: network, optimiser, data, measurements, and where it stands.

    A network may have several outputs. The weighted sum of their losses is minimised; the losses that are measured and
    the results of evaluations are those of the main output alone, so that they can be compared. See `objective`.
    """

    def __init__(
        self,
        job: TrainingJob,
        splits: Splits,
        device: torch.device,
        announce: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Build the network from the recipe's seed, and check that it can learn from the data.

        Args:
            job: what to train, on what and how.
            splits: the job's data, on `device`.
            device: where to train.
            announce: told what is being done while pretrained weights are fetched and loaded.

        Raises:
            TrainingError: the network does not fit the data.
            GraphError: the network cannot be built, or the pretrained weights cannot be had or do not fit.
        """
        self.job = job
        self.splits = splits
        self.device = device
        torch.manual_seed(job.recipe.seed)
        self.model = job.build_model().to(device).train()
        if job.load_weights is not None and not job.resume:
            job.load_weights(self.model, announce)
        check_model(self.model, splits, device, job.loss_weights)
        self.telemetry = Telemetry(self.model, device)
        self.optimizer = make_optimizer(job.recipe, [p for p in self.model.parameters() if p.requires_grad], device)
        self.epochs = job.recipe.epochs
        """The epochs planned."""
        self.step = 0
        """The steps done."""
        self.results: tuple[EpochResult, ...] = ()
        """The epochs done."""
        self.test: Evaluation | None = None
        """The network on the test split, once the planned epochs are done."""
        self.batch_size = min(job.recipe.batch_size, len(splits.train))
        """Samples per step; the last batch of an epoch takes what is left."""
        self.steps_per_epoch = math.ceil(len(splits.train) / self.batch_size)
        """Steps in one epoch; every sample is used."""
        self.pace = Pace()
        self._targets = loss_targets(job.recipe.loss, splits.train.targets, splits.classes)
        self._evaluation_s: dict[str, float] = {}
        self._kept_random_state: dict[str, Tensor] | None = devices.random_state(device)

    @property
    def history(self) -> History:
        """Everything measured so far."""
        return self.telemetry.history

    @property
    def total_steps(self) -> int:
        """The steps planned."""
        return self.epochs * self.steps_per_epoch

    @property
    def learning_rate(self) -> float:
        """The learning rate in force; setting it takes effect in the next step."""
        return float(self.optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = value

    def run(self) -> Generator[None, None, None]:
        """Train from where the run stands to the end of the planned epochs, then test.

        Close the generator (contextlib.closing) when leaving it early, so that the run comes to rest at once.

        Raises:
            TrainingError: the loss became NaN or infinite.
        """
        self.unpark()
        try:
            while len(self.results) < self.epochs:
                yield from self._train_epoch()
                yield from self._validate()
                yield
            if self.test is None:
                self.test = yield from self._evaluate("test", self.splits.test)
        finally:
            self.park()

    def park(self) -> None:
        """Come to rest: finish all measurements and keep the random numbers from anyone else who draws some."""
        self.pace.stop(self.step)
        self.telemetry.drain()
        if self._kept_random_state is None:
            self._kept_random_state = devices.random_state(self.device)

    def unpark(self) -> None:
        """Go on after a rest, with the random numbers that were kept."""
        if self._kept_random_state is not None:
            devices.set_random_state(self.device, self._kept_random_state)
            self._kept_random_state = None
        self.pace.start(self.step)

    def plan(self, epochs: int) -> None:
        """Change the number of epochs that the run has in total; it is tested again when they are done."""
        if epochs != self.epochs:
            self.epochs = epochs
            self.test = None

    def random_state(self) -> dict[str, Tensor]:
        """The random numbers with which the run goes on."""
        return self._kept_random_state or devices.random_state(self.device)

    def restore(
        self,
        step: int,
        results: tuple[EpochResult, ...],
        test: Evaluation | None,
        random_state: dict[str, Tensor],
    ) -> None:
        """Take a position that was saved; weights, optimiser and history are restored by the caller.

        An epoch that was begun is also completed where the recipe plans fewer.
        """
        self.step = step
        self.results = results
        self.epochs = max(self.epochs, math.ceil(step / self.steps_per_epoch))
        self.test = test if len(results) == self.epochs else None
        self._kept_random_state = random_state

    def remaining_seconds(self) -> float | None:
        """About how long the planned epochs still take; None until there is a first measurement."""
        if not self.pace.smoothed:
            return None
        validation_s = self._evaluation_s.get("validation", 0.0) * (self.epochs - len(self.results))
        test_s = 0.0
        if self.test is None and self._evaluation_s:
            per_sample = self._evaluation_s.get("validation", 0.0) / len(self.splits.validation)
            test_s = per_sample * len(self.splits.test)
        return max(0, self.total_steps - self.step) / self.pace.smoothed + validation_s + test_s

    def _train_epoch(self) -> Iterator[None]:
        """The steps of the epoch in progress that are still to do, one per item."""
        epoch = len(self.results)
        done = self.step - epoch * self.steps_per_epoch
        order = epoch_order(len(self.splits.train), self.job.recipe.seed, epoch + 1).to(self.device)
        inputs, targets = self.splits.train.inputs, self._targets
        model, optimizer = self.model, self.optimizer
        losses_of = objective(self.job.recipe.loss, list(self.job.loss_weights.values()))
        parameters, record = list(model.parameters()), self.telemetry.record
        self.pace.start(self.step)
        for index in torch.split(order, self.batch_size)[done:]:
            # None instead of zero spares a pass over all gradients, and zero_grad() would time itself on top.
            for parameter in parameters:
                parameter.grad = None
            loss, minimised = losses_of(model(inputs.index_select(0, index)), targets.index_select(0, index))
            torch.autograd.backward(minimised)
            optimizer.step()
            self.step += 1
            if record(loss):
                self.pace.update(self.step)
                self._refuse_non_finite()
            yield
        self.pace.stop(self.step)
        self.telemetry.drain()
        self._refuse_non_finite()

    def _validate(self) -> Iterator[None]:
        """Complete the epoch in progress, whose steps are all done."""
        epoch = len(self.results) + 1
        first = (epoch - 1) * self.steps_per_epoch
        losses = self.history.rows(first, self.step)[:, 0].astype(float)
        # The last batch may be smaller; weighting by size makes this the mean over samples.
        last = len(self.splits.train) - (len(losses) - 1) * self.batch_size
        train_loss = (losses[:-1].sum() * self.batch_size + losses[-1] * last) / len(self.splits.train)
        validation = yield from self._evaluate("validation", self.splits.validation)
        result = EpochResult(epoch, self.step, float(train_loss), validation.loss, validation.accuracy)
        self.results = (*self.results, result)

    def _evaluate(self, split: str, data: TensorSet) -> Generator[None, None, Evaluation]:
        """Evaluate on one split, resting after each batch, and remember how long it took without the rests."""
        recipe = self.job.recipe
        batches = evaluate(self.model, data, self.splits.classes, recipe.loss, evaluation_batch_size(self.batch_size))
        seconds, before = 0.0, time.perf_counter()
        try:
            while True:
                try:
                    next(batches)
                except StopIteration as end:
                    self._evaluation_s[split] = seconds + time.perf_counter() - before
                    evaluation: Evaluation = end.value
                    return evaluation
                seconds += time.perf_counter() - before
                yield
                before = time.perf_counter()
        finally:
            batches.close()

    def _refuse_non_finite(self) -> None:
        step = self.telemetry.non_finite_step
        if step is not None:
            raise TrainingError(
                f"The loss became NaN or infinite at step {step + 1:,}: lower the learning rate "
                f"(it is {self.learning_rate:g}), or add normalisation layers."
            )
