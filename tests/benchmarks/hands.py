"""A mouse for benchmarks, and a clock that stops when what it has caused is painted.

It knows Qt and nothing else, so that it handles and times any node editor in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

_LONGEST_MS = 60_000
_Event = QEvent.Type
_NONE = Qt.MouseButton.NoButton


class PaintCount(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.paints = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let everything pass."""
        self.paints += event.type() == _Event.Paint
        return False


class Hands:
    """Handles one widget as a person would."""

    def __init__(self, surface: QWidget, clock: Callable[[], float] = perf_counter) -> None:
        self._surface = surface
        self._clock = clock
        self._count = PaintCount(surface)
        self._place = QPointF()
        self._held = _NONE

    def frame(self, act: Callable[[], object]) -> float:
        """How many milliseconds `act` takes until what follows from it is painted.

        Raises:
            AssertionError: nothing has been painted, so that nothing was measured.
        """
        before = self._count.paints
        took = timed(act, self._clock)
        assert self._count.paints > before, "nothing has been painted"
        return took

    def press(self, place: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Move to `place`, in pixels of the widget, and press a button."""
        self.move(place)
        self._held = button
        self._send(QMouseEvent(_Event.MouseButtonPress, place, self._on_screen(), button, button, _no_keys()))

    def move(self, place: QPointF) -> None:
        """Move the pointer."""
        self._place = place
        self._send(QMouseEvent(_Event.MouseMove, place, self._on_screen(), _NONE, self._held, _no_keys()))

    def release(self) -> None:
        """Let go."""
        button, self._held = self._held, _NONE
        self._send(QMouseEvent(_Event.MouseButtonRelease, self._place, self._on_screen(), button, _NONE, _no_keys()))

    def turn_wheel(self, place: QPointF, rotation: int) -> None:
        """Turn the mouse wheel by `rotation` eighths of a degree; a notch has 120."""
        self._place = place
        phase = Qt.ScrollPhase.NoScrollPhase
        turn = QPoint(0, rotation)
        self._send(QWheelEvent(place, self._on_screen(), QPoint(), turn, _NONE, _no_keys(), phase, False))

    def _on_screen(self) -> QPointF:
        return QPointF(self._surface.mapToGlobal(self._place.toPoint()))

    def _send(self, event: QEvent) -> None:
        QApplication.sendEvent(self._surface, event)


def timed(act: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    """How many milliseconds `act` takes, with everything that follows from it until the window rests again."""
    start = clock()
    act()
    settle()
    return 1000 * (clock() - start)


def settle() -> None:
    """Let the window do everything it has to do, and paint."""
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _LONGEST_MS)
    # Outside of an event loop, nothing would ever be deleted.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _no_keys() -> Qt.KeyboardModifier:
    return Qt.KeyboardModifier.NoModifier
