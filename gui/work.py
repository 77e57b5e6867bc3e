"""Work that takes too long for the window's thread, and can be given up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engine.graph.errors import GraphError

_POLL_MS = 40

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much (0 when that is not known)."""
Task = Callable[[Progress], object]
"""What is done; its `Progress` raises as soon as nobody wants the result any more."""


class _GivenUpError(Exception):
    """Ends a task that nobody waits for."""


class _Attempt:
    """One run of a task; the thread writes to it and the window's thread reads."""

    def __init__(self, task: Task) -> None:
        self.progress = (0, 0)
        self.result: object = None
        self.error = ""
        self.given_up = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(task,), name="background")

    def _run(self, task: Task) -> None:
        try:
            self.result = task(self._tell)
        except _GivenUpError:
            _log.info("given up")
        except GraphError as error:
            self.error = str(error)
        except Exception as error:  # The thread's boundary: whatever goes wrong is shown and logged.
            _log.exception("a task in the background failed")
            self.error = f"An unexpected error ({type(error).__name__}) came in between; the log has the details."

    def _tell(self, done: int, total: int) -> None:
        self.progress = (done, total)
        if self.given_up.is_set():
            raise _GivenUpError


class BackgroundWork(QObject):
    """Runs one task at a time on a thread of its own; the thread never touches Qt."""

    done = Signal(object)
    """The task's result."""
    failed = Signal(str)
    """Why the task failed, in one sentence."""
    progressed = Signal(float, float)
    """How much is done, and of how much."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attempt: _Attempt | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def is_busy(self) -> bool:
        """Whether a task is under way whose result is wanted."""
        return self._attempt is not None

    def start(self, task: Task) -> None:
        """Begin `task`; another one that is under way is given up."""
        self.give_up()
        self._attempt = _Attempt(task)
        self._attempt.thread.start()
        self._timer.start()

    def give_up(self) -> None:
        """Want the result no more; the thread ends by itself as soon as its task reports progress."""
        if self._attempt is not None:
            self._attempt.given_up.set()
            self._attempt = None
        self._timer.stop()

    def _poll(self) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        if attempt.thread.is_alive():
            self.progressed.emit(*map(float, attempt.progress))
            return
        self._attempt = None
        self._timer.stop()
        if attempt.error:
            self.failed.emit(attempt.error)
        else:
            self.done.emit(attempt.result)
