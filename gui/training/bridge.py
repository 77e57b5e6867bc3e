"""Between the training thread and the window: a timer that asks what is new, and commands that go the other way."""

from __future__ import annotations

import os
from time import thread_time
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from engine.training.status import RunStatus

if TYPE_CHECKING:
    from engine.training.history import History
    from engine.training.job import TrainingJob

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_FASTEST = 1 / 12 if _CORES > 2 else 1 / 6
"""Seconds between two readings; twice as long where training and painting share two cores."""
_SLOWEST = 1.0
_PAINTING_SHARE = 0.1


class Runner(Protocol):
    """What the bridge needs of `engine.training.runner.TrainingRunner`."""

    @property
    def history(self) -> History | None:
        """The measurements of the last run that was started, once its network is built."""

    def status(self) -> RunStatus:
        """Where the run stands."""

    def start(self, job: TrainingJob) -> None:
        """Train from scratch."""

    def pause(self) -> None:
        """Wait after the step in progress."""

    def resume(self) -> None:
        """Go on after a pause."""

    def stop(self) -> None:
        """End after the step in progress."""

    def go_on(self, epochs: int) -> None:
        """Continue an ended run for more epochs."""

    def set_learning_rate(self, value: float) -> None:
        """Use another learning rate from the next step on."""


class TrainingBridge(QObject):
    """Reads a runner about 12 times a second while a run is active, and tells the window what is new.

    When the window needs long to show it, the bridge asks less often, so that painting takes about a tenth of the
    time at most and training keeps the rest. When nothing runs, no timer does.
    """

    runStarted = Signal(object)
    """The `History` of a new run: everything measured before belongs to another."""
    measured = Signal(object)
    """`Measurements` of the steps since the last emission, in order and without gaps."""
    statusChanged = Signal(object)
    """A `RunStatus` that differs from the one before."""
    runForgotten = Signal()
    """No run is shown any more."""

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._history: History | None = None
        self._read = 0
        self._forgotten = False
        self._status = RunStatus()
        self._cost = 0.0
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.poll)
        # Fires when the events that a poll caused, repaints among them, are through.
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.setInterval(0)
        self._painted.timeout.connect(self._measure_cost)

    @property
    def status(self) -> RunStatus:
        """The status that was told last."""
        return self._status

    @property
    def history(self) -> History | None:
        """The measurements of the run that is shown."""
        return self._history

    @property
    def steps_told(self) -> int:
        """How many steps of `history` were told by `measured`."""
        return self._read

    @property
    def polling(self) -> bool:
        """Whether the runner is being read."""
        return self._timer.isActive()

    @property
    def interval(self) -> float:
        """Seconds between two readings, as painting allows."""
        return min(max(_FASTEST, self._cost / _PAINTING_SHARE), _SLOWEST)

    def start(self, job: TrainingJob) -> None:
        """Train from scratch."""
        self._runner.start(job)
        self._forgotten = False
        self.poll()

    def pause(self) -> None:
        """Wait after the step in progress."""
        self._runner.pause()
        self.poll()

    def resume(self) -> None:
        """Go on after a pause."""
        self._runner.resume()
        self.poll()

    def stop(self) -> None:
        """End after the step in progress."""
        self._runner.stop()
        self.poll()

    def go_on(self, epochs: int) -> None:
        """Continue a stopped or finished run exactly where it was, for `epochs` more epochs."""
        self._runner.go_on(epochs)
        self.poll()

    def set_learning_rate(self, value: float) -> None:
        """Use another learning rate from the next step on."""
        self._runner.set_learning_rate(value)

    def forget(self) -> None:
        """End the run and tell nothing of it any more, as if none had been started."""
        self._runner.stop()
        self._forgotten = True
        self._timer.stop()
        self._painted.stop()
        self._history, self._read = None, 0
        self.runForgotten.emit()
        if self._status != RunStatus():
            self._status = RunStatus()
            self.statusChanged.emit(self._status)

    def poll(self) -> None:
        """Read the runner once, tell what is new, and come back if the run is active."""
        if self._forgotten:
            return
        self._began = thread_time()
        # The status is read first: once it says that the run has ended, no step can come after those read now.
        status = self._runner.status()
        self._tell_measurements()
        if status != self._status:
            self._status = status
            self.statusChanged.emit(status)
        if status.state.active:
            self._painted.start()
            self._timer.start(round(1000 * _FASTEST))
        else:
            self._timer.stop()

    def _tell_measurements(self) -> None:
        history = self._runner.history
        if history is not self._history:
            self._history, self._read = history, 0
            if history is not None:
                self.runStarted.emit(history)
                # What was made for the run is made once, and no reason to look less often.
                self._began = thread_time()
        if history is None or history.steps <= self._read:
            return
        news = history.read(self._read)
        self._read = news.start + len(news.loss)
        self.measured.emit(news)

    def _measure_cost(self) -> None:
        spent = thread_time() - self._began
        self._cost += 0.3 * (spent - self._cost)
        if self._timer.isActive():
            self._timer.start(max(0, round(1000 * (self.interval - spent))))
