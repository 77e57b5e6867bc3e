"""Training on a background thread, or in the calling one. No torch until a run starts."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.recipe import LEARNING_RATE
from engine.training.run import Run, Wish
from engine.training.snapshot import Snapshot
from engine.training.status import RunState, RunStatus

if TYPE_CHECKING:
    from engine.training.history import History

__all__ = ["TrainingJob", "TrainingRunner", "train"]


class TrainingRunner:
    """Trains on a background thread; every method returns at once (but for `close` and `snapshot`).

    The methods are for one thread, usually that of the window; `status`, `history`, `layout` and `snapshot` are for
    any.
    """

    def __init__(self) -> None:
        self._run: Run | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, job: TrainingJob) -> None:
        """Train a new network from the beginning; a run in progress is stopped and forgotten."""
        if self._run is not None:
            self._run.wish(Wish.STOP)
        self._spawn(Run(job))

    def pause(self) -> None:
        """Rest after the step in progress; nothing happens if nothing runs."""
        if self._run is not None and self._run.state.active:
            self._run.wish(Wish.PAUSE)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._run is not None and self._run.state.active:
            self._run.wish(Wish.GO)

    def stop(self) -> None:
        """End the run after the step in progress, also while it starts, validates or is paused."""
        if self._run is not None and self._run.state.active:
            self._run.wish(Wish.STOP)

    def go_on(self, epochs: int | None = None) -> None:
        """Continue a stopped or finished run exactly where it was, in the middle of an epoch too.

        Args:
            epochs: for how many more epochs, of which an epoch that was begun is the first; None completes what was
                planned.

        Raises:
            TrainingError: there is no run that could go on.
        """
        run = self._run
        if run is None or run.state not in (RunState.STOPPED, RunState.FINISHED):
            raise TrainingError("There is no run that could go on: only a stopped or finished one can.")
        run.renew()
        self._spawn(run, more_epochs=epochs)

    def set_learning_rate(self, value: float) -> None:
        """Use another learning rate from the next step on; nothing happens without a run.

        Raises:
            ParamError: `value` is out of range.
        """
        checked = LEARNING_RATE.check(value)
        if self._run is not None:
            self._run.set_learning_rate(checked)

    def status(self) -> RunStatus:
        """The current or last run at this moment."""
        run = self._run
        return RunStatus() if run is None else run.status()

    @property
    def history(self) -> History | None:
        """The measurements of the current or last run; None until its network is built."""
        run = self._run
        return None if run is None else run.history

    @property
    def layout(self) -> Mapping[str, tuple[int, ...]] | None:
        """The shape of each parameter and buffer of the network by its name; None until it is built."""
        run = self._run
        return None if run is None else run.layout

    def snapshot(self, still_wanted: Callable[[], object] = lambda: None) -> Snapshot:
        """Copy the weights of the current or last run as they are after the step in progress; waits for that.

        Args:
            still_wanted: called now and then while the step goes on; what it raises ends the waiting.

        Raises:
            TrainingError: there are no weights, or they cannot be read.
        """
        run = self._run
        if run is None:
            raise TrainingError("There are no weights: nothing was trained yet.")
        return run.snapshot(still_wanted)

    def close(self, timeout: float | None = None) -> bool:
        """Stop the run and wait for its thread; no further run can be started.

        Args:
            timeout: seconds to wait at most; None waits as long as it takes.

        Returns:
            Whether the thread has ended.
        """
        self._closed = True
        self.stop()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _spawn(self, run: Run, more_epochs: int | None = None) -> None:
        if self._closed:
            raise RuntimeError("the runner is closed")
        previous, self._run = self._thread, run
        self._thread = threading.Thread(target=run.execute, args=(more_epochs, previous), name="training")
        self._thread.start()


def train(job: TrainingJob, on_epoch: Callable[[RunStatus], None] | None = None) -> RunStatus:
    """Train in the calling thread and return the status at the end, which says in `state` whether it failed.

    Ctrl-C ends the run after the step in progress, so that a checkpoint of it is exact and the status is STOPPED;
    a second Ctrl-C interrupts at once with KeyboardInterrupt.

    Args:
        job: what to train.
        on_epoch: called after each epoch with the status, whose last result is that epoch's; an error in it ends the
            run as failed.
    """
    run = Run(job, on_epoch)
    with _stopping_on_interrupt(run):
        run.execute()
    return run.status()


@contextmanager
def _stopping_on_interrupt(run: Run) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        run.wish(Wish.STOP)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
