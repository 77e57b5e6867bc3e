"""Work that only the window's thread can do and that takes long: in small steps, with events handled in between."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from engine.graph.document import DocumentError

_T = TypeVar("_T")
Steps: TypeAlias = Generator[float, None, _T]
"""Work that stops after each small step to tell which share is done; its return value is the result."""

_SLICE = 0.02
"""Seconds of work before the window may handle events again."""


@contextmanager
def waiting() -> Iterator[None]:
    """Let the pointer say meanwhile that the window is busy."""
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QGuiApplication.restoreOverrideCursor()


def at_once(steps: Steps[_T]) -> _T:
    """Do all of the work now, and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: _T = end.value
            return result


class Stepwise(QObject):
    """Does one piece of work at a time; what takes no longer than an event may is done within `start`."""

    done = Signal(object)
    """The work's result."""
    failed = Signal(str)
    """Why the work has failed, in one sentence."""
    progressed = Signal(float)
    """Which share is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Steps[Any] | None = None
        # Zero milliseconds: on with it as soon as all events are handled.
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_busy(self) -> bool:
        """Whether work is under way."""
        return self._steps is not None

    def start(self, steps: Steps[Any]) -> None:
        """Begin; other work that is under way is given up."""
        self.give_up()
        self._steps = steps
        self._timer.start()
        self._go_on()

    def give_up(self) -> None:
        """End the work where it is."""
        self._timer.stop()
        if self._steps is not None:
            steps, self._steps = self._steps, None
            steps.close()

    def _go_on(self) -> None:
        if self._steps is None:
            return
        end = perf_counter() + _SLICE
        try:
            share = next(self._steps)
            while perf_counter() < end:
                share = next(self._steps)
        except StopIteration as finished:
            self._end()
            self.done.emit(finished.value)
        except DocumentError as error:
            self._end()
            self.failed.emit(str(error))
        else:
            self.progressed.emit(share)

    def _end(self) -> None:
        self._steps = None
        self._timer.stop()
