"""Lets Python collect cyclic garbage in the window's thread alone.

Python collects in whatever thread happens to allocate. With a training thread beside the window, that thread could
be the one to delete a widget that sits in a reference cycle, and Qt allows no thread but its own to do that.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QCursor, QGuiApplication

_INTERVAL_MS = 1000
_LONGEST = 60
"""So many rounds a collection is put off at most, for a pointer that moves or a button that is held down."""
_OLDEST = 2
"""The generation of all that has survived two collections; looking at it takes as long as there is much of it."""
_GROWTH = 0.25
"""It is looked at once it has grown by this share, as Python itself does: else large documents would cost more."""


class GarbageCollector(QObject):
    """Collects on a timer, as often and as deeply as Python itself would, but when nobody feels it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = self._waited = 0
        self._old = self._grown = 0
        self._is_expecting = False
        self._pointer = QCursor.pos()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Take over from Python."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        # Torch's extensions complain when the interpreter ends without having looked at what they made.
        gc.unfreeze()
        gc.enable()

    def spare(self) -> None:
        """Never look at what is there now again; called once torch's hundreds of thousands of objects are loaded."""
        self._collect_all()
        gc.freeze()
        self._old = 0

    def expect(self) -> None:
        """Look at everything in the next quiet moment: much has become garbage, such as a document that was closed."""
        self._is_expecting = True

    def collect(self) -> None:
        """Collect the oldest generation that is due; not while something is dragged, which would jerk."""
        pointer, before = QCursor.pos(), self._pointer
        self._pointer = pointer
        # A button whose release Qt has missed would be held down for ever.
        if QGuiApplication.mouseButtons() and self._held < _LONGEST:
            self._held += 1
            return
        self._held = 0
        thresholds = gc.get_threshold()
        due = [generation for generation, count in enumerate(gc.get_count()) if count > thresholds[generation] > 0]
        if self._is_time_for_all(_OLDEST in due, is_still=pointer == before):
            self._collect_all()
        elif young := [generation for generation in due if generation < _OLDEST]:
            self._collect_young(young[-1])

    def _is_time_for_all(self, is_due: bool, *, is_still: bool) -> bool:
        if not (self._is_expecting or (is_due and self._grown > _GROWTH * self._old)):
            return False
        self._waited += 1
        return is_still or self._waited > _LONGEST

    def _collect_young(self, generation: int) -> None:
        if generation + 1 < _OLDEST:
            gc.collect(generation)
            return
        number = sum(len(gc.get_objects(young)) for young in range(_OLDEST))
        self._grown += number - gc.collect(generation)

    def _collect_all(self) -> None:
        gc.collect()
        self._old, self._grown = len(gc.get_objects(_OLDEST)), 0
        self._waited, self._is_expecting = 0, False
