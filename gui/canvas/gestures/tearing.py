"""Nodes that are pulled out of their chain while they are dragged: what is cut, what closes, and how that looks."""

from __future__ import annotations

from collections.abc import Collection

from engine.graph.edits import Edit, crossing, healed
from engine.graph.model import Graph, NodeId
from engine.layers.rewiring import detach
from gui.canvas import curves
from gui.canvas.gestures.port_meeting import route_of
from gui.canvas.scene import CanvasScene


class Tearing:
    """Plans how `nodes` come out of the network; nothing but the look of wires changes until the edit is made."""

    def __init__(self, scene: CanvasScene, nodes: Collection[NodeId]) -> None:
        self._scene = scene
        self._nodes = tuple(nodes)
        self.edit: Edit | None = None
        """What takes the nodes out; None while they are in their places."""
        self.graph: Graph = scene.workspace.graph
        """The graph as it is without their wires, in which to plan where they go."""

    def tear(self) -> None:
        """Take the nodes out, unless nothing holds them."""
        graph = self._scene.workspace.graph
        if self.edit is not None:
            return
        self.edit = detach(graph, self._nodes)
        if self.edit is not None:
            self.graph = graph.snapshot(graph.blocks)
            self.edit.apply(self.graph)
            self._show_cut(True)

    def mend(self) -> None:
        """Show the wires as they are."""
        if self.edit is not None:
            self._show_cut(False)

    def routes(self) -> list[curves.Route]:
        """The ways of the wires that close the gap."""
        if self.edit is None:
            return []
        return [route_of(self._scene, edge) for edge in healed(self._scene.workspace.graph, self._nodes)]

    def _show_cut(self, is_cut: bool) -> None:
        for edge in crossing(self._scene.workspace.graph, self._nodes):
            if edge in self._scene.wires:
                self._scene.wires[edge].is_detached = is_cut
                self._scene.wires[edge].update()
