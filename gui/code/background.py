"""Work that takes too long for the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from engine.graph.errors import GraphError

_POLL_MS = 15

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work."""

    result: object = None
    """What it returned; None when it failed."""
    error: str = ""
    """Why it failed, in a sentence; empty when it did not."""


class Background(QObject):
    """Carries out one piece of work after another, each on a thread that ends with it."""

    finished = Signal(object)
    """The `Outcome` of the work; not of work that was abandoned."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._outcomes: list[Outcome] = []
        self._thread: threading.Thread | None = None
        # The thread never touches Qt: it leaves its outcome, and this timer picks it up.
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._pick_up)

    @property
    def is_running(self) -> bool:
        """Whether there is work whose outcome is still awaited."""
        return self._thread is not None

    def start(self, work: Callable[[], object]) -> None:
        """Begin to carry out `work`, which must not touch Qt; the outcome of work before it is not awaited any more."""
        outcomes: list[Outcome] = []
        self._outcomes = outcomes
        self._thread = threading.Thread(target=_carry_out, args=(work, outcomes), name=self._name)
        self._thread.start()
        self._timer.start()

    def abandon(self) -> None:
        """Do not wait for the outcome any more; the work itself cannot be interrupted and ends by itself."""
        self._timer.stop()
        self._thread = None

    def close(self) -> None:
        """Wait for the thread."""
        thread = self._thread
        self.abandon()
        if thread is not None:
            thread.join()

    def _pick_up(self) -> None:
        if self._outcomes:
            self.abandon()
            self.finished.emit(self._outcomes.pop())


def _carry_out(work: Callable[[], object], outcomes: list[Outcome]) -> None:
    try:
        outcome = Outcome(work())
    except (GraphError, OSError) as error:
        outcome = Outcome(error=str(error))
    except Exception as error:  # The thread's boundary: whatever PyTorch raises is reported.
        _log.exception("work in the background failed")
        first_line = str(error).strip().partition("\n")[0]
        outcome = Outcome(error=f"PyTorch refuses: {first_line or type(error).__name__}")
    outcomes.append(outcome)
