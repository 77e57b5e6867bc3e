"""Paints nodes and wires as they look from far: names, then colours alone, and wires never thinner than a line.

Thousands of them are in view then, so nodes and wires that look the same are painted in a few calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from engine.graph.model import NodeId, Point
from gui.canvas.card import TILE
from gui.canvas.geometry import CARD, HALF_HEIGHT, HALF_WIDTH
from gui.canvas.node_painter import DIMMED, ROUND, STACK_AREA, paint_bar, paint_stack, paint_times
from gui.canvas.sprites import on_pixel, shared_sprites
from gui.canvas.style import NO_BRUSH, NO_PEN, CanvasStyle, cosmetic, fonts, style
from gui.canvas.tiles import Reach, reach_of
from gui.canvas.wire_item import WireLook
from gui.canvas.zooms import NAMES_ZOOM
from gui.theme import RADIUS

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene

REACH = 5
"""How far a node or a wire may reach beyond what it covers in the scene, in pixels, where lines keep their width."""
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


def paint_cards(painter: QPainter, look: CanvasStyle, shown: Sequence[NodeItem], zoom: float) -> None:
    """Paint `shown`, the lowest first, as cards with their names; the painter has the scene's transform."""
    to_view = painter.worldTransform()
    ratio = painter.device().devicePixelRatioF()
    across = STACK_AREA.x() * zoom + to_view.dx()
    down = STACK_AREA.y() * zoom + to_view.dy()
    sprites, scale, thin, thick = shared_sprites(look), (zoom, ratio), 1.0 / zoom, 2.0 / zoom
    painter.resetTransform()
    for item in shown:
        report = item.report
        is_wrong, is_waiting = (False, False) if report is None else (report.error is not None, report.waiting)
        width = thick if is_wrong or item.is_selected else thin
        marks = item.is_selected, item.is_hovered, is_wrong, is_waiting
        card = FarLook(item.spec.family, *marks, width, item.is_instance, item.times)
        pixmap = sprites.pixmap(scale, card, STACK_AREA, card.paint)
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


def paint_outlines(
    painter: QPainter,
    look: CanvasStyle,
    scene: CanvasScene,
    nodes: Iterable[NodeId],
    exposed: Sequence[QRectF],
    zoom: float,
) -> None:
    """Paint what tells selected nodes and wrong ones, and that under the pointer, from other blocks of colour.

    Args:
        painter: has the scene's transform.
        look: the style in use.
        scene: the scene.
        nodes: those to look at.
        exposed: the rectangles of the scene that are to be painted.
        zoom: pixels for each unit of the scene.
    """
    margin = 1.5 / zoom
    reaches = [reach_of(rect, 2 * margin) for rect in exposed]
    places: dict[str, list[Point]] = {}
    for node in nodes:
        item = scene.nodes[node]
        kind = "wrong" if node in scene.wrong else "selected" if node in scene.shown_selection else "hovered"
        places.setdefault(kind, []).append(item.position)
    painter.setBrush(NO_BRUSH)
    pens = {"hovered": look.hover_outline, "selected": look.selected_outline, "wrong": look.error_outline}
    for kind, pen in pens.items():
        if kind in places:
            painter.setPen(cosmetic(pen, 2.0))
            painter.drawRects(_outlines(places[kind], reaches, margin))


def stroke(painter: QPainter, path: QPainterPath, wire: WireLook, look: CanvasStyle, zoom: float) -> None:
    """Paint wires that look the same."""
    if wire.is_dimmed:
        painter.setOpacity(DIMMED)
    painter.strokePath(path, far_pen(wire, look, zoom))
    if wire.is_dimmed:
        painter.setOpacity(1.0)


def far_pen(wire: WireLook, look: CanvasStyle, zoom: float) -> QPen:
    """The pen of wires: none is thinner than what a screen can show, nor are sizes than what can be compared."""
    pen = wire.pen(look)
    shrunk = zoom if wire.width is None else max(zoom, _SIZES_ZOOM)
    return cosmetic(pen, max(pen.widthF() * shrunk, 1.0))


def block(item: NodeItem) -> QRectF:
    """The block of colour that a node is."""
    x, y = item.position
    return CARD.translated(x, y)


def _outlines(places: Iterable[Point], reaches: Sequence[Reach], margin: float) -> list[QRectF]:
    """The cards, and so much around them, of those nodes at `places` that are within one of `reaches`."""
    across, down = HALF_WIDTH + margin, HALF_HEIGHT + margin
    return [
        QRectF(x - across, y - down, 2 * across, 2 * down)
        for x, y in places
        if any(left < x < right and top < y < bottom for left, right, top, bottom in reaches)
    ]


def _paint_names(painter: QPainter, look: CanvasStyle, shown: Sequence[NodeItem]) -> None:
    painter.setFont(fonts().far_name)
    for quiet in (False, True):
        painter.setPen(look.muted if quiet else look.text)
        for item in shown:
            if (item.is_waiting or item.is_dimmed) is quiet:
                name, (x, y) = item.texts.far_name, item.position
                painter.drawStaticText(QPointF(x + name.place.x(), y + name.place.y()), name.static)


def _outline(card: FarLook, look: CanvasStyle) -> QPen:
    if card.is_wrong:
        return look.error_outline
    if card.is_selected:
        return look.selected_outline
    return look.hover_outline if card.is_hovered else look.outline
