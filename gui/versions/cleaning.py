"""Takes the versions of deleted projects away, in the background, once each time the app starts."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from engine import versions
from gui.work import BackgroundWork

DELAY_MS = 20_000
"""The start of the app has better things to do first."""


class VersionCleaning(QObject):
    """Runs `versions.clean` once, a while after `start`; nobody has to wait for it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work = BackgroundWork(self)
        """What is under way."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._clean)

    def start(self, delay: int = DELAY_MS) -> None:
        """Begin in `delay` milliseconds."""
        self._timer.start(delay)

    def stop(self) -> None:
        """Leave the rest for the next time; the app is closing."""
        self._timer.stop()
        self.work.give_up()

    def _clean(self) -> None:
        self.work.start(lambda tell: versions.clean(going_on=lambda: tell(0, 0)))
