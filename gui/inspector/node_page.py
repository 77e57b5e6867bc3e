"""The page about what is selected: one layer, several layers, or nothing and so the network or block around."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from engine.graph.events import GraphEvent, NodeAdded, NodeRemoved
from gui import focus, theme
from gui.inspector.block_page import BlockPage
from gui.inspector.cost import Facts, totals
from gui.inspector.many_view import ManyView
from gui.inspector.node_view import NodeView
from gui.parts import IconLabel, Page, heading, rule, wrapped
from gui.workspace import Workspace

_ViewT = TypeVar("_ViewT", bound=Page)


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

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up on what has changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the totals as they are now, if anybody sees them."""
        if not self.isVisible():
            return
        graph = self._workspace.graph
        self._hint.setText(
            "Click a layer on the canvas to see what it does and to change it."
            if graph.nodes
            else "Drag a layer from the palette onto the canvas to begin."
        )
        self._facts.show_facts(totals(self._workspace, list(graph.nodes)))

    def on_event(self, event: GraphEvent) -> None:
        """Count layers while PyTorch is loading; afterwards the analysis follows every change."""
        if isinstance(event, NodeAdded | NodeRemoved) and self._workspace.analysis is None:
            self.refresh()


class NodePage(QStackedWidget):
    """Shows whichever of the views fits the selection; each is made when it is first needed."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_page")
        self._workspace = workspace
        workspace.graphReplaced.connect(self._show_graph)
        workspace.scopeChanged.connect(self._show_graph)
        workspace.selectionChanged.connect(self._show_selection)
        workspace.analysisChanged.connect(self._refresh)
        workspace.graphChanged.connect(self._on_event)
        self._show_selection()

    @cached_property
    def block_page(self) -> BlockPage:
        """The view of the block whose inside is in view."""
        return self._added(BlockPage(self._workspace))

    @cached_property
    def node_view(self) -> NodeView:
        """The view of one layer."""
        return self._added(NodeView(self._workspace))

    @cached_property
    def _many(self) -> ManyView:
        return self._added(ManyView(self._workspace))

    @cached_property
    def _empty(self) -> EmptyView:
        return self._added(EmptyView(self._workspace))

    @property
    def shows_block(self) -> bool:
        """Whether the page is about the block whose inside is in view."""
        return isinstance(self.currentWidget(), BlockPage)

    def _added(self, view: _ViewT) -> _ViewT:
        self.addWidget(view)
        focus.put_in_place(view, self)
        return view

    def _show_graph(self) -> None:
        for view in map(self.widget, range(self.count())):
            if isinstance(view, NodeView | BlockPage):
                view.forget()
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
            view = self.block_page if self._workspace.graph.block else self._empty
            view.refresh()
            self.setCurrentWidget(view)

    def _view(self) -> EmptyView | BlockPage | NodeView | ManyView:
        view = self.currentWidget()
        assert isinstance(view, EmptyView | BlockPage | NodeView | ManyView)
        return view

    def _refresh(self) -> None:
        self._view().refresh()

    def _on_event(self, event: GraphEvent) -> None:
        self._view().on_event(event)
