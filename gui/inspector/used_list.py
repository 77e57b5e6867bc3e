"""Where a block is used: its instances, each of which can be gone to."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.graph.model import Graph, Node, NodeId
from engine.layers.blocks import declared
from gui import theme
from gui.parts import Pressable, discard, wrapped
from gui.scope import Scope, scope_of
from gui.workspace import Workspace
from gui.written import written

_Entry = tuple[str, NodeId, str, str]
"""The block around an instance, its id, its name, and what is said below the name."""


class UsedList(QWidget):
    """A line for each instance of the block in view; a click shows it where it stands."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._entries: list[_Entry] = []
        self._nowhere = wrapped("Nowhere yet: drag it from the palette to where it is needed.", "caption")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._nowhere)

    def refresh(self) -> None:
        """Show the instances as they are now."""
        block = self._workspace.graph.block
        found = self._workspace.document.blocks.instances(block)
        entries = [(graph.block, node.id, node.name, self._caption(graph, node)) for graph, node in found]
        if entries == self._entries:
            return
        self._entries = entries
        self._nowhere.setVisible(not entries)
        for line in self.findChildren(_Line):
            discard(line)
        for around, node, name, caption in entries:
            line = _Line(name, caption, self)
            line.setObjectName(f"instance_{around}_{node}")
            line.activated.connect(lambda around=around, node=node: self._go_to(around, node))
            self._column.addWidget(line)
            line.show()

    def _caption(self, graph: Graph, node: Node) -> str:
        layer = declared(graph, node)
        summary = layer.summary(written(layer.params, node.params)).partition(" · ")[2]
        place = f"in {graph.block}" if graph.block else "in the network"
        here = ", entered here" if self._is_entered(graph, node.id) else ""
        return " · ".join(text for text in (f"{place}{here}", summary) if text)

    def _is_entered(self, graph: Graph, node: NodeId) -> bool:
        scope = self._workspace.scope
        graphs = scope.graphs(self._workspace.document)
        return len(graphs) > 1 and graphs[-2] is graph and scope.path[-1] == node

    def _go_to(self, around: str, node: NodeId) -> None:
        self._workspace.show(scope_of(self._workspace.document, around) if around else Scope())
        self._workspace.select([node])


class _Line(Pressable):
    """The name of an instance, and where it is."""

    def __init__(self, name: str, caption: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{name}, {caption}")
        title = QLabel(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.UNIT, theme.GAP, theme.UNIT)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(wrapped(caption, "caption"))
