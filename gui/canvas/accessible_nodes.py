"""Nodes, their ports and the wires at these, as screen readers get to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleInterface

from engine.graph.model import Edge, NodeId
from engine.layers.spec import describe_shape
from gui.canvas.accessible_part import Part, Stop
from gui.canvas.geometry import PORT_RADIUS, card_at
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.spoken_beside import frames_around
from gui.canvas.stops import current_beside
from gui.canvas.tips import listed, spoken_description, spoken_name, spoken_port, spoken_wire

if TYPE_CHECKING:
    from gui.canvas.accessibility import CanvasAccessible
    from gui.canvas.scene import CanvasScene

_PRESS = QAccessibleActionInterface.pressAction()
_FOCUS = QAccessibleActionInterface.setFocusAction()
_ENTER = "Enter"
_LEAST = 6.0
"""A wire that runs straight down is at least as wide as this, in the scene."""


class NodeAccessible(Stop):
    """A node: one item of the canvas' list; its inputs and outputs are in it."""

    ROLE = QAccessible.Role.ListItem

    def __init__(self, canvas: CanvasAccessible, node: NodeId) -> None:
        super().__init__(canvas)
        self.node = node
        self._ports: dict[PortRef, PortAccessible] = {}

    @property
    def item(self) -> NodeItem | None:
        """What shows the node; None once it is gone."""
        scene = self.scene
        return scene.nodes.get(self.node) if scene is not None else None

    def area(self) -> QRectF:
        """The card."""
        item = self.item
        return card_at(item.position) if item is not None else QRectF()

    def speak(self, kind: QAccessible.Text) -> str:
        """Name and kind of the layer; what is set, what comes out, how it is wired."""
        scene, item = self.scene, self.item
        if scene is None or item is None:
            return ""
        if kind == QAccessible.Text.Name:
            return spoken_name(item)
        if kind == QAccessible.Text.Description:
            around = frames_around(scene.workspace.graph, self.node)
            return " ".join(filter(None, (spoken_description(scene, item), around)))
        return item.spec.doc if kind == QAccessible.Text.Help else ""

    def parts(self) -> list[Part]:
        """The ports that are shown, inputs first."""
        item, canvas = self.item, self.canvas
        if item is None or canvas is None:
            return []
        shown = list(item.ports())
        for port in shown:
            if port not in self._ports:
                self._ports[port] = PortAccessible(canvas, self, port)
        return [self._ports[port] for port in shown]

    def prune(self) -> None:
        """Discard ports and wires that are gone; never while a screen reader may be holding one."""
        for port, part in list(self._ports.items()):
            part.prune()
            if not part.isValid():
                self._ports.pop(port).discard()

    def forget_parts(self) -> None:
        """Discard the ports."""
        while self._ports:
            self._ports.popitem()[1].discard()

    def actions(self) -> dict[str, str]:
        """Selecting, and looking into a block."""
        item = self.item
        can_enter = {_ENTER: "look inside"} if item is not None and item.is_instance else {}
        return {_PRESS: "select", _FOCUS: "select", **can_enter}

    def act(self, action: str) -> None:
        """Select the node and bring it into view, or look into it."""
        canvas = self.canvas
        view = canvas.view if canvas is not None else None
        if view is None or self.item is None:
            return
        if action == _ENTER:
            view.workspace.enter(self.node)
        else:
            view.setFocus()
            view.stops.select_node(self.node)

    def _is_selected(self, scene: CanvasScene) -> bool:
        return self.node in scene.workspace.selection

    def _is_current(self, scene: CanvasScene) -> bool:
        return scene.workspace.selection[-1:] == (self.node,) and current_beside(scene) is None


