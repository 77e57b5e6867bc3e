"""The sign of a layer: its icon on a tile in the colour of its family."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.layers.spec import LayerSpec
from gui import theme
from gui.parts import keep_height, keep_width


def paint_badge(painter: QPainter, rect: QRectF, spec: LayerSpec) -> None:
    """Paint the sign of `spec` into the square `rect`."""
    colour = theme.current().family_colour(spec.family)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, rect.width() * 0.22, rect.width() * 0.22)
    size = round(rect.width() * 0.66)
    glyph = QRect(0, 0, size, size)
    glyph.moveCenter(rect.center().toPoint())
    theme.icon(spec.icon, theme.current().text_on(colour)).paint(painter, glyph)
    painter.restore()


class LayerBadge(QWidget):
    """The sign of a layer as a widget."""

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: LayerSpec | None = None
        keep_width(self, size)
        keep_height(self, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_layer(self, spec: LayerSpec) -> None:
        """Show the sign of `spec`."""
        self._spec = spec
        self.setToolTip(spec.family)
        self.setAccessibleName(spec.family)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign."""
        if self._spec is not None:
            paint_badge(QPainter(self), QRectF(self.rect()), self._spec)
