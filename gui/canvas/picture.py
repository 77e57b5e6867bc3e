"""A small picture of a network, for the page of templates: one bar for each layer, from the input to the output.

The canvas lets networks flow downwards; a picture is wide and low, so there they flow to the right. Layers that hold
weights stand taller than those that do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from engine.graph.blocks import block_of
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.layers.blocks import declared
from gui.canvas.style import mix
from gui.theme import Theme

_HEIGHTS: Mapping[str, float] = {
    "Block": 0.9,
    "Convolution": 0.9,
    "Linear": 0.78,
    "Recurrent": 0.78,
    "Attention": 0.78,
    "Pooling": 0.6,
    "Normalization": 0.5,
    "Input and output": 0.42,
    "Regularization": 0.42,
    "Activation": 0.36,
    "Shape": 0.36,
    "Merge": 0.28,
}
"""The height of a layer's bar, as a share of its lane's."""
_WEIGHTY = ("Convolution", "Linear", "Recurrent", "Attention")
_WIDEST_BAR = 26.0
_TALLEST_LANE = 92.0
_WIDEST_CELL = 44.0
_MARGIN = 10.0
_HEADROOM = 0.22
"""The share of the height that the arcs above the lanes take."""
_SAME = 40.0
"""Nodes whose rows or columns on the canvas are nearer than this share one in the picture."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells of the picture are."""

    left: float
    middle: float
    cell: float
    lane: float
    lanes: int

    def centre(self, step: int, lane: int) -> QPointF:
        """The middle of the cell that is `step` layers behind the first one, in `lane`."""
        return QPointF(self.left + (step + 0.5) * self.cell, self.middle + (lane - (self.lanes - 1) / 2) * self.lane)


def render_graph(graph: Graph, size: QSize, theme: Theme, device_pixel_ratio: float = 1.0) -> QPixmap:
    """Paint `graph` into a picture of `size`, in the colours of `theme`, on a transparent ground."""
    pixmap = QPixmap(size * device_pixel_ratio)
    pixmap.setDevicePixelRatio(device_pixel_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_graph(painter, graph, QSizeF(size), theme)
    painter.end()
    return pixmap


def natural_size(graph: Graph) -> tuple[float, float]:
    """The width and height in which no bar of the picture of `graph` has to be smaller than it would like to be."""
    steps = _ranks({node.id: node.position[1] for node in graph.nodes.values()})
    lanes = _ranks({node.id: node.position[0] for node in graph.nodes.values()})
    count, rows = (max(ranks.values(), default=0) + 1 for ranks in (steps, lanes))
    headroom = _HEADROOM if _has_arcs(graph.edges, steps, lanes) else 0.0
    return 2 * _MARGIN + _WIDEST_CELL * count, 2 * _MARGIN + _TALLEST_LANE * rows / (1 - headroom)


def paint_graph(painter: QPainter, graph: Graph, size: QSizeF, theme: Theme, thinnest: float = 1.0) -> None:
    """Paint `graph` within `size` from the origin; no wire is thinner than `thinnest`."""
    if not graph.nodes:
        return
    steps = _ranks({node.id: node.position[1] for node in graph.nodes.values()})
    lanes = _ranks({node.id: node.position[0] for node in graph.nodes.values()})
    grid = _grid(max(steps.values()) + 1, max(lanes.values()) + 1, _has_arcs(graph.edges, steps, lanes), size)
    places = {node: grid.centre(steps[node], lanes[node]) for node in graph.nodes}
    width = max(min(max(grid.cell / 10, 1.0), 1.75), thinnest)
    painter.setPen(QPen(mix(theme.colour("wire"), theme.colour("panel"), 0.25), width))
    for edge in graph.edges:
        skipped = steps[edge.target] - steps[edge.source] - 1
        same_lane = lanes[edge.source] == lanes[edge.target]
        painter.drawPath(_wire(places[edge.source], places[edge.target], grid, skipped if same_lane else 0))
    painter.setPen(Qt.PenStyle.NoPen)
    for node in graph.nodes.values():
        _paint_bar(painter, theme, main_family(graph, node), places[node.id], grid)


def main_family(graph: Graph, node: Node) -> str:
    """The family that `node` is shown as: its own, or of a block that of most layers with weights inside it."""
    block = block_of(node.layer)
    if block is None:
        return declared(graph, node).family
    inside = graph.blocks.graph(block)
    families = Counter(main_family(inside, inner) for inner in inside.nodes.values())
    return max(
        (family for family in _WEIGHTY if families[family]), key=lambda family: families[family], default="Block"
    )


def _ranks(places: Mapping[NodeId, float]) -> dict[NodeId, int]:
    """The row or column of each node, counted from 0; near ones are one."""
    ranks: dict[NodeId, int] = {}
    rank, last = -1, float("-inf")
    for node in sorted(places, key=lambda node: places[node]):
        if places[node] - last > _SAME:
            rank, last = rank + 1, places[node]
        ranks[node] = rank
    return ranks


def _has_arcs(edges: Iterable[Edge], steps: Mapping[NodeId, int], lanes: Mapping[NodeId, int]) -> bool:
    return any(
        lanes[edge.source] == lanes[edge.target] and steps[edge.target] - steps[edge.source] > 1 for edge in edges
    )


def _grid(steps: int, lanes: int, has_arcs: bool, size: QSizeF) -> _Grid:
    width, height = size.width() - 2 * _MARGIN, size.height() - 2 * _MARGIN
    headroom = height * _HEADROOM if has_arcs else 0.0
    cell = min(width / steps, _WIDEST_CELL)
    lane = min((height - headroom) / lanes, _TALLEST_LANE)
    return _Grid(
        left=(size.width() - cell * steps) / 2,
        middle=size.height() / 2 + headroom / 2,
        cell=cell,
        lane=lane,
        lanes=lanes,
    )


def _wire(start: QPointF, end: QPointF, grid: _Grid, skipped: int) -> QPainterPath:
    path = QPainterPath(start)
    if skipped > 0:
        # Over the tallest bar, and higher the more it skips.
        top = start.y() - grid.lane * (0.5 + min(0.1 + 0.04 * skipped, 0.3))
        corner = min(grid.cell * 0.9, (end.x() - start.x()) / 2)
        path.cubicTo(QPointF(start.x(), top), QPointF(start.x(), top), QPointF(start.x() + corner, top))
        path.lineTo(end.x() - corner, top)
        path.cubicTo(QPointF(end.x(), top), QPointF(end.x(), top), end)
        return path
    bend = (end.x() - start.x()) / 2
    path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
    return path


def _paint_bar(painter: QPainter, theme: Theme, family: str, place: QPointF, grid: _Grid) -> None:
    width = min(grid.cell * 0.62, _WIDEST_BAR)
    height = grid.lane * _HEIGHTS.get(family, 0.4)
    if family == "Merge":
        width = height = min(max(width, 5.0), height)
    radius = height / 2 if family == "Merge" else min(width * 0.3, 5.0)
    painter.setBrush(theme.family_colour(family))
    bar = QRectF(place.x() - width / 2, place.y() - height / 2, width, height)
    painter.drawRoundedRect(bar, radius, radius)
