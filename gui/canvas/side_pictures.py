"""Small pictures of what is inside blocks, beside their nodes, so that a network seen from far looks like its figure.

Instances of one block that follow each other, which are a stage of most networks, share a picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from engine.graph.blocks import block_of
from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH, NODE_HEIGHT, PITCH
from gui.canvas.picture import natural_size, paint_graph
from gui.canvas.sprites import on_pixel, shared_sprites
from gui.canvas.style import CanvasStyle
from gui.theme import RADIUS

if TYPE_CHECKING:
    from engine.graph.model import Graph
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene

_LEAST = PITCH - 12.0
"""The height of the picture of a single node, in units of the scene; those of two nodes of a chain do not touch."""
_WIDEST = 720.0
_BRACKET = 28.0
"""How far the bracket around the nodes of a picture stands from them, in units of the scene."""
_GAP = 2 * _BRACKET
"""Between a picture and its nodes."""
_FOLLOWS = 1.25 * PITCH
"""Nodes farther apart than this are not one stage."""
_LINE = 13.0
"""Pictures are left out where the nodes of a chain are nearer to each other than this many pixels."""
_MOST = 200
"""With more nodes than this, no picture could be found among the others."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Instances of one block, one below the other."""

    block: str
    """The block."""
    x: float
    """The left edge of the nodes."""
    top: float
    """The upper edge of the first node."""
    bottom: float
    """The lower edge of the last one."""

    def picture(self, natural_width: float, natural_height: float) -> QRectF:
        """Where the picture stands, at the left of the nodes."""
        height = max(_LEAST, min(natural_height, self.bottom - self.top))
        width = min(natural_width, _WIDEST)
        return QRectF(self.x - _GAP - width, (self.top + self.bottom - height) / 2, width, height)


def stages(items: Iterable[NodeItem]) -> list[Stage]:
    """The stages among `items`, from left to right and top to bottom."""
    found: list[Stage] = []
    last: NodeItem | None = None
    for item in sorted(items, key=lambda item: item.position):
        block = block_of(item.node.layer)
        x, y = item.position
        if block is not None:
            top = y - HALF_HEIGHT
            if (
                last is not None
                and last.node.layer == item.node.layer
                and last.position[0] == x
                and y - last.position[1] <= _FOLLOWS
            ):
                top = found.pop().top
            found.append(Stage(block, x - HALF_WIDTH, top, y + HALF_HEIGHT))
        last = item
    return found


def paint_side_pictures(painter: QPainter, scene: CanvasScene, look: CanvasStyle, zoom: float) -> None:
    """Paint pictures at the left of blocks where there is room; the painter has the scene's transform."""
    if len(scene.nodes) > _MOST or zoom * PITCH < _LINE or scene.placement.moving:
        return
    blocks = scene.workspace.graph.blocks
    taken = [item.position for item in scene.nodes.values()]
    for stage in stages(scene.nodes.values()):
        inside = blocks.graph(stage.block)
        if not inside.nodes:
            continue
        place = stage.picture(*natural_size(inside))
        room = place.adjusted(-HALF_WIDTH, -NODE_HEIGHT / 2, HALF_WIDTH, NODE_HEIGHT / 2)
        if any(room.contains(x, y) for x, y in taken):
            continue
        _paint_bracket(painter, stage, place, QPen(look.muted.color(), 1.0 / zoom))
        _draw(painter, look, inside, blocks.version, place)


def _paint_bracket(painter: QPainter, stage: Stage, place: QRectF, pen: QPen) -> None:
    painter.setPen(pen)
    x, middle = stage.x - _BRACKET, place.center().y()
    painter.drawLine(QPointF(place.right(), middle), QPointF(x, middle))
    painter.drawPolyline(
        [
            QPointF(stage.x - _BRACKET / 2, stage.top),
            QPointF(x, stage.top),
            QPointF(x, stage.bottom),
            QPointF(stage.x - _BRACKET / 2, stage.bottom),
        ]
    )


def _draw(painter: QPainter, look: CanvasStyle, inside: Graph, version: int, place: QRectF) -> None:
    """Show the picture of `inside`, painted anew only when a block has changed."""
    transform = painter.worldTransform()
    zoom, ratio = transform.m11(), painter.device().devicePixelRatioF()
    area = QRectF(0.0, 0.0, place.width(), place.height())

    def paint(onto: QPainter) -> None:
        onto.setPen(QPen(look.outline.color(), 1.0 / zoom))
        onto.setBrush(look.chip)
        onto.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        paint_graph(onto, inside, area.size(), look.theme, 1.0 / zoom)

    key = ("inside", inside.block, version, area.width(), area.height())
    pixmap = shared_sprites(look).pixmap((zoom, ratio), key, area, paint)
    corner = transform.map(place.topLeft())
    painter.resetTransform()
    painter.drawPixmap(on_pixel(corner.x(), corner.y(), ratio), pixmap)
    painter.setWorldTransform(transform)
