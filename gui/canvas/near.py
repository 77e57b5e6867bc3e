"""Paints nodes and wires as they look from near: each with everything that is on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter

from engine.graph.model import Point
from gui.canvas.chip import draw_chip
from gui.canvas.node_painter import DIMMED, SMALL_TEXT_ZOOM, paint_node
from gui.canvas.style import CanvasStyle, fonts

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.wire_item import WireItem

ABOVE, BELOW, BESIDE = 14.0, 34.0, 12.0
"""How far what belongs to a node reaches beyond its card: the sign of an error, the shape below it, a glow."""


def paint_wires(
    painter: QPainter, look: CanvasStyle, wires: Iterable[WireItem], zoom: float, shift: Point = (0.0, 0.0)
) -> None:
    """Paint `wires` moved by `shift`, then their shapes where there is room; the painter has the scene's transform."""
    transform = painter.worldTransform()
    if shift != (0.0, 0.0):
        painter.translate(*shift)
    labels = []
    for item in wires:
        if item.is_dimmed:
            painter.setOpacity(DIMMED)
        painter.strokePath(item.path, item.look.pen(look))
        if item.is_dimmed:
            painter.setOpacity(1.0)
        elif zoom >= SMALL_TEXT_ZOOM and (label := item.label()) is not None:
            labels.append(label)
    for label in labels:
        draw_chip(painter, look, *label)
    painter.setWorldTransform(transform)


def paint_nodes(painter: QPainter, look: CanvasStyle, shown: Iterable[NodeItem]) -> None:
    """Paint `shown`, the lowest first; the painter has the scene's transform."""
    transform, font = painter.worldTransform(), fonts()
    for item in shown:
        painter.translate(*item.position)
        paint_node(painter, item, look, font)
        painter.setWorldTransform(transform)
