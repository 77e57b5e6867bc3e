"""The picture of the chosen network, painted when it is to be seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.graph.model import Edge, Graph, Node, NodeId
from engine.layers.blocks import REPEAT
from engine.layers.spec import whole
from gui import theme
from gui.canvas.picture import render_graph

_SMALLEST = QSize(320, 120)
_HIGHEST = 220
_ROW = 96.0
_CORNER = 8.0
_FAINT = 0.3


class Preview(QWidget):
    """A wide and low picture of a network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._graph = Graph()
        self._picture = QPixmap()
        self._painted_for: tuple[object, ...] = ()
        self._is_faint = False
        self.setObjectName("gallery_picture")
        self.setMinimumHeight(_SMALLEST.height())
        self.setMaximumHeight(_HIGHEST)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_graph(self, graph: Graph, name: str) -> None:
        """Show `graph`, the network called `name`."""
        self._graph = unrolled(graph)
        self._is_faint = False
        self.setAccessibleName(f"Picture of {name}, with {len(self._graph.nodes)} layers and blocks")
        self._painted_for = ()
        self.update()

    def show_faint(self) -> None:
        """Say that the network cannot be drawn like this."""
        self._is_faint = True
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return _SMALLEST

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the network on the ground of the canvas."""
        colours, scale = theme.current(), self.devicePixelRatioF()
        if self._painted_for != (self.size(), colours.name, scale):
            self._painted_for = (self.size(), colours.name, scale)
            self._picture = render_graph(self._graph, self.size(), colours, scale)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outline, colours.colour("canvas"))
        painter.setPen(QPen(colours.colour("border"), 1))
        painter.drawPath(outline)
        painter.setOpacity(_FAINT if self._is_faint else 1.0)
        painter.drawPixmap(0, 0, self._picture)


def unrolled(graph: Graph) -> Graph:
    """`graph` with one node for each copy of a repeated block, so that a deeper network looks deeper.

    It shares the blocks of `graph` and is for looking at alone: the names are not those of the network.
    """
    nodes: list[Node] = []
    edges: list[Edge] = []
    last: dict[NodeId, NodeId] = {}
    offset = 0.0
    in_rows = sorted(graph.nodes.values(), key=lambda node: node.position[1])
    for node in in_rows:
        times = whole(node.params.get(REPEAT.name, 1)) if graph.blocks and REPEAT.name in node.params else 1
        ids = [node.id, *(NodeId(f"{node.id}/{copy}") for copy in range(1, times))]
        for copy, name in enumerate(ids):
            x, y = node.position[0], node.position[1] + offset + copy * _ROW
            params = {key: value for key, value in node.params.items() if key != REPEAT.name}
            nodes.append(replace(node, id=name, name=f"n{len(nodes)}", params=params, position=(x, y)))
        edges += [Edge(upper, 0, lower, 0) for upper, lower in pairwise(ids)]
        last[node.id] = ids[-1]
        offset += (times - 1) * _ROW
    edges += [edge._replace(source=last[edge.source]) for edge in graph.edges]
    shown = Graph(graph.blocks)
    shown.fill(nodes, edges)
    return shown
