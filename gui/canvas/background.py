"""The ground of the canvas: one colour and a grid of dots that keeps its density at every zoom."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPolygonF

from gui.canvas.style import style

_SPACING = 32.0
"""From one dot to the next at a zoom of 100 %; twice or half as much when the dots would be too dense or too sparse."""
_DENSEST = 24.0
"""The least distance of two dots, in pixels."""


class DotGrid:
    """Paints the ground; all dots are one polygon that is made anew only when the zoom changes."""

    def __init__(self) -> None:
        self._dots = QPolygonF()
        self._made_for: tuple[float, int, int] = (0.0, 0, 0)

    def paint(self, painter: QPainter, exposed: QRectF, size: QSizeF) -> None:
        """Paint the part `exposed` of the scene; `size` is that of the whole view, in pixels."""
        look = style()
        painter.fillRect(exposed, look.canvas)
        to_view = painter.worldTransform()
        spacing = _SPACING * to_view.m11()
        while spacing < _DENSEST:
            spacing *= 2
        while spacing >= 2 * _DENSEST:
            spacing /= 2
        columns, rows = ceil(size.width() / spacing) + 2, ceil(size.height() / spacing) + 2
        if self._made_for != (spacing, columns, rows):
            self._made_for = (spacing, columns, rows)
            self._dots = QPolygonF(
                [QPointF(column * spacing, row * spacing) for row in range(rows) for column in range(columns)]
            )
        origin = to_view.map(QPointF(0.0, 0.0))
        painter.save()
        painter.resetTransform()
        painter.translate(origin.x() % spacing - spacing, origin.y() % spacing - spacing)
        painter.setPen(look.grid)
        painter.drawPoints(self._dots)
        painter.restore()
