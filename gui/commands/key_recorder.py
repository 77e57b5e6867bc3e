"""The field that listens to one combination of keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QWidget


class KeyRecorder(QKeySequenceEdit):
    """Takes the next keys that are pressed together; Esc, or looking elsewhere, leaves everything as it was."""

    recorded = Signal(QKeySequence)
    """These keys were pressed."""
    abandoned = Signal()
    """No keys are wanted after all."""

    def __init__(self, title: str, parent: QWidget) -> None:
        """Listen to the keys for what is called `title`."""
        super().__init__(parent)
        self._is_open = True
        self.setMaximumSequenceLength(1)
        self.setObjectName("key_recorder")
        self.setAccessibleName(f"Press the new keys for “{title}”; Esc leaves them as they are")
        line = self.findChild(QLineEdit)
        if line is not None:
            line.setPlaceholderText("Press the new keys")
        self.editingFinished.connect(self._finish)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc alone abandons."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self._abandon()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Looking elsewhere abandons."""
        self._abandon()
        super().focusOutEvent(event)

    def _finish(self) -> None:
        if self._is_open and not self.keySequence().isEmpty():
            self._is_open = False
            self.recorded.emit(self.keySequence())

    def _abandon(self) -> None:
        if self._is_open:
            self._is_open = False
            self.abandoned.emit()
