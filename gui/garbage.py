"""Lets Python collect cyclic garbage in the window's thread alone.

Python collects in whatever thread happens to allocate. With a training thread beside the window, that thread could
be the one to delete a widget that sits in a reference cycle, and Qt allows no thread but its own to do that.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

_INTERVAL_MS = 1000


class GarbageCollector(QObject):
    """Collects on a timer, as often and as deeply as Python itself would."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
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
        gc.collect()
        gc.freeze()

    def collect(self) -> None:
        """Collect the oldest generation whose threshold is passed; not while something is dragged, which would jerk."""
        if QGuiApplication.mouseButtons():
            return
        thresholds = gc.get_threshold()
        due = [generation for generation, count in enumerate(gc.get_count()) if count > thresholds[generation] > 0]
        if due:
            gc.collect(due[-1])
