"""Names beside the nodes of a network that is seen from far, so that its stages can still be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH, PITCH
from gui.canvas.style import CanvasStyle, fonts

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene

MOST = 200
"""With more nodes than this, no name could be found among the others."""
_LINE = 13.0
"""The least distance of two lines that can be read, in pixels."""
_GAP = 10.0
"""Between a node and its name, in pixels."""


def paint_side_names(painter: QPainter, scene: CanvasScene, look: CanvasStyle, zoom: float) -> None:
    """Write names at the right of nodes where there is room for them; the painter has the scene's transform."""
    if len(scene.nodes) > MOST or zoom * PITCH < _LINE or scene.placement.moving:
        return
    to_view = painter.worldTransform()
    painter.resetTransform()
    font = fonts().line
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    ground = look.canvas.color()
    ground.setAlphaF(0.85)
    for item, free in _with_room(scene.nodes.values()):
        place = to_view.map(QPointF(item.position[0] + HALF_WIDTH, item.position[1]))
        name, detail = item.node.name, item.spec.label if item.is_instance else ""
        detail = " ".join(part for part in (detail, item.times) if part)
        width = metrics.horizontalAdvance(name)
        whole = width + (metrics.horizontalAdvance(f"  {detail}") if detail else 0.0)
        if _GAP + whole > free * zoom:
            continue
        left, height = place.x() + _GAP, metrics.height()
        painter.fillRect(QRectF(left - 3, place.y() - height / 2, whole + 6, height), ground)
        line = place.y() - metrics.height() / 2 + metrics.ascent()
        painter.setPen(look.muted if item.is_waiting or item.is_dimmed else look.text)
        painter.drawText(QPointF(left, line), name)
        if detail:
            painter.setPen(look.muted)
            painter.drawText(QPointF(left + width + metrics.horizontalAdvance("  "), line), detail)
    painter.setWorldTransform(to_view)


def _with_room(items: Iterable[NodeItem]) -> list[tuple[NodeItem, float]]:
    """Each node with the free width at its right, in units of the scene; infinite where nothing follows."""
    nodes = sorted(items, key=lambda item: item.position[0])
    found: list[tuple[NodeItem, float]] = []
    for index, item in enumerate(nodes):
        x, y = item.position
        beside = (
            other.position[0] - x - 2 * HALF_WIDTH
            for other in nodes[index + 1 :]
            if other.position[0] > x + HALF_WIDTH and abs(other.position[1] - y) < 2 * HALF_HEIGHT
        )
        found.append((item, next(beside, float("inf"))))
    return found
