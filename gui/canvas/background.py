"""The ground of the canvas: one colour and a grid of dots that keeps its density at every zoom."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from gui.canvas.style import style

_SPACING = 32.0
"""From one dot to the next at a zoom of 100 %; twice or half as much when the dots would be too dense or too sparse."""
_DENSEST = 24.0
"""The least distance of two dots, in pixels."""


def paint_ground(painter: QPainter, exposed: QRectF) -> None:
    """Paint the part `exposed` of the scene; the painter has its transform."""
    look = style()
    painter.fillRect(exposed, look.canvas)
    to_view = painter.worldTransform()
    spacing = _SPACING * to_view.m11()
    while spacing < _DENSEST:
        spacing *= 2
    while spacing >= 2 * _DENSEST:
        spacing /= 2
    area, origin = to_view.mapRect(exposed), to_view.map(QPointF(0.0, 0.0))
    left = area.x() - (area.x() - origin.x()) % spacing
    top = area.y() - (area.y() - origin.y()) % spacing
    columns, rows = (ceil(length / spacing) + 1 for length in (area.width(), area.height()))
    row = QPolygonF([QPointF(left + column * spacing, top) for column in range(columns)])
    painter.resetTransform()
    painter.setPen(look.grid)
    for _ in range(rows):
        painter.drawPoints(row)
        painter.translate(0.0, spacing)
    painter.setWorldTransform(to_view)
