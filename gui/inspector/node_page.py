"""The page about what is selected: one layer, several layers, or nothing and so the whole network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from engine.graph.edits import SetParam
from engine.graph.events import GraphEvent, NodeAdded, NodeRemoved, NodeRenamed, ParamChanged
from engine.graph.model import NodeId
from engine.graph.params import Param, ParamValue
from engine.layers.registry import spec
from gui import theme
from gui.inspector.about import AboutSection, CurveSection
from gui.inspector.common import common_value, set_common_param
from gui.inspector.cost import CostSection, Facts, totals
from gui.inspector.form import ParamForm
from gui.inspector.header import NodeHeader
from gui.inspector.numbers import plural
from gui.parts import IconLabel, Page, discard, heading, rule, wrapped
from gui.workspace import Workspace


class FormSlot(QWidget):
    """The place of a form that is replaced when something else is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form: ParamForm | None = None
        """The form of the moment; None where there is nothing to set."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def build(self, params: Sequence[Param], values: Mapping[str, ParamValue | None]) -> ParamForm | None:
        """Replace the form by one for `params`."""
        if self.form is not None:
            discard(self.form)
        self.form = ParamForm(params, values) if params else None
        if self.form is not None:
            self._column.addWidget(self.form)
        self.setVisible(self.form is not None)
        return self.form


class EmptyView(Page):
    """Nothing is selected: what to do, and the totals of the network."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._facts = Facts()
        self._hint = wrapped(role="caption")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title = QLabel("Nothing is selected")
        title.setProperty("role", "title")
        self.column.addSpacing(4 * theme.LARGE_GAP)
        picture = IconLabel("cursor-default-click-outline", "disabled", 40)
        self.column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self._hint)
        self.column.addSpacing(2 * theme.LARGE_GAP)
        self.column.addWidget(rule())
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(heading("The whole network"))
        self.column.addWidget(self._facts)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Show the totals as they are now."""
        graph = self._workspace.graph
        self._hint.setText(
            "Click a layer on the canvas to see what it does and to change it."
            if graph.nodes
            else "Drag a layer from the palette onto the canvas to begin."
        )
        self._facts.show_facts(totals(graph, list(graph.nodes), self._workspace.analysis))


class NodeView(Page):
    """One layer."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: tuple[NodeId, str] | None = None
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
        for line, section in ((rule(), self._cost), (self._curve_rule, self._curve), (rule(), self._about)):
            self.column.addWidget(line)
            self.column.addWidget(section)
        self.column.addStretch(1)

    def show_node(self, node_id: NodeId) -> None:
        """Show one node; its form is built anew when it is another one."""
        node = self._workspace.graph.nodes[node_id]
        self.header.show_node(node)
        if self._shown != (node_id, node.layer):
            self._shown = (node_id, node.layer)
            form = self._slot.build(spec(node.layer).params, node.params)
            self._nothing.setVisible(form is None)
            if form is not None:
                form.valueEdited.connect(self._on_edited)
            self._about.show_layer(node.layer)
            self.verticalScrollBar().setValue(0)
        elif self._slot.form is not None:
            self._slot.form.set_values(node.params)
        self.refresh()

    def forget(self) -> None:
        """Another document is open: ids mean other nodes now."""
        self._shown = None

    def refresh(self) -> None:
        """Show what the analysis says now."""
        if self._shown is None or self._shown[0] not in self._workspace.graph.nodes:
            return
        node = self._workspace.graph.nodes[self._shown[0]]
        analysis = self._workspace.analysis
        self._cost.show_node(self._workspace.graph, node, analysis)
        self._curve.show_node(node, torch_is_loaded=analysis is not None)
        self._curve_rule.setVisible(not self._curve.isHidden())

    def on_event(self, event: GraphEvent) -> None:
        """Follow a change of the graph that was made here or elsewhere."""
        if self._shown is None:
            return
        match event:
            case ParamChanged(node, name) if node.id == self._shown[0] and self._slot.form is not None:
                self._slot.form.set_value(name, node.params[name])
            case NodeRenamed(node) if node.id == self._shown[0]:
                self.header.show_node(node)

    def _on_edited(self, name: str, value: ParamValue) -> None:
        if self._shown is not None:
            self._workspace.push(SetParam(self._shown[0], name, value))


class ManyView(Page):
    """Several layers: their sum, and their common form when they are of one kind."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._nodes: tuple[NodeId, ...] = ()
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
        """Show several nodes."""
        self._nodes = nodes
        graph = self._workspace.graph
        layers = {graph.nodes[node].layer for node in nodes}
        self._title.setText(f"{plural(len(nodes), 'layer')} selected")
        declared = spec(graph.nodes[nodes[0]].layer)
        params = declared.params if len(layers) == 1 else ()
        if len(layers) > 1:
            self._kind.setText("They are of different kinds, so there is nothing to set for all of them at once.")
        elif params:
            self._kind.setText(f"All are {declared.label}: a change here is made in every one.")
        else:
            self._kind.setText(f"All are {declared.label}, which has nothing to set.")
        form = self._slot.build(params, {param.name: common_value(graph, nodes, param.name) for param in params})
        if form is not None:
            form.valueEdited.connect(self._on_edited)
        self.verticalScrollBar().setValue(0)
        self.refresh()

    def refresh(self) -> None:
        """Show what the analysis says now."""
        graph = self._workspace.graph
        if all(node in graph.nodes for node in self._nodes):
            self._facts.show_facts(totals(graph, list(self._nodes), self._workspace.analysis))

    def on_event(self, event: GraphEvent) -> None:
        """Follow a change of the graph that was made here or elsewhere."""
        if isinstance(event, ParamChanged) and event.node.id in self._nodes and self._slot.form is not None:
            value = common_value(self._workspace.graph, self._nodes, event.name)
            self._slot.form.set_value(event.name, value)

    def _on_edited(self, name: str, value: ParamValue) -> None:
        self._workspace.push(set_common_param(self._nodes, name, value))


class NodePage(QStackedWidget):
    """Shows whichever of the three views fits the selection."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_page")
        self._workspace = workspace
        self._empty = EmptyView(workspace)
        self.node_view = NodeView(workspace)
        """The view of one layer."""
        self._many = ManyView(workspace)
        for view in (self._empty, self.node_view, self._many):
            self.addWidget(view)
        workspace.graphReplaced.connect(self.node_view.forget)
        workspace.selectionChanged.connect(self._show_selection)
        workspace.analysisChanged.connect(self._refresh)
        workspace.graphChanged.connect(self._on_event)
        self._show_selection()

    def _show_selection(self) -> None:
        nodes = self._workspace.selection
        if len(nodes) == 1:
            self.node_view.show_node(nodes[0])
            self.setCurrentWidget(self.node_view)
        elif nodes:
            self._many.show_nodes(nodes)
            self.setCurrentWidget(self._many)
        else:
            self._empty.refresh()
            self.setCurrentWidget(self._empty)

    def _refresh(self) -> None:
        view = self.currentWidget()
        assert isinstance(view, EmptyView | NodeView | ManyView)
        view.refresh()

    def _on_event(self, event: GraphEvent) -> None:
        view = self.currentWidget()
        if isinstance(view, NodeView | ManyView):
            view.on_event(event)
        elif isinstance(event, NodeAdded | NodeRemoved) and self._workspace.analysis is None:
            self._empty.refresh()
