"""The page about several layers at once."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from engine.graph.events import BlockChanged, GraphEvent, LayerChanged, ParamChanged
from engine.graph.model import NodeId
from engine.graph.params import Param, ParamValue
from engine.layers.blocks import declared
from gui import theme
from gui.inspector.common import common_value, set_common_param
from gui.inspector.cost import Facts, totals
from gui.inspector.form_slot import FormSlot, form_params
from gui.inspector.numbers import plural
from gui.inspector.variables import variables_in_view
from gui.parts import Page, heading, rule, wrapped
from gui.workspace import Workspace


class ManyView(Page):
    """Several layers: their sum, and their common form when they are of one kind."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._nodes: tuple[NodeId, ...] = ()
        self._params: tuple[Param, ...] = ()
        self._is_changing = False
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._kind = wrapped(role="caption")
        self._slot = FormSlot()
        self._facts = Facts()
        self.column.addWidget(self._title)
        self.column.addWidget(self._kind)
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(self._slot)
        self.column.addSpacing(theme.UNIT)
        self.column.addWidget(rule())
        self.column.addWidget(heading("Together"))
        self.column.addWidget(self._facts)
        self.column.addStretch(1)

    def show_nodes(self, nodes: tuple[NodeId, ...]) -> None:
        """Show several nodes of the graph in view."""
        self._nodes = nodes
        graph = self._workspace.graph
        layers = {graph.nodes[node].layer for node in nodes}
        self._title.setText(f"{plural(len(nodes), 'layer')} selected")
        layer = declared(graph, graph.nodes[nodes[0]])
        self._params = form_params(layer) if len(layers) == 1 else ()
        if len(layers) > 1:
            self._kind.setText("They are of different kinds, so there is nothing to set for all of them at once.")
        elif self._params:
            self._kind.setText(f"All are {layer.label}: a change here is made in every one.")
        else:
            self._kind.setText(f"All are {layer.label}, which has nothing to set.")
        values = {param.name: common_value(graph, nodes, param) for param in self._params}
        form = self._slot.build(self._params, values, variables_in_view(self._workspace))
        if form is not None:
            form.valueEdited.connect(self._on_edited)
        self.verticalScrollBar().setValue(0)
        self.refresh()

    def refresh(self) -> None:
        """Show the sum as it is now."""
        if all(node in self._workspace.graph.nodes for node in self._nodes):
            if self._slot.form is not None:
                self._slot.form.set_variables(variables_in_view(self._workspace))
            self._facts.show_facts(totals(self._workspace, list(self._nodes)))

    def on_event(self, event: GraphEvent) -> None:
        """Follow a change of one of the nodes, or of the block that they are instances of."""
        graph = self._workspace.graph
        if self._is_changing or not self._nodes or any(node not in graph.nodes for node in self._nodes):
            return
        match event:
            case ParamChanged(node, name) if node.id in self._nodes:
                self._show_value(name)
            case LayerChanged(node) if node.id in self._nodes:
                self.show_nodes(self._nodes)
            case BlockChanged() if self._params:
                if self._params != form_params(declared(graph, graph.nodes[self._nodes[0]])):
                    self.show_nodes(self._nodes)

    def _show_value(self, name: str) -> None:
        for param in self._params:
            if param.name == name and self._slot.form is not None:
                self._slot.form.set_value(name, common_value(self._workspace.graph, self._nodes, param))

    def _on_edited(self, name: str, value: ParamValue) -> None:
        # Between the first and the last node they differ, which is nothing to show to somebody who types.
        self._is_changing = True
        self._workspace.push(set_common_param(self._nodes, name, value))
        self._is_changing = False
        self._show_value(name)
