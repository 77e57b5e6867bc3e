"""The top of the layer page: which layer this is, its name, and the way into an instance of a block."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.graph.blocks import block_of
from engine.graph.edits import Rename
from engine.graph.model import Node
from engine.layers.blocks import declared
from engine.layers.grouping import make_unique
from gui import theme
from gui.inspector.common import attempt
from gui.inspector.title import NameEdit, TitleLine
from gui.workspace import Workspace


class NodeHeader(QWidget):
    """Sign, name and kind of one node; for an instance of a block also what can be done with it."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._node: Node | None = None
        self._title = TitleLine("node_name", "Name of the layer", "also in the PyTorch model")
        self._title.name.renamed.connect(self._rename)
        self._buttons = QWidget()
        self._enter = QPushButton(theme.icon("arrow-expand-down"), " Enter")
        self._enter.setObjectName("enter_block")
        self._enter.setToolTip("Show what is inside, and change it for every instance of the block.")
        self._enter.clicked.connect(self._on_enter)
        self._unique = QPushButton(theme.icon("content-duplicate"), " Make unique")
        self._unique.setObjectName("make_unique")
        self._unique.clicked.connect(self._on_unique)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, theme.UNIT, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self._enter, 1)
        row.addWidget(self._unique, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(self._title)
        column.addWidget(self._buttons)

    @property
    def name(self) -> NameEdit:
        """The editable name."""
        return self._title.name

    def show_node(self, node: Node) -> None:
        """Show `node`, as it is now."""
        layer = declared(self._workspace.graph, node)
        same = self._node is not None and self._node.id == node.id
        self._node = node
        self._title.show_title(layer, node.name, f"{layer.label} · {layer.family}", anew=not same)
        block = block_of(node.layer)
        self._buttons.setVisible(block is not None)
        if block is not None:
            others = len(self._workspace.document.blocks.instances(block)) - 1
            self._unique.setEnabled(others > 0)
            self._unique.setToolTip(
                f"Give this instance a block of its own, so that changes inside leave the other {others} alone."
                if others
                else f"This is the only instance of {block}."
            )

    def forget(self) -> None:
        """Another graph is in view: ids mean other nodes now."""
        self._node = None

    def _rename(self, name: str) -> None:
        if self._node is not None:
            node = self._node.id
            self._title.show_error(attempt(self._workspace, lambda: Rename(node, name)))

    def _on_enter(self) -> None:
        if self._node is not None:
            self._workspace.enter(self._node.id)

    def _on_unique(self) -> None:
        if self._node is not None:
            self._workspace.push(make_unique(self._workspace.graph, self._node.id))
