"""A pen for drawing networks top to bottom, so that what is built by code is also readable on the canvas."""

from __future__ import annotations

from typing import Any

from engine.graph.edits import AddNode, Connect, SetSetting
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import ParamValue
from engine.layers.registry import new_node

ROW = 96.0
"""The distance between the centres of two layers that follow each other, in scene units."""
LANE = 232.0
"""The distance between the centres of two layers side by side, in scene units."""


class Sketch:
    """Adds layers to a new graph, each below what feeds it."""

    def __init__(self) -> None:
        self.graph = Graph()
        """The graph drawn so far."""
        self._last: NodeId | None = None

    def then(self, layer: str, name: str = "", **params: Any) -> NodeId:
        """Add a layer below the one added last, fed by it."""
        return self.add(layer, *(() if self._last is None else (self._last,)), name=name, **params)

    def add(self, layer: str, *sources: NodeId, name: str = "", lane: float | None = None, **params: Any) -> NodeId:
        """Add a layer fed by `sources`, one row below the lowest; in their first one's lane unless `lane` says else."""
        positions = [self.graph.nodes[source].position for source in sources]
        x = lane * LANE if lane is not None else (positions[0][0] if positions else 0.0)
        y = max((y for _, y in positions), default=-ROW) + ROW
        node = new_node(self.graph, layer, (x, y), name=name, **params)
        AddNode(node).apply(self.graph)
        for port, source in enumerate(sources):
            Connect(Edge(source, 0, node.id, port)).apply(self.graph)
        self._last = node.id
        return node.id

    def settings(self, section: str, **values: ParamValue) -> None:
        """Set what to train on (`data`) or how (`recipe`)."""
        for name, value in values.items():
            SetSetting(section, name, value).apply(self.graph)