class PortAccessible(Part):
    """An input or output of a node; the wires that begin at an output are in it."""

    def __init__(self, canvas: CanvasAccessible, node: NodeAccessible, port: PortRef) -> None:
        super().__init__(canvas)
        self._node = node
        self.port = port
        self._wires: dict[Edge, WireAccessible] = {}

    def area(self) -> QRectF:
        """The square around the port."""
        item = self._node.item
        if item is None or self.port.index not in (item.outputs if self.port.is_output else item.inputs):
            return QRectF()
        middle = item.port_place(self.port.is_output, self.port.index)
        return QRectF(middle.x() - PORT_RADIUS, middle.y() - PORT_RADIUS, 2 * PORT_RADIUS, 2 * PORT_RADIUS)

    def speak(self, kind: QAccessible.Text) -> str:
        """Which port it is, and how it is wired; what it is for."""
        scene, item = self.scene, self._node.item
        if scene is None or item is None:
            return ""
        if kind == QAccessible.Text.Name:
            return spoken_port(scene, item, self.port)
        return _describe_port(item, self.port) if kind == QAccessible.Text.Description else ""

    def parts(self) -> list[Part]:
        """The wires that begin here; one that ends here is found where it begins."""
        scene, canvas = self.scene, self.canvas
        if scene is None or canvas is None or not self.port.is_output:
            return []
        wires = [edge for edge in scene.workspace.graph.outgoing(self.port.node) if edge.source_port == self.port.index]
        for edge in wires:
            if edge not in self._wires:
                self._wires[edge] = WireAccessible(canvas, self, edge)
        return [self._wires[edge] for edge in wires]

    def prune(self) -> None:
        """Discard wires that are gone."""
        for edge, part in list(self._wires.items()):
            if not part.isValid():
                self._wires.pop(edge).discard()

    def forget_parts(self) -> None:
        """Discard the wires."""
        while self._wires:
            self._wires.popitem()[1].discard()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The node."""
        return self._node


class WireAccessible(Part):
    """A wire, at the output at which it begins."""

    def __init__(self, canvas: CanvasAccessible, port: PortAccessible, edge: Edge) -> None:
        super().__init__(canvas)
        self._port = port
        self.edge = edge

    def area(self) -> QRectF:
        """The rectangle around the wire."""
        scene = self.scene
        wire = scene.wires.get(self.edge) if scene is not None else None
        if wire is None:
            return QRectF()
        around = wire.path.controlPointRect()
        margin = max((_LEAST - around.width()) / 2, 0.0)
        return around.adjusted(-margin, 0.0, margin, 0.0)

    def speak(self, kind: QAccessible.Text) -> str:
        """From where to where it runs, and what runs through it."""
        scene = self.scene
        return spoken_wire(scene, self.edge) if scene is not None and kind == QAccessible.Text.Name else ""

    def actions(self) -> dict[str, str]:
        """Selecting it."""
        return {_PRESS: "select"}

    def act(self, action: str) -> None:
        """Select the wire and nothing else, so that Delete takes it away."""
        canvas, scene = self.canvas, self.scene
        view = canvas.view if canvas is not None else None
        if view is not None and scene is not None:
            view.setFocus()
            scene.workspace.select(())
            scene.select_wires({self.edge})

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The output."""
        return self._port

    def state(self) -> QAccessible.State:
        """Whether it is selected."""
        state, scene = super().state(), self.scene
        state.selectable = True
        state.selected = scene is not None and self.edge in scene.selected_wires
        return state


def _describe_port(item: NodeItem, port: PortRef) -> str:
    """Whose port it is and what it takes: “Input of conv1. Takes tensors with 3 axes.”"""
    owner = f"{'Output' if port.is_output else 'Input'} of {item.node.name}."
    if port.is_output:
        is_known = item.report is not None and port.index < len(item.report.outputs)
        shape = item.report.outputs[port.index] if item.report is not None and is_known else None
        return owner if shape is None else f"{owner} Gives {describe_shape(shape)}."
    declared = item.spec.inputs[min(port.index, len(item.spec.inputs) - 1)]
    sentences = [owner]
    if declared.integer:
        sentences.append("Takes whole numbers.")
    if declared.ranks:
        axes = listed([str(rank) for rank in declared.ranks]).replace(" and ", " or ")
        sentences.append(f"Takes tensors with {axes} {'axis' if declared.ranks == (1,) else 'axes'}.")
    if declared.variadic:
        sentences.append("The node takes any number of wires, each at an input of its own.")
    return " ".join(sentences)
