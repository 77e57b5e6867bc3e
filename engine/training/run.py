"""One run from its preparation to its end, and the wishes that it obeys between two steps. No torch until it starts."""

from __future__ import annotations

import importlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing
from enum import Enum
from typing import TYPE_CHECKING

from engine.training import devices
from engine.training.failures import TrainingError, explain, is_expected, is_out_of_memory
from engine.training.job import TrainingJob
from engine.training.snapshot import Snapshot, take_snapshot
from engine.training.status import RunState, RunStatus

if TYPE_CHECKING:
    from engine.training.history import History
    from engine.training.loop import TrainingSession

_log = logging.getLogger(__name__)

_CHECKPOINT_INTERVAL_S = 10.0
"""Epochs of small networks end many times a second; saving each would cost more than training it."""
_ORPHAN_CHECK_S = 1.0
"""How often a paused run looks whether the program that could resume it is still there."""
_WAITING_TOLD_S = 0.1
"""How often whoever waits for weights is asked whether they are still wanted."""


class Wish(Enum):
    """What a run is to do next."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


class _StopRequestedError(Exception):
    """Unwinds the preparation of a run that is not wanted any more."""


class Run:
    """One run: executed by one thread at a time, told what to do and asked how it goes by any other."""

    def __init__(self, job: TrainingJob, on_epoch: Callable[[RunStatus], None] | None = None) -> None:
        self._job = job
        self._on_epoch = on_epoch
        self._changed = threading.Condition()
        # The loop looks at this one plain attribute after each step; all else is behind the condition.
        self._attention = False
        self._wish = Wish.GO
        self._new_learning_rate: float | None = None
        self._is_executing = False
        self._wanted: list[Future[Snapshot]] = []
        self._layout: Mapping[str, tuple[int, ...]] | None = None
        self._session: TrainingSession | None = None
        # State and message change together, in one assignment, so that no reader sees a mixture.
        self._phase = (RunState.STARTING, "Getting ready…")
        self._device = ""
        self._saved_s = 0.0

    @property
    def state(self) -> RunState:
        """Where the run stands."""
        return self._phase[0]

    @property
    def history(self) -> History | None:
        """What was measured; None until the network is built."""
        return self._session.history if self._session else None

    @property
    def layout(self) -> Mapping[str, tuple[int, ...]] | None:
        """The shape of each parameter and buffer by its name; None until the network is built."""
        return self._layout

    def snapshot(self, still_wanted: Callable[[], object] = lambda: None) -> Snapshot:
        """Copy the weights as they are after the step in progress, also while the run rests or when it has ended.

        Args:
            still_wanted: called now and then while the step goes on; what it raises ends the waiting.

        Raises:
            TrainingError: there are no weights, or they cannot be read.
        """
        wanted: Future[Snapshot] = Future()
        with self._changed:
            self._wanted.append(wanted)
            if self._is_executing:
                self._attention = True
                self._changed.notify_all()
            else:
                self._hand_out()
        while True:
            try:
                return wanted.result(_WAITING_TOLD_S)
            except TimeoutError:
                still_wanted()

    def wish(self, wish: Wish) -> None:
        """Ask for a change; a stop is final until the run goes on."""
        with self._changed:
            if self._wish is not Wish.STOP:
                self._wish = wish
                self._attention = True
                self._changed.notify_all()

    def set_learning_rate(self, value: float) -> None:
        """Use another learning rate from the next step on."""
        with self._changed:
            self._new_learning_rate = value
            self._attention = True
            self._changed.notify_all()

    def renew(self) -> None:
        """Make a run that has ended ready to be executed again."""
        with self._changed:
            self._wish = Wish.GO
            self._phase = (RunState.STARTING, "Going on…")

    def execute(self, more_epochs: int | None = None, after: threading.Thread | None = None) -> None:
        """Train until the run ends; whatever goes wrong becomes its status."""
        if after is not None:
            after.join()
        with self._changed:
            self._is_executing = True
        try:
            self._announce("Loading PyTorch…")
            importlib.import_module("torch")  # takes seconds the first time, so it has a message of its own
            with devices.torch_threads(devices.thread_count(self._job.recipe.threads)):
                if self._session is None:
                    self._session = self._prepare()
                    self._layout = {name: tuple(it.shape) for name, it in self._session.model.state_dict().items()}
                if more_epochs is not None:
                    self._session.plan(len(self._session.results) + more_epochs)
                self._train(self._session)
        except _StopRequestedError:
            self._phase = (RunState.STOPPED, "Stopped before the first step.")
        except Exception as error:  # the thread's boundary: whatever goes wrong is reported as the end of the run
            # What its sentence explains wholly is not worth an alarm, but its traceback is kept all the same.
            _log.log(logging.INFO if is_expected(error) else logging.ERROR, "training failed", exc_info=True)
            message, out_of_memory = explain(error, self._job.recipe), is_out_of_memory(error)
            # What the failed step still holds is let go only when its frames are.
            error.__traceback__ = None
            self._fail(message, out_of_memory)
        finally:
            with self._changed:
                self._is_executing = False
                self._hand_out()

    def status(self) -> RunStatus:
        """The run at this moment. The state is read first: what it promises is there already."""
        state, message = self._phase
        session, recipe = self._session, self._job.recipe
        if session is None:
            return RunStatus(
                state=state,
                message=message,
                epochs=recipe.epochs,
                device=self._device,
                seed=recipe.seed,
                learning_rate=recipe.learning_rate,
            )
        step, per_epoch, test = session.step, session.steps_per_epoch, session.test
        samples_per_step = len(session.splits.train) / per_epoch
        return RunStatus(
            state=state,
            epoch=-(-step // per_epoch),
            epochs=session.epochs,
            step=step,
            steps_per_epoch=per_epoch,
            total_steps=session.total_steps,
            samples_per_second=session.pace.smoothed * samples_per_step,
            eta_seconds=session.remaining_seconds(),
            device=self._device,
            message=message,
            results=session.results,
            test_loss=test.loss if test else None,
            test_accuracy=test.accuracy if test else None,
            seed=recipe.seed,
            learning_rate=session.learning_rate,
            steps_per_second=session.pace.mean,
        )

    def _prepare(self) -> TrainingSession:
        """Load the data and build the network, looking for a stop in between."""
        from engine.data.loading import load
        from engine.training.checkpoint import restore
        from engine.training.loop import TrainingSession

        job = self._job
        device = devices.resolve(job.recipe.device)
        self._device = devices.describe(device, devices.thread_count(job.recipe.threads))
        self._announce("Reading the data…")
        splits = load(job.data, device)
        self._announce("Building the network…")
        session = TrainingSession(job, splits, device, self._announce)
        if job.resume:
            if job.run_dir is None:
                raise TrainingError("To resume a run, name the directory that it was saved in.")
            self._announce("Restoring the checkpoint…")
            restore(session, job.run_dir)
        self._announce("")
        return session

    def _announce(self, message: str) -> None:
        if self._wish is Wish.STOP:
            raise _StopRequestedError
        self._phase = (RunState.STARTING, message)

    def _train(self, session: TrainingSession) -> None:
        """Drive the session's loop, and obey between its steps."""
        done = len(session.results)
        self._saved_s = time.monotonic()
        self._phase = (RunState.RUNNING, "")
        program_is_alive = threading.main_thread().is_alive
        with closing(session.run()) as steps:
            for _ in steps:
                if len(session.results) > done:
                    done = len(session.results)
                    self._epoch_done(session)
                if self._attention and not self._obey(session):
                    break
                # A program that ended without closing its runner waits for this thread, and must not wait for long.
                if not program_is_alive():
                    break
        self._end(session)

    def _obey(self, session: TrainingSession) -> bool:
        """Do what was asked for between two steps; say whether to go on. Blocks while the run is paused."""
        with self._changed:
            self._take_learning_rate(session)
            self._hand_out()
            if self._wish is Wish.PAUSE:
                session.park()
                self._phase = (RunState.PAUSED, "")
                while self._wish is Wish.PAUSE:
                    self._changed.wait(_ORPHAN_CHECK_S)
                    self._take_learning_rate(session)
                    self._hand_out()
                    if not threading.main_thread().is_alive():
                        self._wish = Wish.STOP
                session.unpark()
                self._phase = (RunState.RUNNING, "")
            self._attention = False
            return self._wish is not Wish.STOP

    def _take_learning_rate(self, session: TrainingSession) -> None:
        if self._new_learning_rate is not None:
            session.learning_rate = self._new_learning_rate
            self._new_learning_rate = None

    def _hand_out(self) -> None:
        """Give the weights to all who wait for them; the condition is held, so that nobody trains meanwhile."""
        wanted, self._wanted = self._wanted, []
        for waiting in wanted:
            if self._session is None:
                waiting.set_exception(TrainingError("There are no weights: the run ended before its first step."))
                continue
            try:
                waiting.set_result(take_snapshot(self._session))
            except RuntimeError as error:  # a device that has failed cannot be read
                _log.exception("the weights could not be copied")
                waiting.set_exception(TrainingError(f"The weights cannot be read: {error}"))

    def _epoch_done(self, session: TrainingSession) -> None:
        if time.monotonic() - self._saved_s > _CHECKPOINT_INTERVAL_S:
            self._save(session)
        if self._on_epoch is not None:
            self._on_epoch(self.status())

    def _end(self, session: TrainingSession) -> None:
        problem = self._save(session)
        if session.test is None:
            self._phase = (RunState.STOPPED, problem or "Stopped; the run can go on exactly where it is.")
        else:
            accuracy = f"{100 * session.test.accuracy:.2f}".rstrip("0").rstrip(".")
            told = f"Finished: {accuracy} % of the {len(session.splits.test):,} test samples are classified correctly."
            self._phase = (RunState.FINISHED, problem or told)

    def _fail(self, message: str, out_of_memory: bool) -> None:
        """End as failed, with a checkpoint if there is something worth keeping."""
        session = self._session
        if session is not None:
            for parameter in session.model.parameters():
                parameter.grad = None
            if out_of_memory:
                import torch

                torch.cuda.empty_cache()
            try:
                self._save(session, failed=True)
            except RuntimeError:  # a device that has failed cannot be read either
                _log.exception("the failed run could not be saved")
        self._phase = (RunState.FAILED, message)

    def _save(self, session: TrainingSession, failed: bool = False) -> str:
        """Save a checkpoint if the job wants any; return what went wrong, as a sentence, or nothing."""
        from engine.training import checkpoint

        directory = self._job.run_dir
        if directory is None or (failed and checkpoint.exists(directory) and not checkpoint.is_healthy(session)):
            return ""
        self._saved_s = time.monotonic()
        try:
            checkpoint.save(session, directory)
        except OSError as error:
            _log.exception("the checkpoint could not be saved")
            problem = f"The run could not be saved in “{directory}”: {error.strerror or error}."
            self._phase = (self.state, problem)
            return problem
        return ""
