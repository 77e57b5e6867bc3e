"""Paints what is dragged, over everything that stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from engine.graph.model import Edge, NodeId
from gui.canvas import far, geometry, near
from gui.canvas.paper import HINTS
from gui.canvas.sprites import on_pixel
from gui.canvas.style import NO_PEN, CanvasStyle, style
from gui.canvas.tiles import reach_of
from gui.canvas.wire_item import WireLook
from gui.canvas.zooms import CARDS_ZOOM, NEAR_ZOOM

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene
    from gui.canvas.wire_item import WireItem

_LARGEST = 1_500_000
"""Of what covers more pixels than this, only what is seen is painted, at each step."""


class _Picture(NamedTuple):
    """What moves as one: nodes and the wires among them."""

    pixmap: QPixmap | None
    """None where it would be too large."""
    corner: QPointF
    """Where it is, in pixels of the view that is scrolled to the origin, while nothing is moved."""
    moving: frozenset[NodeId]
    """The nodes that it shows; another motion has another set of them, be they the same."""
    key: tuple[object, ...]
    """What else it depends on."""


class Motion:
    """The nodes in motion, their wires, and those that get out of their way, as one view shows them."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._picture: _Picture | None = None
        self._inner: dict[WireLook, QPainterPath] = {}
        self._inner_of: frozenset[Edge] = frozenset()
        self._blocks: dict[str, list[QRectF]] = {}
        self._blocks_of: frozenset[NodeId] = frozenset()

    def forget(self) -> None:
        """What moves may look different."""
        self._picture = None

    def paint(self, painter: QPainter, exposed: Sequence[QRectF], zoom: float) -> None:
        """Paint them, at least in the rectangles `exposed`; the painter has the scene's transform."""
        placement = self._scene.placement
        if not placement.moving:
            return
        look = style()
        self._paint_outer_wires(painter, look, exposed, zoom)
        ratio = painter.device().devicePixelRatioF()
        picture = self._picture
        if picture is None or picture.moving is not placement.moving or picture.key != (zoom, ratio, look):
            self._picture = picture = self._painted(look, zoom, ratio)
        if picture.pixmap is None:
            self._paint_as_one(painter, look, exposed, zoom)
            return
        to_view, (dx, dy) = painter.worldTransform(), placement.shift
        painter.resetTransform()
        x, y = picture.corner.x() + dx * zoom + to_view.dx(), picture.corner.y() + dy * zoom + to_view.dy()
        painter.drawPixmap(on_pixel(x, y, ratio), picture.pixmap)
        painter.setWorldTransform(to_view)

    # Wires with one end in motion, or none

    def _paint_outer_wires(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        placement = self._scene.placement
        wires = self._seen(chain(placement.outer_wires, placement.yielding), exposed)
        if zoom >= NEAR_ZOOM:
            near.paint_wires(painter, look, wires, zoom)
            return
        paths: dict[WireLook, QPainterPath] = {}
        for item in wires:
            paths.setdefault(item.look, QPainterPath()).addPath(item.path)
        for wire, path in paths.items():
            far.stroke(painter, path, wire, look, zoom)

    def _seen(self, wires: Iterable[Edge], exposed: Sequence[QRectF]) -> Iterator[WireItem]:
        """Those of `wires` that may be seen: when all of a large network moves, few are."""
        items = map(self._scene.wires.__getitem__, wires)
        return (item for item in items if any(map(item.bounds.intersects, exposed)))

    # What moves as one

    def _painted(self, look: CanvasStyle, zoom: float, ratio: float) -> _Picture:
        """What moves as one, painted where it would be in the view that is scrolled to the origin."""
        moving, key = self._scene.placement.moving, (zoom, ratio, look)
        (dx, dy), area = self._scene.placement.shift, self._area()
        scale = zoom * ratio
        left, top = floor(area.left() * scale) - far.REACH, floor(area.top() * scale) - far.REACH
        width, height = ceil(area.right() * scale) + far.REACH - left, ceil(area.bottom() * scale) + far.REACH - top
        corner = QPointF(left / ratio - dx * zoom, top / ratio - dy * zoom)
        if width * height > _LARGEST:
            return _Picture(None, corner, moving, key)
        pixmap = QPixmap(width, height)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(HINTS)
        painter.translate(-left / ratio, -top / ratio)
        painter.scale(zoom, zoom)
        self._paint_as_one(painter, look, [area], zoom)
        painter.end()
        return _Picture(pixmap, corner, moving, key)

    def _area(self) -> QRectF:
        """What it covers now."""
        scene, placement = self._scene, self._scene.placement
        area = geometry.bounds(scene.nodes[node].position for node in placement.moving)
        area.adjust(-near.BESIDE, -near.ABOVE, near.BESIDE, near.BELOW)
        dx, dy = placement.shift
        for wire in placement.inner_wires:
            area |= scene.wires[wire].bounds.translated(dx, dy)
        return area

    def _paint_as_one(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        dx, dy = shift = self._scene.placement.shift
        if zoom >= NEAR_ZOOM:
            before = [rect.translated(-dx, -dy) for rect in exposed]
            near.paint_wires(painter, look, self._seen(self._scene.placement.inner_wires, before), zoom, shift)
            near.paint_nodes(painter, look, self._shown(exposed))
            return
        for wire, path in self._inner_paths().items():
            far.stroke(painter, path.translated(dx, dy), wire, look, zoom)
        if zoom >= CARDS_ZOOM:
            far.paint_cards(painter, look, self._shown(exposed), zoom)
        else:
            self._paint_colours(painter, look, exposed, zoom)

    def _shown(self, exposed: Sequence[QRectF]) -> list[NodeItem]:
        """The nodes that are seen, the lowest first."""
        reaches = [reach_of(rect, near.BELOW) for rect in exposed]
        shown = []
        for item in map(self._scene.nodes.__getitem__, self._scene.placement.moving):
            x, y = item.position
            if any(left < x < right and top < y < bottom for left, right, top, bottom in reaches):
                shown.append(item)
        return sorted(shown, key=lambda item: item.rank)

    def _inner_paths(self) -> dict[WireLook, QPainterPath]:
        """The wires that move along with both their ends and so keep their form, where they were in the beginning."""
        placement, wires = self._scene.placement, self._scene.wires
        if self._inner_of is not placement.inner_wires:
            self._inner, self._inner_of = {}, placement.inner_wires
            for edge in placement.inner_wires:
                self._inner.setdefault(wires[edge].look, QPainterPath()).addPath(wires[edge].path)
        return self._inner

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
