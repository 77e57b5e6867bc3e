"""The paths through what is selected: everything that leads to it and everything that follows stays bright."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from engine.graph.model import Edge, NodeId
from gui.canvas.wire_item import Flow

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


class PathHighlight:
    """Dims what no data passes on its way to or from the selected nodes; does nothing until it is switched on."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._is_on = False
        self._is_shown = False

    @property
    def is_on(self) -> bool:
        """Whether the paths of whatever is selected are shown."""
        return self._is_on

    def switch(self, on: bool) -> None:
        """Show the paths from now on, or no longer."""
        if on != self._is_on:
            self._is_on = on
            self.show()

    def show(self) -> None:
        """Show the paths as selection, wires and switch are now."""
        scene = self._scene
        selected = [node for node in scene.workspace.selection if node in scene.nodes]
        if not (self._is_on and selected):
            if self._is_shown:
                self._is_shown = False
                self._apply((), {})
            return
        self._is_shown = True
        graph = scene.workspace.graph
        before, upstream = _follow(selected, graph.incoming, lambda edge: edge.source)
        behind, downstream = _follow(selected, graph.outgoing, lambda edge: edge.target)
        flows = {**dict.fromkeys(upstream, Flow.UPSTREAM), **dict.fromkeys(downstream, Flow.DOWNSTREAM)}
        self._apply(before | behind, flows)

    def _apply(self, bright: Collection[NodeId], flows: dict[Edge, Flow]) -> None:
        scene = self._scene
        dimmed: list[NodeId] = []
        for node, item in scene.nodes.items():
            is_dimmed = self._is_shown and node not in bright
            if is_dimmed != item.is_dimmed:
                item.is_dimmed = is_dimmed
                dimmed.append(node)
        changed: list[Edge] = []
        for edge, wire in scene.wires.items():
            flow = flows.get(edge)
            is_dimmed = self._is_shown and flow is None
            if (flow, is_dimmed) != (wire.flow, wire.is_dimmed):
                wire.flow, wire.is_dimmed = flow, is_dimmed
                changed.append(edge)
        scene.at_rest.forget_wires(changed)
        scene.at_rest.forget_nodes(dimmed)
        if dimmed or changed:
            scene.update()


def _follow(
    start: Iterable[NodeId], wires: Callable[[NodeId], Iterable[Edge]], end: Callable[[Edge], NodeId]
) -> tuple[set[NodeId], set[Edge]]:
    """Every node and wire that one comes by from `start` along `wires`."""
    seen, passed = set(start), set[Edge]()
    stack = list(seen)
    while stack:
        for edge in wires(stack.pop()):
            passed.add(edge)
            node = end(edge)
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return seen, passed
