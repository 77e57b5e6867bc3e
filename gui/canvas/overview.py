"""Paints the whole canvas at once when it is zoomed out: names, then colours alone.

From far, thousands of nodes are in view, and asking each item to paint itself would take longer than a frame.
So the view paints them itself, in a few calls for all nodes and all wires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from gui.canvas.card import TILE
from gui.canvas.geometry import CARD, HALF_WIDTH
from gui.canvas.node_painter import ROUND, STACK_AREA, paint_bar, paint_stack, paint_times
from gui.canvas.side_names import paint_side_names
from gui.canvas.side_pictures import paint_side_pictures
from gui.canvas.sprites import on_pixel, shared_sprites
from gui.canvas.style import NO_BRUSH, NO_PEN, CanvasStyle, fonts, style
from gui.canvas.wire_item import WireItem, WireState
from gui.theme import RADIUS

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene

NEAR_ZOOM = 0.6
"""From here on items paint themselves, with everything that is on them."""
NAMES_ZOOM = 0.27
"""From here on names can be read."""
CARDS_ZOOM = 0.2
"""From here on nodes are cards with a coloured tile; below they are coloured blocks."""
_TIMES_HEIGHT = 26.0
"""Of the badge that says how often a block is repeated, in units of the scene."""


class FarLook(NamedTuple):
    """All that the looks of a node from far depend on, but for its name."""

    family: str
    is_selected: bool
    is_hovered: bool
    is_wrong: bool
    is_waiting: bool
    width: float
    """Of the outline, in units of the scene."""
    is_stack: bool = False
    times: str = ""

    def paint(self, painter: QPainter) -> None:
        """Paint body and colour."""
        look = style()
        if self.is_stack:
            paint_stack(painter, QPen(look.outline.color(), self.width), look)
        painter.setPen(QPen(_outline(self, look).color(), self.width))
        painter.setBrush(look.body)
        painter.drawRoundedRect(CARD, ROUND, ROUND)
        family = look.families[self.family]
        painter.setPen(NO_PEN)
        painter.setBrush(family.quiet_tile if self.is_waiting else family.tile)
        painter.drawRoundedRect(TILE, RADIUS, RADIUS)
        if self.times:
            paint_times(painter, look, self.times, fonts().far_name, _TIMES_HEIGHT)


class Overview:
    """Paints a scene from far; remembers what it can between two frames."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._wires: QPainterPath | None = None
        self._inner = QPainterPath()
        self._special: list[WireItem] = []
        self._blocks: dict[str, list[QRectF]] | None = None

    def forget_wires(self) -> None:
        """Some wire has changed its way or its state."""
        self._wires = None

    def forget_nodes(self) -> None:
        """Some node has come, gone or moved."""
        self._blocks = None

    def paint(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Paint wires and nodes; the ground is painted already."""
        look = style()
        paint_side_pictures(painter, self._scene, look, zoom)
        self._paint_wires(painter, look, zoom)
        if zoom >= CARDS_ZOOM:
            self._paint_cards(painter, look, exposed, zoom)
        else:
            self._paint_colours(painter, look, zoom)
        if zoom < NAMES_ZOOM:
            paint_side_names(painter, self._scene, look, zoom)

    def _paint_wires(self, painter: QPainter, look: CanvasStyle, zoom: float) -> None:
        """Wires that stay where they are and look as usual are one path, those that move along are another."""
        placement, wires = self._scene.placement, self._scene.wires
        if self._wires is None:
            self._wires = QPainterPath()
            self._special = [item for item in wires.values() if item.state is not WireState.NORMAL]
            for edge, item in wires.items():
                if item.state is WireState.NORMAL and edge not in placement.moving_wires:
                    self._wires.addPath(item.path)
            self._inner = QPainterPath()
            for edge in placement.inner_wires:
                self._inner.addPath(wires[edge].path)
        pen = _far_pen(look.wire, zoom)
        painter.strokePath(self._wires, pen)
        if placement.moving_wires:
            painter.strokePath(self._inner.translated(*placement.shift), pen)
            for edge in placement.outer_wires:
                painter.strokePath(wires[edge].path, pen)
        for item in self._special:
            if item.edge not in placement.moving_wires:
                painter.strokePath(item.path, _far_pen(item.state.pen(look), zoom))

    def _paint_cards(self, painter: QPainter, look: CanvasStyle, exposed: QRectF, zoom: float) -> None:
        left, right = exposed.left() - HALF_WIDTH, exposed.right() + HALF_WIDTH
        top, bottom = exposed.top() + STACK_AREA.top(), exposed.bottom() - STACK_AREA.top()
        shown = [
            item
            for item in self._scene.nodes.values()
            if left < item.position[0] < right and top < item.position[1] < bottom
        ]
        to_view = painter.worldTransform()
        ratio = painter.device().devicePixelRatioF()
        across = STACK_AREA.x() * zoom + to_view.dx()
        down = STACK_AREA.y() * zoom + to_view.dy()
        parts = shared_sprites(look)
        painter.resetTransform()
        for item in shown:
            card = _far_look(item, zoom)
            pixmap = parts.pixmap((zoom, ratio), card, STACK_AREA, card.paint)
            x, y = item.position
            painter.drawPixmap(on_pixel(x * zoom + across, y * zoom + down, ratio), pixmap)
        painter.setWorldTransform(to_view)
        if zoom >= NAMES_ZOOM:
            _paint_names(painter, look, shown)
        for item in shown:
            if item.bar is not None:
                painter.translate(*item.position)
                paint_bar(painter, item, look)
                painter.setWorldTransform(to_view)

    def _paint_colours(self, painter: QPainter, look: CanvasStyle, zoom: float) -> None:
        """Nodes that are not in motion are one call for each family."""
        moving = self._scene.placement.moving
        if self._blocks is None:
            self._blocks = {}
            for item in self._scene.nodes.values():
                if item.node.id not in moving:
                    self._blocks.setdefault(item.spec.family, []).append(_block(item))
        painter.setPen(NO_PEN)
        for family, rects in self._blocks.items():
            painter.setBrush(look.families[family].tile)
            painter.drawRects(rects)
        for node in moving:
            item = self._scene.nodes[node]
            painter.setBrush(look.families[item.spec.family].tile)
            painter.drawRect(_block(item))
        self._paint_outlines(painter, look, zoom)

    def _paint_outlines(self, painter: QPainter, look: CanvasStyle, zoom: float) -> None:
        margin = 1.5 / zoom
        wrong, selected, hovered = [], [], []
        for item in self._scene.nodes.values():
            if item.error is not None:
                wrong.append(_block(item).adjusted(-margin, -margin, margin, margin))
            elif item.is_selected:
                selected.append(_block(item).adjusted(-margin, -margin, margin, margin))
            elif item.is_hovered:
                hovered.append(_block(item).adjusted(-margin, -margin, margin, margin))
        painter.setBrush(NO_BRUSH)
        for pen, rects in (
            (look.hover_outline, hovered),
            (look.selected_outline, selected),
            (look.error_outline, wrong),
        ):
            painter.setPen(_cosmetic(pen, 2.0))
            painter.drawRects(rects)


def _paint_names(painter: QPainter, look: CanvasStyle, shown: list[NodeItem]) -> None:
    painter.setFont(fonts().far_name)
    for quiet in (False, True):
        painter.setPen(look.muted if quiet else look.text)
        for item in shown:
            if item.is_waiting is quiet:
                name, (x, y) = item.texts.far_name, item.position
                painter.drawStaticText(QPointF(x + name.place.x(), y + name.place.y()), name.static)


def _block(item: NodeItem) -> QRectF:
    x, y = item.position
    return CARD.translated(x, y)


def _far_look(item: NodeItem, zoom: float) -> FarLook:
    is_wrong = item.error is not None
    width = (2.0 if is_wrong or item.is_selected else 1.0) / zoom
    return FarLook(
        item.spec.family,
        item.is_selected,
        item.is_hovered,
        is_wrong,
        item.is_waiting,
        width,
        item.is_instance,
        item.times,
    )


def _outline(card: FarLook, look: CanvasStyle) -> QPen:
    if card.is_wrong:
        return look.error_outline
    if card.is_selected:
        return look.selected_outline
    return look.hover_outline if card.is_hovered else look.outline


def _cosmetic(pen: QPen, width: float) -> QPen:
    result = QPen(pen.color(), width)
    result.setCosmetic(True)
    return result


def _far_pen(pen: QPen, zoom: float) -> QPen:
    """`pen`, but never thinner than what a screen can show."""
    return _cosmetic(pen, max(pen.widthF() * zoom, 1.0))
