"""Paints the nodes and wires that are not in motion, and remembers what it can until they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from engine.graph.model import Edge, NodeId
from gui.canvas import far, near
from gui.canvas.geometry import HALF_HEIGHT
from gui.canvas.node_painter import DIMMED, STACK_AREA
from gui.canvas.side_names import paint_side_names
from gui.canvas.side_pictures import paint_side_pictures
from gui.canvas.style import NO_PEN, CanvasStyle, style
from gui.canvas.tiles import NodeTiles, WireTiles
from gui.canvas.wire_item import WireLook, WireState
from gui.canvas.zooms import CARDS_ZOOM, NAMES_ZOOM, NEAR_ZOOM

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


class AtRest:
    """All of a scene but for what is dragged just now."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._wires: dict[WireLook, WireTiles] = {}
        self._look_of: dict[Edge, WireLook] = {}
        self._stale_wires: set[Edge] = set()
        self._nodes = NodeTiles()
        self._stale_nodes: set[NodeId] = set()

    def forget(self) -> None:
        """Everything is new."""
        self._wires, self._look_of = {}, {}
        self._stale_wires = set(self._scene.wires)
        self._nodes = NodeTiles()
        self._stale_nodes = set(self._scene.nodes)

    def forget_wires(self, wires: Iterable[Edge]) -> None:
        """These wires have come or gone, been put into motion or to rest, or changed their way or their state."""
        self._stale_wires.update(wires)

    def forget_nodes(self, nodes: Iterable[NodeId]) -> None:
        """These nodes have come or gone, been put elsewhere, into motion or to rest, or have another colour."""
        self._stale_nodes.update(nodes)

    def paint(self, painter: QPainter, exposed: Sequence[QRectF], zoom: float) -> None:
        """Paint wires, notes and nodes, at least in the rectangles `exposed`; the ground is painted already."""
        look = style()
        self._sort_stale()
        if zoom >= NEAR_ZOOM:
            self._paint_near(painter, look, exposed, zoom)
            return
        paint_side_pictures(painter, self._scene, look, zoom)
        self._paint_wires(painter, look, exposed, zoom)
        self._scene.annotations.paint_notes(painter, exposed)
        if zoom >= CARDS_ZOOM:
            shown = self._nodes.items(exposed, -HALF_HEIGHT - STACK_AREA.top())
            far.paint_cards(painter, look, shown, zoom)
        else:
            self._paint_colours(painter, look, exposed, zoom)
        if zoom < NAMES_ZOOM:
            paint_side_names(painter, self._scene, look, zoom)

    def _paint_near(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        for wire in sorted(self._wires, key=_is_unusual):
            near.paint_wires(painter, look, self._wires[wire].items(exposed), zoom)
        self._scene.annotations.paint_notes(painter, exposed)
        near.paint_nodes(painter, look, self._nodes.items(exposed, near.BELOW))

    def _paint_wires(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        # What is as usual lies below what is not.
        for wire in sorted(self._wires, key=_is_unusual):
            if wire.width is not None and zoom < CARDS_ZOOM:
                self._paint_sizes(painter, look, wire, exposed, zoom)
                continue
            for path in self._wires[wire].paths(exposed):
                far.stroke(painter, path, wire, look, zoom)

    def _paint_sizes(
        self, painter: QPainter, look: CanvasStyle, wire: WireLook, exposed: Sequence[QRectF], zoom: float
    ) -> None:
        """Paint wires whose thickness tells something."""
        pen = far.far_pen(wire, look, zoom)
        painter.setPen(pen)
        painter.setOpacity(DIMMED if wire.is_dimmed else 1.0)
        for lines in self._wires[wire].lines(exposed, pen.widthF() / zoom):
            painter.drawLines(lines)
        painter.setOpacity(1.0)

    def _paint_colours(self, painter: QPainter, look: CanvasStyle, exposed: Sequence[QRectF], zoom: float) -> None:
        """A few calls for each family."""
        painter.setPen(NO_PEN)
        for (family, is_dimmed), rects in self._nodes.blocks(exposed):
            painter.setOpacity(DIMMED if is_dimmed else 1.0)
            painter.setBrush(look.families[family].tile)
            painter.drawRects(rects)
        painter.setOpacity(1.0)
        scene = self._scene
        hovered = {scene.hover.node} if scene.hover.node is not None else set[NodeId]()
        marked = (scene.shown_selection | scene.wrong | hovered) & scene.nodes.keys()
        far.paint_outlines(painter, look, scene, marked - scene.placement.moving, exposed, zoom)

    def _sort_stale(self) -> None:
        scene = self._scene
        wires, self._stale_wires = self._stale_wires, set()
        for edge in wires:
            before = self._look_of.pop(edge, None)
            if before is not None:
                self._wires[before].forget(edge)
            wire = scene.wires.get(edge)
            if wire is not None and edge not in scene.placement.moving_wires:
                self._look_of[edge] = wire.look
                self._wires.setdefault(wire.look, WireTiles()).put(wire)
        nodes, self._stale_nodes = self._stale_nodes, set()
        for node in nodes:
            self._nodes.forget(node)
            if node in scene.nodes and node not in scene.placement.moving:
                self._nodes.put(scene.nodes[node])


def _is_unusual(wire: WireLook) -> bool:
    return wire.state is not WireState.NORMAL or wire.flow is not None
