"""What a layer that is searched for on the canvas is wanted for: to be added, to end a wire, or to replace others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from engine.graph.errors import GraphError
from engine.graph.model import NodeId, Point
from engine.graph.params import ParamError, Params
from engine.layers.blocks import declared
from engine.layers.fitting import takes
from engine.layers.replacing import replace_layer
from engine.layers.spec import LayerSpec, TensorShape
from gui.canvas.node_item import PortRef
from gui.canvas.scene import CanvasScene
from gui.canvas.supply import supply


class Request(ABC):
    """One use of the search."""

    prompt: str = ""
    """What stands in the empty search line."""
    family: str = ""
    """The family whose layers are offered first."""

    def __init__(self, scene: CanvasScene, nodes: Sequence[NodeId]) -> None:
        self.scene = scene
        self.workspace = scene.workspace
        self.nodes = tuple(nodes)
        """The nodes that it is about; without one of them it cannot be carried out."""

    def fits(self, layer: LayerSpec, params: Params) -> bool:
        """Whether `layer` with `params` is offered."""
        return True

    @abstractmethod
    def carry_out(self, layer: str, params: Params) -> None:
        """Use what the palette calls `layer`, with `params` in place of its defaults; one step to undo."""


class Adding(Request):
    """Adds a layer: behind the only selected node where it fits there, or else at the pointer."""

    def __init__(self, scene: CanvasScene, place: Point | None) -> None:
        selection = scene.workspace.selection
        self._anchor = selection[0] if len(selection) == 1 else None
        super().__init__(scene, () if self._anchor is None else (self._anchor,))
        self._place = place
        self.prompt = "Add a layer: conv 64, dense 10 …"
        if self._anchor is not None:
            name = self.workspace.graph.nodes[self._anchor].name
            self.prompt = f"Add a layer behind “{name}”: conv 64, dense 10 …"

    def carry_out(self, layer: str, params: Params) -> None:
        """Add it."""
        follows = self._anchor is not None and self._follows(layer, params, self._anchor)
        self.scene.add_layer(layer, None if follows else self._place, params)

    def _follows(self, layer: str, params: Params, anchor: NodeId) -> bool:
        spec = supply(self.workspace.graph, layer).spec
        if not declared(self.workspace.graph, self.workspace.graph.nodes[anchor]).outputs:
            # It goes before the end of the network, into a wire.
            return bool(spec.inputs and spec.outputs and self.workspace.graph.incoming(anchor))
        return takes(spec, params, shape_of(self.scene, PortRef(anchor, True, 0)))


class Attaching(Request):
    """Adds a layer at the loose end of a wire and wires it."""

    def __init__(self, scene: CanvasScene, port: PortRef, place: Point) -> None:
        super().__init__(scene, (port.node,))
        self._port = port
        self._place = place
        self._shape = shape_of(scene, port) if port.is_output else None
        name = self.workspace.graph.nodes[port.node].name
        self.prompt = f"What “{name}” feeds …" if port.is_output else f"What feeds “{name}” …"

    def fits(self, layer: LayerSpec, params: Params) -> bool:
        """From an output, whatever takes its shape; from an input, whatever has an output."""
        return takes(layer, params, self._shape) if self._port.is_output else bool(layer.outputs)

    def carry_out(self, layer: str, params: Params) -> None:
        """Add and wire it."""
        self.scene.attach_layer(layer, self._place, self._port, params)


class Replacing(Request):
    """Makes other layers of selected nodes."""

    def __init__(self, scene: CanvasScene, nodes: Sequence[NodeId]) -> None:
        super().__init__(scene, nodes)
        graph = self.workspace.graph
        first = graph.nodes[self.nodes[0]]
        self.family = declared(graph, first).family
        what = f"“{first.name}”" if len(self.nodes) == 1 else f"{len(self.nodes)} layers"
        self.prompt = f"Replace {what} by …"

    def carry_out(self, layer: str, params: Params) -> None:
        """Replace them."""
        try:
            found = supply(self.workspace.graph, layer)
            if found.refusal is not None:
                raise GraphError(found.refusal)
            edit = replace_layer(found.graph, self.nodes, found.layer, params)
        except (GraphError, ParamError) as error:
            self.workspace.refused.emit(str(error))
            return
        if self.workspace.push(found.complete(edit)):
            self.scene.refresh()


def shape_of(scene: CanvasScene, port: PortRef) -> TensorShape | None:
    """The shape at an output port; None where it is not known."""
    analysis = scene.workspace.analysis
    report = analysis.nodes.get(port.node) if analysis is not None else None
    if report is None or port.index >= len(report.outputs):
        return None
    return report.outputs[port.index]
