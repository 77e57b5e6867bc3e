"""Where nodes and wires are shown: as the graph says or, while they are dragged, where the pointer has them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from engine.graph.model import Edge, NodeId, Point
from gui.canvas import geometry, near
from gui.canvas.routing import Router

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_FEW = 20
"""While so many nodes are dragged, wires that they come into the way of are rerouted at once; else at the end."""


class Placement:
    """Moves the items of a scene and leads the wires."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._router: Router[Edge] = Router()
        self._content: QRectF | None = None
        self.moving: frozenset[NodeId] = frozenset()
        """The nodes that are dragged."""
        self.moving_wires: frozenset[Edge] = frozenset()
        """The wires that begin or end at them, and those that yield."""
        self.inner_wires: frozenset[Edge] = frozenset()
        """Those of them that begin and end at dragged nodes, and so keep their form."""
        self.outer_wires: frozenset[Edge] = frozenset()
        """Those that begin or end at them, and do not."""
        self.yielding: frozenset[Edge] = frozenset()
        """Those that have got out of the way of what is dragged; from then on they are painted with it."""
        self.shift: Point = (0.0, 0.0)
        """How far the dragged nodes are from where the graph says."""
        self.covered: QRectF | None = QRectF()
        """What the moving nodes and wires cover; None where finding that out would take longer than painting."""
        self._yielded = QRectF()
        """Where wires that yield have come or gone since the view was told."""

    def content_rect(self) -> QRectF:
        """The rectangle around all nodes, as they are shown; empty when there are none."""
        if self._content is None:
            self._content = geometry.bounds(self._router.corners() or ())
        return self._content

    def put(self, node: NodeId, position: Point) -> None:
        """Show a node at `position`."""
        # Of what moves Qt need not know anything: it is painted at each step anyway.
        self._scene.nodes[node].put(position, later=node in self.moving)
        self._router.place(node, position)
        self._scene.annotations.touch(node)
        self._content = None
        if node not in self.moving:
            self._scene.at_rest.forget_nodes([node])

    def forget(self, node: NodeId) -> None:
        """A node is gone."""
        self._router.forget(node)
        self._content = None
        self._scene.at_rest.forget_nodes([node])

    def connect(self, edge: Edge) -> None:
        """Lead a wire from port to port, at the next `refresh`."""
        source, target = self._scene.nodes[edge.source], self._scene.nodes[edge.target]
        end = target.port_point(False, edge.target_port)
        self._router.connect(edge, source.port_point(True, edge.source_port), end, end[0] - target.position[0])

    def disconnect(self, edge: Edge) -> None:
        """A wire is gone."""
        self._router.disconnect(edge)
        self._scene.at_rest.forget_wires([edge])

    def wires_of(self, nodes: Collection[NodeId]) -> set[Edge]:
        """The wires that begin or end at `nodes`."""
        graph, wires = self._scene.workspace.graph, self._scene.wires
        known = [node for node in nodes if node in graph.nodes]
        return {edge for node in known for edge in graph.wiring.at(node) if edge in wires}

    def refresh(self, *, touched: bool = True, tidy: bool = True) -> None:
        """Show every wire that has got another way; see `Router.refresh`."""
        routes = self._router.refresh(touched=touched, tidy=tidy)
        for edge, route in routes.items():
            wire, yields = self._scene.wires[edge], edge in self.yielding
            if yields:
                self._yielded |= wire.bounds
            wire.set_route(route, later=edge in self.moving_wires)
            if yields:
                self._yielded |= wire.bounds
        at_rest = routes.keys() - self.moving_wires
        self._scene.at_rest.forget_wires(at_rest)
        if self.moving and len(self.yielding) + len(at_rest) <= _FEW:
            self.yielding |= at_rest
            self.moving_wires |= at_rest
        self._scene.annotations.follow()

    def preview_move(self, nodes: Collection[NodeId], dx: float, dy: float) -> None:
        """Show `nodes` moved by (dx, dy) from where the graph says, without changing the graph."""
        scene, graph = self._scene, self._scene.workspace.graph
        if self.moving != frozenset(nodes):
            self._begin_preview(frozenset(nodes))
        self.shift = (dx, dy)
        for node in nodes:
            x, y = graph.nodes[node].position
            self.put(node, (x + dx, y + dy))
        for wire in self.outer_wires:
            self.connect(wire)
        self.refresh(touched=len(nodes) <= _FEW, tidy=False)
        before, self.covered = self.covered, self._now_covered()
        both = None if before is None or self.covered is None else before | self.covered | self._yielded
        self._yielded = QRectF()
        scene.motionShown.emit(both)

    def end_preview(self) -> None:
        """Show everything where the graph says again."""
        graph, scene = self._scene.workspace.graph, self._scene
        moved, self.moving = self.moving, frozenset()
        wires, covered, self.covered = self.moving_wires, self.covered, QRectF()
        if covered is not None:
            for wire in self.yielding & scene.wires.keys():
                covered |= scene.wires[wire].bounds
        self.moving_wires = self.inner_wires = self.outer_wires = self.yielding = frozenset()
        for node in moved:
            if node in scene.nodes and node in graph.nodes:
                self.put(node, graph.nodes[node].position)
        for wire in wires:
            if wire in scene.wires:
                self.connect(wire)
        scene.at_rest.forget_nodes(moved)
        scene.at_rest.forget_wires(wires)
        scene.refresh()
        for wire in wires:
            if wire in scene.wires:
                scene.wires[wire].catch_up()
        self._repaint(moved, wires)
        scene.motionShown.emit(covered)

    def _repaint(self, nodes: Collection[NodeId], wires: Collection[Edge]) -> None:
        """Let what lies still be painted anew where `nodes` and `wires` have left it or come back to it."""
        scene = self._scene
        if len(nodes) > _FEW:
            scene.update()
            return
        for wire in (scene.wires[wire] for wire in wires if wire in scene.wires):
            wire.update()
        for node in (scene.nodes[node] for node in nodes if node in scene.nodes):
            node.update()

    def _now_covered(self) -> QRectF | None:
        if len(self.moving) > _FEW:
            return None
        nodes, wires = self._scene.nodes, self._scene.wires
        covered = geometry.bounds(nodes[node].position for node in self.moving)
        covered.adjust(-near.BESIDE, -near.ABOVE, near.BESIDE, near.BELOW)
        for wire in self.inner_wires:
            covered |= wires[wire].bounds.translated(*self.shift)
        for wire in self.outer_wires:
            covered |= wires[wire].bounds
        return covered

    def _begin_preview(self, nodes: frozenset[NodeId]) -> None:
        scene = self._scene
        self.moving, self.moving_wires = nodes, frozenset(self.wires_of(nodes))
        self.inner_wires = frozenset(
            edge for edge in self.moving_wires if edge.source in nodes and edge.target in nodes
        )
        self.outer_wires = self.moving_wires - self.inner_wires
        scene.at_rest.forget_nodes(nodes)
        scene.at_rest.forget_wires(self.moving_wires)
        self._repaint(nodes, self.moving_wires)
