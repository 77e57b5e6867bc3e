"""The scene mirrors the open graph: an item for each node and each wire, kept in step by the graph's events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import count

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsScene

from engine.graph.blocks import PREFIX
from engine.graph.events import (
    AnnotationEvent,
    BlockChanged,
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    LayerChanged,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    NodesMoved,
    ParamChanged,
)
from engine.graph.model import Edge, Node, NodeId, Point
from engine.graph.params import Params
from engine.layers.blocks import declared
from gui import theme as themes
from gui.canvas import geometry
from gui.canvas.additions import NO_PARAMS, Additions, InitialParams
from gui.canvas.annotations.layer import AnnotationLayer
from gui.canvas.at_rest import AtRest
from gui.canvas.gradient_bars import GradientBars
from gui.canvas.hits import NOTHING, Hit
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.paths import PathHighlight
from gui.canvas.placement import Placement
from gui.canvas.thickness import Thickness
from gui.canvas.wire_item import WireItem
from gui.workspace import Workspace

_ROOM = 4_000.0
"""The scene reaches so far beyond the outermost nodes; it grows in steps of this, because growing costs a frame."""


class CanvasScene(QGraphicsScene):
    """Shows the workspace's graph and owns no truth about it."""

    contentChanged = Signal()
    """Nodes or wires have come, gone or moved."""
    wireSelectionChanged = Signal()
    """`selected_wires` is new."""
    barsChanged = Signal(list)
    """The gradient bars of these items are to be repainted, and nothing else."""
    motionShown = Signal(object)
    """What is dragged was or is now within this rectangle; None stands for everywhere."""
    layerAdded = Signal(str)
    """`add_layer` or `insert_layer` has added the node of this id."""

    def __init__(
        self, workspace: Workspace, initial_params: InitialParams | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self._additions = Additions(self, initial_params)
        self.nodes: dict[NodeId, NodeItem] = {}
        """The item of every node."""
        self.wires: dict[Edge, WireItem] = {}
        """The item of every wire."""
        self.at_rest = AtRest(self)
        """Paints what stays where it is."""
        self.placement = Placement(self)
        self.annotations = AnnotationLayer(self)
        self.paths = PathHighlight(self)
        self.thickness = Thickness(self)
        self.selected_wires: frozenset[Edge] = frozenset()
        self._hover = NOTHING
        self._marked_wire: Edge | None = None
        self._preview_selection: frozenset[NodeId] | None = None
        self.shown_selection: set[NodeId] = set()
        """The nodes that are shown as selected: while a box is drawn, those that it would select."""
        self.wrong: set[NodeId] = set()
        """The nodes that are shown as wrong."""
        self._stale_ports: dict[NodeId, None] = {}
        self._moved: set[NodeId] = set()
        self._ranks = count()
        self._reach = QRectF()
        self._bars = GradientBars(self)
        # Zero milliseconds: all the events of one edit lead to one refresh, before the next paint.
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(0)
        self._refresh_timer.timeout.connect(self.refresh)
        workspace.graphReplaced.connect(self._rebuild)
        workspace.scopeChanged.connect(self._rebuild)
        workspace.graphChanged.connect(self._on_event)
        workspace.analysisChanged.connect(self._show_analysis)
        workspace.selectionChanged.connect(self._on_selection)
        themes.theme_hub.themeChanged.connect(self._on_theme)
        self._rebuild()

    # Reading

    def content_rect(self) -> QRectF:
        """The rectangle around all nodes, frames and notes, as they are shown; empty when there are none."""
        return self.placement.content_rect().united(self.annotations.content_rect())

    def rect_of(self, nodes: Iterable[NodeId]) -> QRectF:
        """The rectangle around `nodes`, as they are shown."""
        return geometry.bounds(self.nodes[node].position for node in nodes if node in self.nodes)

    @property
    def hover(self) -> Hit:
        """What is under the pointer."""
        return self._hover

    # States that only the canvas knows

    def set_hover(self, hit: Hit) -> None:
        """Show what is under the pointer."""
        if hit == self._hover:
            return
        for node in {self._hover.node, hit.node} - {None}:
            if node in self.nodes:
                self.nodes[node].is_hovered = node == hit.node
                self.nodes[node].update()
        for port in {self._hover.port, hit.port} - {None}:
            if port is not None and port.node in self.nodes:
                self.nodes[port.node].hovered_port = port if port == hit.port else None
                self.nodes[port.node].update()
        for wire in {self._hover.wire, hit.wire} - {None}:
            if wire in self.wires:
                self.wires[wire].is_hovered = wire == hit.wire
                self._wire_state_changed(self.wires[wire])
        self._hover = hit

    def select_wires(self, wires: Iterable[Edge]) -> None:
        """Make `wires` the selected ones."""
        wanted = frozenset(wire for wire in wires if wire in self.wires)
        if wanted == self.selected_wires:
            return
        for wire in wanted ^ self.selected_wires:
            if wire in self.wires:
                item = self.wires[wire]
                item.is_selected = wire in wanted
                item.setZValue(-0.5 if item.is_selected else -1.0)
                self._wire_state_changed(item)
        self.selected_wires = wanted
        self.wireSelectionChanged.emit()

    def preview_selection(self, nodes: Collection[NodeId] | None) -> None:
        """Show `nodes` as selected while a box is drawn; None shows the real selection again."""
        self._preview_selection = None if nodes is None else frozenset(nodes)
        self._show_selection()

    def offer_ports(self, ports: Collection[PortRef] | None) -> None:
        """Light up `ports`, at which a wire may end, and dim all other nodes; None ends that."""
        by_node: dict[NodeId, set[PortRef]] = {}
        for port in ports or ():
            by_node.setdefault(port.node, set()).add(port)
        for node, item in self.nodes.items():
            item.open_ports = frozenset(by_node.get(node, ()))
            item.is_dimmed = ports is not None and node not in by_node
        for wire in self.wires.values():
            wire.is_dimmed = ports is not None
        self.at_rest.forget_nodes(self.nodes)
        self.at_rest.forget_wires(self.wires)
        if ports is None:
            self.paths.show()
        self.update()

    def mark_wire(self, wire: Edge | None, *, detached: bool = False) -> None:
        """Show the one wire into which something would be inserted, or which is dragged off; None ends that."""
        for edge in {self._marked_wire, wire}:
            if edge is not None and edge in self.wires:
                item = self.wires[edge]
                item.is_target, item.is_detached = edge == wire and not detached, edge == wire and detached
                self._wire_state_changed(item)
        self._marked_wire = wire

    def set_gradient_norms(self, norms: Mapping[str, float] | None) -> None:
        """Show the gradient norm of each layer, by the node's name, as a bar on its node; None takes all bars away."""
        bars = self._bars.show(norms)
        if bars:
            self.barsChanged.emit(bars)

    # Adding layers

    def draft(self, layer: str) -> NodeItem:
        """The item of a new node of `layer` that is not in the graph yet."""
        return self._additions.draft(layer)

    def add_layer(self, layer: str, position: Point | None = None, params: Params = NO_PARAMS) -> NodeId | None:
        """Add a node of `layer` and select it: at `position`, or else behind the selected node and wired to it.

        `layer` may also be a block of the project or, as the palette names it, of the library; `params` win over what
        it would begin with.
        """
        return self._show_added(self._additions.add(layer, position, params))

    def attach_layer(self, layer: str, position: Point, port: PortRef, params: Params = NO_PARAMS) -> NodeId | None:
        """Add a node of `layer` with its port near `position`, wired to `port`, and select it."""
        return self._show_added(self._additions.attach(layer, position, port, params))

    def insert_layer(self, layer: str, wire: Edge, position: Point) -> NodeId | None:
        """Add a node of `layer` in the middle of `wire`, near `position`, and select it."""
        return self._show_added(self._additions.insert(layer, wire, position))

    def _show_added(self, node: NodeId | None) -> NodeId | None:
        if node is not None:
            self.refresh()
            self.workspace.select([node])
            self.layerAdded.emit(node)
        return node

    # Following the graph

    def refresh(self) -> None:
        """Bring ports and wires up to date now, not only before the next paint."""
        self._refresh_timer.stop()
        stale, self._stale_ports = self._stale_ports, {}
        wires = dict.fromkeys(self.placement.wires_of(self._moved))
        self._moved.clear()
        for node in stale:
            if node in self.nodes:
                wires.update(dict.fromkeys(self._show_ports(node)))
        for wire in wires:
            if wire in self.wires:
                self.placement.connect(wire)
        if stale:
            self.paths.show()
        self.placement.refresh()
        self._grow()
        self.contentChanged.emit()

    def _rebuild(self) -> None:
        self._stale_ports.clear()
        self._moved.clear()
        self._bars = GradientBars(self)
        self._marked_wire = None
        self._hover, self._preview_selection = NOTHING, None
        self.shown_selection, self.wrong = set(), set()
        had_wires, self.selected_wires = bool(self.selected_wires), frozenset()
        self.nodes.clear()
        self.wires.clear()
        self.placement = Placement(self)
        self.clear()
        self._reach = QRectF()
        for node in self.workspace.graph.nodes.values():
            self._add_node(node)
        for edge in self.workspace.graph.edges:
            self._add_wire(edge)
        self.annotations.rebuild()
        self.refresh()
        self._show_analysis()
        self._show_selection()
        self.at_rest.forget()
        if had_wires:
            self.wireSelectionChanged.emit()

    def _on_event(self, event: GraphEvent) -> None:
        if isinstance(event, NodeAdded):
            self._add_node(event.node)
        elif isinstance(event, NodeRemoved):
            self._remove_node(event.node.id)
        elif isinstance(event, NodesMoved):
            for node in event.nodes:
                self.nodes[node.id].node = node
                self.placement.put(node.id, node.position)
            self._moved.update(node.id for node in event.nodes)
        elif isinstance(event, (NodeRenamed, ParamChanged, LayerChanged)):
            self._show_node(event.node)
            if isinstance(event, LayerChanged):
                self.at_rest.forget_nodes([event.node.id])
        elif isinstance(event, BlockChanged):
            layer = PREFIX + event.block
            self._stale_ports.update({item.node.id: None for item in self.nodes.values() if item.node.layer == layer})
        elif isinstance(event, EdgeAdded):
            self._add_wire(event.edge)
        elif isinstance(event, EdgeRemoved):
            self._remove_wire(event.edge)
        elif isinstance(event, AnnotationEvent):
            self.annotations.on_event(event)
        else:
            return
        if not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _add_node(self, node: Node) -> None:
        item = NodeItem(node, declared(self.workspace.graph, node))
        item.rank = next(self._ranks)
        self.nodes[node.id] = item
        self.addItem(item)
        self.placement.put(node.id, node.position)

    def _remove_node(self, node: NodeId) -> None:
        if self._hover.node == node or (self._hover.port is not None and self._hover.port.node == node):
            self._hover = NOTHING
        self.removeItem(self.nodes.pop(node))
        self.placement.forget(node)
        self.shown_selection.discard(node)
        self.wrong.discard(node)

    def _add_wire(self, edge: Edge) -> None:
        item = WireItem(edge)
        self.wires[edge] = item
        self.addItem(item)
        self._stale_ports.update({edge.source: None, edge.target: None})
        self._show_wire_analysis(item)

    def _remove_wire(self, edge: Edge) -> None:
        if self._hover.wire == edge:
            self._hover = NOTHING
        self.removeItem(self.wires.pop(edge))
        self.placement.disconnect(edge)
        self._stale_ports.update({edge.source: None, edge.target: None})
        if edge in self.selected_wires:
            self.selected_wires -= {edge}
            self.wireSelectionChanged.emit()

    def _show_node(self, node: Node) -> None:
        item = self.nodes[node.id]
        outputs = len(item.output_ports)
        item.set_node(node, declared(self.workspace.graph, node))
        if len(item.output_ports) != outputs or item.is_instance:
            self._stale_ports[node.id] = None

    def _show_ports(self, node: NodeId) -> list[Edge]:
        """Show which ports of a node are wired; the wires, which may begin and end elsewhere now."""
        graph = self.workspace.graph
        item = self.nodes[node]
        item.set_node(graph.nodes[node], declared(graph, graph.nodes[node]))
        incoming, outgoing = graph.incoming(node), graph.outgoing(node)
        item.set_wired({edge.target_port for edge in incoming}, {edge.source_port for edge in outgoing})
        return [*incoming, *outgoing]

    def _grow(self) -> None:
        content = self.content_rect()
        wanted = content.adjusted(-_ROOM / 2, -_ROOM / 2, _ROOM / 2, _ROOM / 2)
        if not self._reach.contains(wanted):
            self._reach = self._reach.united(content.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM))
            self.setSceneRect(self._reach)

    # What is known and what is selected

    def _show_analysis(self) -> None:
        analysis = self.workspace.analysis
        reports = analysis.nodes if analysis is not None else {}
        changed = {node for node, item in self.nodes.items() if item.set_report(reports.get(node))}
        self.wrong -= changed
        self.wrong |= {node for node in changed if self.nodes[node].error is not None}
        for edge, wire in self.wires.items():
            if edge.source in changed or edge.target in changed:
                self._show_wire_analysis(wire)
        self.thickness.show()

    def _show_wire_analysis(self, wire: WireItem) -> None:
        analysis = self.workspace.analysis
        source = analysis.nodes.get(wire.edge.source) if analysis is not None else None
        target = analysis.nodes.get(wire.edge.target) if analysis is not None else None
        known = source is not None and wire.edge.source_port < len(source.outputs)
        wire.set_shape(source.outputs[wire.edge.source_port] if source is not None and known else None)
        has_error = target is not None and target.error is not None
        if has_error != wire.has_error:
            wire.has_error = has_error
            self._wire_state_changed(wire)

    def _wire_state_changed(self, wire: WireItem) -> None:
        wire.update()
        self.at_rest.forget_wires([wire.edge])

    def _on_selection(self) -> None:
        if self.workspace.selection:
            self.select_wires(())
        self._show_selection()
        self.paths.show()

    def _show_selection(self) -> None:
        preview = self._preview_selection
        wanted = set(self.workspace.selection if preview is None else preview)
        for node in wanted ^ self.shown_selection:
            if node in self.nodes:
                item = self.nodes[node]
                item.is_selected = node in wanted
                item.update()
        self.shown_selection = wanted

    def _on_theme(self) -> None:
        for node in self.nodes.values():
            node.refresh()
        for wire in self.wires.values():
            wire.refresh()
        self.annotations.refresh_looks()
        self.update()
