"""Where nodes and wires are shown: as the graph says or, while they are dragged, where the pointer has them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from engine.graph.model import Edge, NodeId, Point
from gui.canvas import geometry
from gui.canvas.routing import Router

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_FEW = 20
"""While so many nodes are dragged, wires that they come into the way of are rerouted at once; else at the end."""
_IN_FRONT = 50
"""So many dragged nodes are brought to the front; reordering more costs more than it shows."""


class Placement:
    """Moves the items of a scene and leads the wires."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._router: Router[Edge] = Router()
        self._content: QRectF | None = None
        self.moving: frozenset[NodeId] = frozenset()
        """The nodes that are dragged."""
        self.moving_wires: frozenset[Edge] = frozenset()
        """The wires that begin or end at them."""
        self.inner_wires: frozenset[Edge] = frozenset()
        """Those of them that begin and end at dragged nodes, and so keep their form."""
        self.outer_wires: frozenset[Edge] = frozenset()
        """Those that do not."""
        self.shift: Point = (0.0, 0.0)
        """How far the dragged nodes are from where the graph says."""
        self._lags = False

    def content_rect(self) -> QRectF:
        """The rectangle around all nodes, as they are shown; empty when there are none."""
        if self._content is None:
            self._content = geometry.bounds(self._router.corners() or ())
        return self._content

    def put(self, node: NodeId, position: Point, *, later: bool = False) -> None:
        """Show a node at `position`; Qt need not know it before `catch_up`."""
        self._scene.nodes[node].put(position, later=later)
        self._router.place(node, position)
        self._scene.annotations.touch(node)
        self._content = None
        if node not in self.moving:
            self._scene.overview.forget_nodes([node])

    def forget(self, node: NodeId) -> None:
        """A node is gone."""
        self._router.forget(node)
        self._content = None
        self._scene.overview.forget_nodes([node])

    def connect(self, edge: Edge) -> None:
        """Lead a wire from port to port, at the next `refresh`."""
        source, target = self._scene.nodes[edge.source], self._scene.nodes[edge.target]
        end = target.port_point(False, edge.target_port)
        aside = end[0] - target.position[0]
        lean = 0 if abs(aside) < 1.0 else 1 if aside > 0 else -1
        self._router.connect(edge, source.port_point(True, edge.source_port), end, lean)

    def disconnect(self, edge: Edge) -> None:
        """A wire is gone."""
        self._router.disconnect(edge)
        self._scene.overview.forget_wires([edge])

    def wires_of(self, nodes: Collection[NodeId]) -> set[Edge]:
        """The wires that begin or end at `nodes`."""
        graph, wires = self._scene.workspace.graph, self._scene.wires
        known = [node for node in nodes if node in graph.nodes]
        return {edge for node in known for edge in graph.wires_at(node) if edge in wires}

    def refresh(self, *, touched: bool = True, tidy: bool = True) -> None:
        """Show every wire that has got another way; see `Router.refresh`."""
        routes = self._router.refresh(touched=touched, tidy=tidy)
        for edge, route in routes.items():
            self._scene.wires[edge].set_route(route)
        self._scene.overview.forget_wires(routes.keys() - self.moving_wires)
        self._scene.annotations.follow()

    def preview_move(self, nodes: Collection[NodeId], dx: float, dy: float) -> None:
        """Show `nodes` moved by (dx, dy) from where the graph says, without changing the graph."""
        scene, graph = self._scene, self._scene.workspace.graph
        if self.moving != frozenset(nodes):
            self._begin_preview(frozenset(nodes))
        self.shift = (dx, dy)
        # From far, Qt paints none of the items, and keeping it up to date about many takes longer than painting them.
        self._lags = scene.is_far and len(nodes) > _FEW
        for node in nodes:
            x, y = graph.nodes[node].position
            self.put(node, (x + dx, y + dy), later=self._lags)
        if self._lags:
            scene.update()
        else:
            self._move_inner()
        for wire in self.outer_wires:
            self.connect(wire)
        self.refresh(touched=len(nodes) <= _FEW, tidy=False)

    def catch_up(self) -> None:
        """Tell Qt where everything is, before it paints items or looks for them."""
        if self._lags:
            self._lags = False
            for node in self.moving:
                self._scene.nodes[node].catch_up()
            self._move_inner()

    def end_preview(self) -> None:
        """Show everything where the graph says again."""
        graph, scene = self._scene.workspace.graph, self._scene
        moved, self.moving = self.moving, frozenset()
        self._lags = False
        wires = self.moving_wires
        self.moving_wires = self.inner_wires = self.outer_wires = frozenset()
        for node in moved:
            if node in scene.nodes and node in graph.nodes:
                scene.nodes[node].setZValue(0.0)
                self.put(node, graph.nodes[node].position)
        for wire in wires:
            if wire in scene.wires:
                scene.wires[wire].setPos(0.0, 0.0)
                self.connect(wire)
        scene.overview.forget_nodes(moved)
        scene.overview.forget_wires(wires)
        scene.refresh()

    def _move_inner(self) -> None:
        for wire in self.inner_wires:
            self._scene.wires[wire].setPos(*self.shift)

    def _begin_preview(self, nodes: frozenset[NodeId]) -> None:
        scene = self._scene
        self.moving, self.moving_wires = nodes, frozenset(self.wires_of(nodes))
        self.inner_wires = frozenset(
            edge for edge in self.moving_wires if edge.source in nodes and edge.target in nodes
        )
        self.outer_wires = self.moving_wires - self.inner_wires
        scene.overview.forget_nodes(nodes)
        scene.overview.forget_wires(self.moving_wires)
        if len(nodes) <= _IN_FRONT:
            for node in nodes:
                scene.nodes[node].setZValue(1.0)
