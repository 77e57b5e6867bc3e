"""Paints what is dragged, over everything that stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath

from engine.graph.model import Edge, NodeId
from gui.canvas import far, near
from gui.canvas.style import NO_PEN, CanvasStyle, style
from gui.canvas.tiles import reach_of
from gui.canvas.wire_item import WireLook
from gui.canvas.zooms import CARDS_ZOOM, NEAR_ZOOM

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene
    from gui.canvas.wire_item import WireItem


class Motion:
    """The nodes in motion, and the wires that begin or end at them."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._inner: dict[WireLook, QPainterPath] = {}
        self._inner_of: frozenset[Edge] = frozenset()
        self._blocks: dict[str, list[QRectF]] = {}
        self._blocks_of: frozenset[NodeId] = frozenset()

    def paint(self, painter: QPainter, exposed: Sequence[QRectF], zoom: float) -> None:
        """Paint them, at least in the rectangles `exposed`; the painter has the scene's transform."""
        placement = self._scene.placement
        if not placement.moving:
            return
        look = style()
        if zoom >= NEAR_ZOOM:
            dx, dy = placement.shift
            before = [rect.translated(-dx, -dy) for rect in exposed]
            near.paint_wires(painter, look, self._seen(placement.inner_wires, before), zoom, placement.shift)
            near.paint_wires(painter, look, self._seen(placement.outer_wires, exposed), zoom)
            near.paint_nodes(painter, look, self._shown(exposed, near.BELOW))
            return
        self._paint_wires(painter, look, zoom)
        if zoom >= CARDS_ZOOM:
            far.paint_cards(painter, look, self._shown(exposed, near.BELOW), zoom)
        else:
            self._paint_colours(painter, look, exposed, zoom)

    def _shown(self, exposed: Sequence[QRectF], margin: float) -> list[NodeItem]:
        """The nodes that are seen with so much around them, the lowest first."""
        reaches = [reach_of(rect, margin) for rect in exposed]
        shown = []
        for item in map(self._scene.nodes.__getitem__, self._scene.placement.moving):
            x, y = item.position
            if any(left < x < right and top < y < bottom for left, right, top, bottom in reaches):
                shown.append(item)
        return sorted(shown, key=lambda item: item.rank)

    def _seen(self, wires: Iterable[Edge], exposed: Sequence[QRectF]) -> Iterator[WireItem]:
        """Those of `wires` that may be seen: when all of a large network moves, few are."""
        items = map(self._scene.wires.__getitem__, wires)
        return (item for item in items if any(map(item.bounds.intersects, exposed)))

    def _paint_wires(self, painter: QPainter, look: CanvasStyle, zoom: float) -> None:
        """Wires that move along with both their ends keep their form."""
        placement, wires = self._scene.placement, self._scene.wires
        if self._inner_of is not placement.inner_wires:
            self._inner, self._inner_of = {}, placement.inner_wires
            for edge in placement.inner_wires:
                self._inner.setdefault(wires[edge].look, QPainterPath()).addPath(wires[edge].path)
        moving = {wire: path.translated(*placement.shift) for wire, path in self._inner.items()}
        for item in map(wires.__getitem__, placement.outer_wires):
            moving.setdefault(item.look, QPainterPath()).addPath(item.path)
        for wire, path in moving.items():
            far.stroke(painter, path, wire, look, zoom)

    def _paint_colours(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        to_view = painter.worldTransform()
        painter.translate(*self._scene.placement.shift)
        painter.setPen(NO_PEN)
        for family, rects in self._moving_blocks().items():
            painter.setBrush(look.families[family].tile)
            painter.drawRects(rects)
        painter.setWorldTransform(to_view)
        far.paint_outlines(painter, look, self._scene, self._marked(), exposed, zoom)

    def _marked(self) -> frozenset[NodeId]:
        scene = self._scene
        return scene.placement.moving & (scene.shown_selection | scene.wrong)

    def _moving_blocks(self) -> dict[str, list[QRectF]]:
        """The blocks of colour, where these were when the motion began."""
        placement = self._scene.placement
        if self._blocks_of is not placement.moving:
            self._blocks, self._blocks_of = {}, placement.moving
            dx, dy = placement.shift
            for node in placement.moving:
                item = self._scene.nodes[node]
                self._blocks.setdefault(item.spec.family, []).append(far.block(item).translated(-dx, -dy))
        return self._blocks
