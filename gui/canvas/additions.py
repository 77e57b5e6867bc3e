"""New layers on the canvas: where they go, what they begin with, and which frames take them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId, Point
from engine.graph.params import Params, ParamValue
from gui.canvas import building
from gui.canvas.annotations.membership import joined
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.supply import Supply, supply

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

InitialParams = Callable[[str, Graph], Mapping[str, ParamValue]]
"""Tells which parameters a new node of a layer begins with, where they differ from the layer's defaults."""

NO_PARAMS: Params = MappingProxyType({})
"""Nothing else than what the layer begins with."""


class Additions:
    """Adds layers to the graph that a scene shows."""

    def __init__(self, scene: CanvasScene, initial_params: InitialParams | None) -> None:
        self._scene = scene
        self._workspace = scene.workspace
        self._initial_params = initial_params

    def draft(self, layer: str) -> NodeItem:
        """The item of a new node of `layer` that is not in the graph yet."""
        found = supply(self._workspace.graph, layer)
        node = building.draft(found.graph, found.layer, (0.0, 0.0), self._params(layer))
        return NodeItem(node, found.spec)

    def add(self, layer: str, position: Point | None, params: Params) -> NodeId | None:
        """Add a node at `position`, or else behind the selected node and wired to it; None when it is refused.

        `params` win over those that it would begin with.
        """
        found = self._supply(layer)
        if found is None:
            return None
        selection = self._workspace.selection
        values = {**self._params(layer), **params}
        addition = None
        if position is None and selection:
            addition = building.append(found.graph, found.layer, selection[-1], values)
        if addition is None:
            place = self._middle_in_view() if position is None else position
            addition = building.add(found.graph, found.layer, place, values)
        return self._push(found, addition)

    def insert(self, layer: str, wire: Edge, position: Point) -> NodeId | None:
        """Add a node in the middle of `wire`, near `position`; None when it is refused."""
        found = self._supply(layer)
        if found is None:
            return None
        return self._push(found, building.insert(found.graph, found.layer, wire, position, self._params(layer)))

    def attach(self, layer: str, position: Point, port: PortRef, params: Params) -> NodeId | None:
        """Add a node whose port is near `position` and wire it to `port`; None when it is refused."""
        found = self._supply(layer)
        if found is None:
            return None
        values = {**self._params(layer), **params}
        end = building.Loose(port.node, port.index, port.is_output)
        return self._push(found, building.attach(found.graph, found.layer, position, values, end))

    def _supply(self, layer: str) -> Supply | None:
        try:
            found = supply(self._workspace.graph, layer)
        except GraphError as error:
            self._workspace.refused.emit(str(error))
            return None
        if found.refusal is not None:
            self._workspace.refused.emit(found.refusal)
            return None
        return found

    def _push(self, found: Supply, addition: building.Addition) -> NodeId | None:
        frames = self._scene.annotations.frames
        edit = joined(addition.edit, addition.node, frames.all, frames.places.rects)
        return addition.node if self._workspace.push(found.complete(edit)) else None

    def _params(self, layer: str) -> Mapping[str, ParamValue]:
        return {} if self._initial_params is None else self._initial_params(layer, self._workspace.document)

    def _middle_in_view(self) -> Point:
        for view in self._scene.views():
            middle = view.mapToScene(view.viewport().rect().center())
            return middle.x(), middle.y()
        return 0.0, 0.0
