"""The page about several layers at once."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget

from engine.graph.events import BlockChanged, BlockRenamed, GraphEvent, LayerChanged, ParamChanged
from engine.graph.model import NodeId
from engine.graph.params import Param, ParamValue
from engine.layers.blocks import layer_spec
from gui import theme
from gui.inspector.common import CommonValues, set_common_param
from gui.inspector.cost import Facts, totals
from gui.inspector.form_slot import FormSlot
from gui.inspector.kinds_list import Kinds, KindsList, kinds_of
from gui.inspector.numbers import plural
from gui.inspector.shared_params import shared_params
from gui.inspector.variables import variables_in_view
from gui.parts import Page, heading, rule, wrapped
from gui.workspace import Workspace


class ManyView(Page):
    """Several layers: of what kinds they are, the form of what they have in common, and their sum."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._nodes: tuple[NodeId, ...] = ()
        self._kinds: Kinds = {}
        self._params: tuple[Param, ...] = ()
        self._values = CommonValues(workspace.graph, (), ())
        self._is_changing = False
        # All the events of one edit lead to one new form; halfway through, a block may not have its new name yet.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._show_again)
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._kind = wrapped(role="caption")
        self._kind.setObjectName("many_kind")
        self._kinds_list = KindsList()
        self._kinds_list.chosen.connect(workspace.select)
        self._common = heading("In common")
        self._slot = FormSlot()
        self._facts = Facts()
        self.column.addWidget(self._title)
        self.column.addWidget(self._kind)
        self.column.addWidget(self._kinds_list)
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(self._common)
        self.column.addWidget(self._slot)
        self.column.addSpacing(theme.UNIT)
        self.column.addWidget(rule())
        self.column.addWidget(heading("Together"))
        self.column.addWidget(self._facts)
        self.column.addStretch(1)

    def show_nodes(self, nodes: tuple[NodeId, ...]) -> None:
        """Show several nodes of the graph in view."""
        graph = self._workspace.graph
        self._nodes = nodes
        self._kinds = kinds_of(graph, nodes)
        self._params = self._common_params(self._kinds)
        self._values = CommonValues(graph, nodes, self._params)
        self._title.setText(f"{plural(len(nodes), 'layer')} selected")
        self._kind.setText(self._describe())
        self._kinds_list.show_kinds(graph, self._kinds)
        self._common.setVisible(len(self._kinds) > 1 and bool(self._params))
        form = self._slot.build(self._params, self._values.all(), variables_in_view(self._workspace))
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
        """Follow a change of one of the nodes, or of a block that one of them is an instance of."""
        match event:
            case ParamChanged(node, name):
                self._values.update(node, name)
                if not self._is_changing:
                    self._show_value(name)
            case LayerChanged() | BlockChanged() | BlockRenamed():
                self._timer.start()

    def _show_again(self) -> None:
        """Show the same nodes anew, when they are of other kinds now, or their blocks have other parameters."""
        graph = self._workspace.graph
        if self._nodes != self._workspace.selection or len(self._nodes) < 2:
            return
        kinds = kinds_of(graph, self._nodes)
        # Every layer that is moved inside a block changes that block, too.
        if kinds != self._kinds or self._common_params(kinds) != self._params:
            self.show_nodes(self._nodes)

    def _common_params(self, kinds: Kinds) -> tuple[Param, ...]:
        graph = self._workspace.graph
        return shared_params([layer_spec(graph, layer).params for layer in kinds])

    def _describe(self) -> str:
        if len(self._kinds) > 1 and self._params:
            return "They are of different kinds. What they have in common is set for all of them at once."
        if len(self._kinds) > 1:
            return "They are of different kinds that have nothing in common to set. Press one to keep only its layers."
        label = layer_spec(self._workspace.graph, next(iter(self._kinds))).label
        if self._params:
            return f"All are {label}: a change here is made in every one."
        return f"All are {label}, which has nothing to set."

    def _show_value(self, name: str) -> None:
        if self._slot.form is not None and any(param.name == name for param in self._params):
            self._slot.form.set_value(name, self._values[name])

    def _on_edited(self, name: str, value: ParamValue) -> None:
        # Between the first and the last node they differ, which is nothing to show to somebody who types.
        self._is_changing = True
        self._workspace.push(set_common_param(self._nodes, name, value))
        self._is_changing = False
        self._show_value(name)
