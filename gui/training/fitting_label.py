"""A line of text that shows as much as fits, and may change many times a second."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

_BETWEEN = "  ·  "
_ROOM_STEP = 8


class FittingLabel(QWidget):
    """Shows as many of its parts as fit, the first ones before the last; the tool tip has them all.

    Its text may change many times a second: it is only painted again, while a QLabel would make the window lay out
    all its widgets anew.
    """

    def __init__(
        self, name: str, role: str = "text", parent: QWidget | None = None, *, between: str = _BETWEEN
    ) -> None:
        """Make an empty label.

        Args:
            name: the object name.
            role: the colour of the text, by the name of the theme's field.
            parent: the widget that it is part of.
            between: what stands between two parts.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._role = role
        self._between = between
        self._parts: list[str] = []
        self._room = 0
        self._least = 1
        self._alignment = Qt.AlignmentFlag.AlignLeft

    def take_room(self) -> None:
        """Let all parts fit, as long as the window is wide enough; otherwise it takes what others leave."""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def align_right(self) -> None:
        """Let the text end at the right border."""
        self._alignment = Qt.AlignmentFlag.AlignRight

    def cut_nothing(self) -> None:
        """Rather show nothing than a part of the first part."""
        self._least = 0

    def set_parts(self, parts: list[str]) -> None:
        """Show other parts."""
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleName(self._between.join(parts))
            self._ask_for_room()
            self.update()

    def text(self) -> str:
        """Return what is shown."""
        shown = list(self._parts)
        metrics = self.fontMetrics()
        while len(shown) > self._least and metrics.horizontalAdvance(self._between.join(shown)) > self.width():
            shown.pop()
        return self._between.join(shown)

    def _ask_for_room(self) -> None:
        """Have a new layout only when the width differs by more than a changing figure makes it."""
        if self.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            return
        wanted = self.fontMetrics().horizontalAdvance(self._between.join(self._parts))
        if not self._room - 2 * _ROOM_STEP <= wanted <= self._room:
            self._room = wanted + _ROOM_STEP
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return room for one line."""
        return QSize(self._room, self.fontMetrics().height() + 2)

    def changeEvent(self, event: QEvent) -> None:
        """Ask for more room when texts become larger."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._ask_for_room()

    def event(self, event: QEvent) -> bool:
        """Make the tool tip when it is asked for: all the parts, unless they can be seen."""
        if event.type() is QEvent.Type.ToolTip:
            everything = self._between.join(self._parts)
            fits = self.fontMetrics().horizontalAdvance(everything) <= self.width()
            self.setToolTip("" if fits else everything)
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts that fit."""
        painter = QPainter(self)
        painter.setPen(theme.current().colour(self._role))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self._alignment | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
