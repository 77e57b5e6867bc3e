"""How far something is, as a thin line."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from gui import motion

_HEIGHT = 6


class ThinBar(QProgressBar):
    """A bar without a text. One that does not know how far it is runs to and fro, unless motion is reduced."""

    def __init__(self, name: str, spoken: str, parent: QWidget | None = None) -> None:
        """Make a bar.

        Args:
            name: its object name.
            spoken: its name for screen readers.
            parent: the widget that it is part of.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setTextVisible(False)
        self.setFixedHeight(_HEIGHT)
        self._is_busy = False
        motion.motion_hub.motionChanged.connect(self._follow)

    def show_busy(self) -> None:
        """Say that something goes on, and nobody knows how long."""
        self._is_busy = True
        self.setRange(0, 1 if motion.is_reduced() else 0)
        self.setValue(0)

    def show_share(self, done: int, total: int) -> None:
        """Say that `done` of `total` are behind."""
        self._is_busy = False
        self.setRange(0, max(total, 1))
        self.setValue(min(done, max(total, 1)))

    def _follow(self) -> None:
        if self._is_busy:
            self.show_busy()
