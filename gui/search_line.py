"""The line into which one types what is looked for."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from gui import theme

_ICON = 16


class SearchLine(QLineEdit):
    """A line with a magnifier in front.

    The magnifier is painted: as an action of the line it would be a button, and one without a name to screen readers.
    """

    def __init__(self, *, can_clear: bool = True, parent: QWidget | None = None) -> None:
        """Make an empty line; if it `can_clear`, a button does that, as soon as there is something in it."""
        super().__init__(parent)
        self.setClearButtonEnabled(can_clear)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName("Clear the search")
        theme.theme_hub.themeChanged.connect(self._make_room)
        self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the magnifier into the room in front of the text."""
        super().paintEvent(event)
        side = theme.px(_ICON)
        place = QRect(theme.GAP, (self.height() - side) // 2, side, side)
        theme.icon("magnify", "muted").paint(QPainter(self), place, Qt.AlignmentFlag.AlignCenter)

    def _make_room(self) -> None:
        self.setTextMargins(theme.px(_ICON) + theme.UNIT, 0, 0, 0)
