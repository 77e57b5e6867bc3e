"""The page about one layer."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.graph.blocks import block_of
from engine.graph.edits import SetParam
from engine.graph.events import BlockChanged, BlockRenamed, GraphEvent, LayerChanged, NodeRenamed, ParamChanged
from engine.graph.model import NodeId
from engine.graph.params import Param, ParamValue
from engine.layers import nodes
from engine.layers.blocks import declared
from gui import theme
from gui.inspector.about import AboutSection, CurveSection
from gui.inspector.cost import CostSection
from gui.inspector.form_slot import FormSlot
from gui.inspector.header import NodeHeader
from gui.inspector.variables import variables_in_view
from gui.parts import Page, rule, wrapped
from gui.workspace import Workspace


class NodeView(Page):
    """One layer, or one instance of a block."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._node: NodeId | None = None
        self._variables: tuple[Param, ...] = ()
        self._form_of: tuple[NodeId, str, tuple[Param, ...], bool] | None = None
        self.header = NodeHeader(workspace)
        """Sign, name and kind."""
        self._slot = FormSlot()
        self._nothing = wrapped("This layer has nothing to set.", "caption")
        self._cost = CostSection()
        self._curve = CurveSection()
        self._about = AboutSection()
        self.column.addWidget(self.header)
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(self._slot)
        self.column.addWidget(self._nothing)
        self.column.addSpacing(theme.UNIT)
        self._curve_rule = rule()
        for line, section in ((self._curve_rule, self._curve), (rule(), self._cost), (rule(), self._about)):
            self.column.addWidget(line)
            self.column.addWidget(section)
        self.column.addStretch(1)

    def show_node(self, node_id: NodeId) -> None:
        """Show one node of the graph in view; its form is built anew when it has other parameters."""
        graph = self._workspace.graph
        node = graph.nodes[node_id]
        layer, variables = declared(graph, node), variables_in_view(self._workspace)
        self._variables = variables.params
        params = layer.params
        if self._node != node_id:
            self._node = node_id
            self.verticalScrollBar().setValue(0)
        self.header.show_node(node)
        form_of = (node_id, node.layer, params, bool(variables.params))
        if self._form_of != form_of:
            self._form_of = form_of
            form = self._slot.build(params, node.params, variables)
            self._nothing.setVisible(form is None)
            if form is not None:
                form.valueEdited.connect(self._on_edited)
        elif self._slot.form is not None:
            self._slot.form.set_values(node.params)
        self._about.show_layer(layer)
        self.refresh()

    def forget(self) -> None:
        """Another graph is in view: ids mean other nodes now."""
        self._node = self._form_of = None
        self.header.forget()

    def refresh(self) -> None:
        """Show what the analysis says now."""
        graph = self._workspace.graph
        if self._node is None or self._node not in graph.nodes:
            return
        node, variables = graph.nodes[self._node], variables_in_view(self._workspace)
        if self._slot.form is not None:
            self._slot.form.set_variables(variables)
        self._cost.show_node(self._workspace, node, variables)
        params = variables.plain_params(graph, node)
        self._curve.show_layer(declared(graph, node), params, torch_is_loaded=self._workspace.is_analysed)
        self._curve_rule.setVisible(not self._curve.isHidden())

    def on_event(self, event: GraphEvent) -> None:
        """Follow a change of the graph that was made here or elsewhere."""
        if self._node is None or self._node not in self._workspace.graph.nodes:
            return
        match event:
            case ParamChanged(node, name) if node.id == self._node and self._slot.form is not None:
                self._slot.form.set_value(name, node.params[name])
            case NodeRenamed(node) if node.id == self._node:
                self.header.show_node(node)
            case LayerChanged(node) if node.id == self._node:
                self.show_node(node.id)
            case BlockChanged(block) | BlockRenamed(block=block) if self._shows(block):
                self.show_node(self._node)

    def _shows(self, block: str) -> bool:
        """Whether a change of `block` is to be seen here: the layer is an instance of it, or computes otherwise."""
        assert self._node is not None
        graph = self._workspace.graph
        if block_of(graph.nodes[self._node].layer) == block:
            return True
        # Every layer that is moved inside the block around changes that block, too.
        return graph.block == block and nodes.variables(graph) != self._variables

    def _on_edited(self, name: str, value: ParamValue) -> None:
        if self._node is not None:
            self._workspace.push(SetParam(self._node, name, value))
