"""Buttons that show an action, without what Qt 6.11 piles up in them.

Whenever an action changes, `QToolButton` takes it on anew and connects itself once more, without end: each change of a
button that stands for hours would cost memory, and take longer than the one before.
"""

from __future__ import annotations

from PySide6.QtCore import SIGNAL, QEvent, QObject
from PySide6.QtGui import QActionEvent
from PySide6.QtWidgets import QToolButton


def connect_once(button: QToolButton) -> None:
    """Let `button`, which shows an action, be connected with it once, however often it changes."""
    button.installEventFilter(_Parting(button))


class _Parting(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End the old connection just before Qt makes a new one."""
        if event.type() == QEvent.Type.ActionChanged and isinstance(event, QActionEvent):
            QObject.disconnect(event.action(), SIGNAL("changed()"), watched, None)  # type: ignore[call-overload]
        return False
