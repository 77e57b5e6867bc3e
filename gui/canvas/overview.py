"""Paints the whole canvas at once when it is zoomed out: names, then colours alone.

From far, thousands of nodes are in view, and asking each item to paint itself would take longer than a frame.
So the view paints them itself, in a few calls for all nodes and all wires.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from engine.graph.model import Edge, NodeId, Point
from gui.canvas.card import TILE
from gui.canvas.geometry import CARD, HALF_HEIGHT, HALF_WIDTH
from gui.canvas.node_painter import DIMMED, ROUND, STACK_AREA, paint_bar, paint_stack, paint_times
from gui.canvas.side_names import paint_side_names
from gui.canvas.side_pictures import paint_side_pictures
from gui.canvas.sprites import on_pixel, shared_sprites
from gui.canvas.style import NO_BRUSH, NO_PEN, CanvasStyle, cosmetic, fonts, style
from gui.canvas.tiles import NodeTiles, Reach, WireTiles, reach_of
from gui.canvas.wire_item import WireLook, WireState
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
_SIZES_ZOOM = 0.6
"""Below this zoom, the thickness that shows the size of a tensor shrinks no further."""
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
        self._wires: dict[WireLook, WireTiles] = {}
        self._look_of: dict[Edge, WireLook] = {}
        self._stale: set[Edge] = set()
        self._inner: dict[WireLook, QPainterPath] = {}
        self._inner_of: frozenset[Edge] = frozenset()
        self._nodes = NodeTiles()
        self._stale_nodes: set[NodeId] = set()
        self._moving: dict[str, list[QRectF]] = {}
        self._moving_of: frozenset[NodeId] = frozenset()

    def forget(self) -> None:
        """Everything is new."""
        self._wires, self._look_of = {}, {}
        self._stale = set(self._scene.wires)
        self._nodes = NodeTiles()
        self._stale_nodes = set(self._scene.nodes)
        self._moving_of = frozenset()

    def forget_wires(self, wires: Iterable[Edge]) -> None:
        """These wires have come or gone, or changed their way or their state."""
        self._stale.update(wires)

    def forget_nodes(self, nodes: Iterable[NodeId]) -> None:
        """These nodes have come or gone, have been put elsewhere or into motion, or have another colour."""
        self._stale_nodes.update(nodes)

    def paint(self, painter: QPainter, exposed: Sequence[QRectF], zoom: float) -> None:
        """Paint wires and nodes, at least in the rectangles `exposed`; the ground is painted already."""
        look = style()
        paint_side_pictures(painter, self._scene, look, zoom)
        self._paint_wires(painter, look, exposed, zoom)
        self._scene.annotations.paint_notes(painter, exposed)
        if zoom >= CARDS_ZOOM:
            self._paint_cards(painter, look, exposed, zoom)
        else:
            self._paint_colours(painter, look, exposed, zoom)
        if zoom < NAMES_ZOOM:
            paint_side_names(painter, self._scene, look, zoom)

    def _paint_wires(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        """Wires that stay where they are and look as usual are painted together, and so are those that move along."""
        placement, wires = self._scene.placement, self._scene.wires
        self._sort_stale()
        if self._inner_of is not placement.inner_wires:
            self._inner, self._inner_of = {}, placement.inner_wires
            for edge in placement.inner_wires:
                self._inner.setdefault(wires[edge].look, QPainterPath()).addPath(wires[edge].path)
        # What is as usual lies below what is not.
        for wire in sorted(self._wires, key=_is_unusual):
            if wire.width is not None and zoom < CARDS_ZOOM:
                self._paint_sizes(painter, look, wire, exposed, zoom)
                continue
            for path in self._wires[wire].paths(exposed):
                _stroke(painter, path, wire, look, zoom)
        if placement.moving_wires:
            moving = {wire: path.translated(*placement.shift) for wire, path in self._inner.items()}
            for item in map(wires.__getitem__, placement.outer_wires):
                moving.setdefault(item.look, QPainterPath()).addPath(item.path)
            for wire, path in moving.items():
                _stroke(painter, path, wire, look, zoom)

    def _paint_sizes(
        self, painter: QPainter, look: CanvasStyle, wire: WireLook, exposed: Sequence[QRectF], zoom: float
    ) -> None:
        """Paint wires whose thickness tells something."""
        pen = _far_pen(wire, look, zoom)
        painter.setPen(pen)
        painter.setOpacity(DIMMED if wire.is_dimmed else 1.0)
        for lines in self._wires[wire].lines(exposed, pen.widthF() / zoom):
            painter.drawLines(lines)
        painter.setOpacity(1.0)

    def _sort_stale(self) -> None:
        stale, self._stale = self._stale, set()
        for edge in stale:
            before = self._look_of.pop(edge, None)
            if before is not None:
                self._wires[before].forget(edge)
            item = self._scene.wires.get(edge)
            if item is not None and edge not in self._scene.placement.moving_wires:
                self._look_of[edge] = item.look
                self._wires.setdefault(item.look, WireTiles()).put(item)

    def _shown(self, exposed: Sequence[QRectF], margin: float) -> list[NodeItem]:
        """The nodes that are seen with so much around them; those in motion are the last, in front of the others."""
        moving, nodes = self._scene.placement.moving, self._scene.nodes
        shown = self._still.items(exposed, margin)
        reaches = [reach_of(rect, margin) for rect in exposed] if moving else []
        for item in (nodes[node] for node in moving):
            x, y = item.position
            if any(left < x < right and top < y < bottom for left, right, top, bottom in reaches):
                shown.append(item)
        return shown

    @property
    def _still(self) -> NodeTiles:
        """The nodes that are not in motion."""
        stale, self._stale_nodes = self._stale_nodes, set()
        nodes, moving = self._scene.nodes, self._scene.placement.moving
        for node in stale:
            self._nodes.forget(node)
            if node in nodes and node not in moving:
                self._nodes.put(nodes[node])
        return self._nodes

    def _paint_cards(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        shown = self._shown(exposed, -HALF_HEIGHT - STACK_AREA.top())
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
            if item.is_dimmed:
                painter.setOpacity(DIMMED)
            painter.drawPixmap(on_pixel(x * zoom + across, y * zoom + down, ratio), pixmap)
            if item.is_dimmed:
                painter.setOpacity(1.0)
        painter.setWorldTransform(to_view)
        if zoom >= NAMES_ZOOM:
            _paint_names(painter, look, shown)
        for item in shown:
            if item.bar is not None:
                painter.translate(*item.position)
                paint_bar(painter, item, look)
                painter.setWorldTransform(to_view)

    def _paint_colours(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        """Nodes that are not in motion are a few calls for each family."""
        painter.setPen(NO_PEN)
        for (family, is_dimmed), rects in self._still.blocks(exposed):
            painter.setOpacity(DIMMED if is_dimmed else 1.0)
            painter.setBrush(look.families[family].tile)
            painter.drawRects(rects)
        painter.setOpacity(1.0)
        to_view = painter.worldTransform()
        painter.translate(*self._scene.placement.shift)
        for family, rects in self._moving_blocks().items():
            painter.setBrush(look.families[family].tile)
            painter.drawRects(rects)
        painter.setWorldTransform(to_view)
        self._paint_outlines(painter, look, exposed, zoom)

    def _moving_blocks(self) -> dict[str, list[QRectF]]:
        """The cards of the nodes in motion, where these were at its beginning."""
        placement = self._scene.placement
        if self._moving_of is not placement.moving:
            self._moving, self._moving_of = {}, placement.moving
            dx, dy = placement.shift
            for node in placement.moving:
                item = self._scene.nodes[node]
                self._moving.setdefault(item.spec.family, []).append(_block(item).translated(-dx, -dy))
        return self._moving

    def _paint_outlines(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        scene, margin = self._scene, 1.5 / zoom
        reaches = [reach_of(rect, 2 * margin) for rect in exposed]
        selected = scene.shown_selection - scene.wrong
        hovered = {node for node in (scene.hover.node,) if node in scene.nodes} - scene.wrong - selected
        painter.setBrush(NO_BRUSH)
        for pen, nodes in (
            (look.hover_outline, hovered),
            (look.selected_outline, selected),
            (look.error_outline, scene.wrong),
        ):
            painter.setPen(cosmetic(pen, 2.0))
            rects = _outlines((scene.nodes[node].position for node in nodes), reaches, margin)
            painter.drawRects(rects)


def _outlines(places: Iterable[Point], reaches: Sequence[Reach], margin: float) -> list[QRectF]:
    """The cards, and so much around them, of those nodes at `places` that are within one of `reaches`."""
    across, down = HALF_WIDTH + margin, HALF_HEIGHT + margin
    return [
        QRectF(x - across, y - down, 2 * across, 2 * down)
        for x, y in places
        if any(left < x < right and top < y < bottom for left, right, top, bottom in reaches)
    ]


def _paint_names(painter: QPainter, look: CanvasStyle, shown: list[NodeItem]) -> None:
    painter.setFont(fonts().far_name)
    for quiet in (False, True):
        painter.setPen(look.muted if quiet else look.text)
        for item in shown:
            if (item.is_waiting or item.is_dimmed) is quiet:
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


def _is_unusual(wire: WireLook) -> bool:
    return wire.state is not WireState.NORMAL or wire.flow is not None


def _stroke(painter: QPainter, path: QPainterPath, wire: WireLook, look: CanvasStyle, zoom: float) -> None:
    """Paint wires that look the same."""
    if wire.is_dimmed:
        painter.setOpacity(DIMMED)
    painter.strokePath(path, _far_pen(wire, look, zoom))
    if wire.is_dimmed:
        painter.setOpacity(1.0)


def _far_pen(wire: WireLook, look: CanvasStyle, zoom: float) -> QPen:
    """The pen of wires: none is thinner than what a screen can show, nor are sizes than what can be compared."""
    pen = wire.pen(look)
    shrunk = zoom if wire.width is None else max(zoom, _SIZES_ZOOM)
    return cosmetic(pen, max(pen.widthF() * shrunk, 1.0))
