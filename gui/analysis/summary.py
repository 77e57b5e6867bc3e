"""The side of the analysis table: what the whole network costs, what training it takes, and the search."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.report import Analysis
from gui import theme
from gui.analysis.columns import memory
from gui.analysis.training_cost import TrainingCost
from gui.inspector.numbers import exact, short
from gui.parts import wrapped

PART_COLOURS = ("loss", "validation", "success", "accent_text")
"""The colours of weights, gradients, the optimizer's state and activations, by the fields of the theme."""


class StackedBar(QWidget):
    """Parts of a whole, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.theme_hub.themeChanged.connect(self.update)

    def show_parts(self, parts: list[int]) -> None:
        """Show as many parts as there are colours."""
        self._parts = parts
        self.update()

    def sizeHint(self) -> QSize:
        """Flat."""
        return QSize(80, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts, with a hair's breadth between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), theme.current().colour("border"))
        left, whole = 0.0, sum(self._parts)
        for part, role in zip(self._parts, PART_COLOURS, strict=False):
            width = self.width() * part / whole if whole else 0.0
            painter.fillRect(QRectF(left, 0, max(0.0, width - 1), self.height()), theme.current().colour(role))
            left += width


class Swatch(QWidget):
    """A small square in the colour of a part."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self.setFixedSize(8, 8)
        theme.theme_hub.themeChanged.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().colour(self._role)))
        painter.drawRoundedRect(self.rect(), 2, 2)


class Summary(QWidget):
    """Totals of the network, the memory that training takes, and a field to search in."""

    searched = Signal(str)
    """The text to search for has changed."""
    left = Signal()
    """The user is done with the search field and wants to go to the table."""
