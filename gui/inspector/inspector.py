"""The inspector: what is selected, and how to train."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabWidget, QVBoxLayout, QWidget

from gui import focus
from gui.inspector.node_page import NodePage
from gui.inspector.setup_page import SetupPage
from gui.inspector.title import NameEdit
from gui.late import Late
from gui.parts import keep_least_width
from gui.workspace import Workspace


class Inspector(QWidget):
    """Two pages behind tabs: “Layer”, or “Block” inside of one, and “Setup”, about data and recipe."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._node_page = NodePage(workspace)
        self._setup_page = Late(lambda: SetupPage(workspace))
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName("Inspector")
        self._tabs.addTab(self._node_page, "Layer")
        self._tabs.addTab(self._setup_page, "Setup")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        keep_least_width(self, 200, beside=100)
        workspace.selectionChanged.connect(self._on_selection)
        workspace.scopeChanged.connect(self._on_scope)
        self._node_page.currentChanged.connect(self._name_tab)
        self._name_tab()

    def show_layer(self) -> None:
        """Bring the page about the selection to the front."""
        self._tabs.setCurrentWidget(self._node_page)

    def show_training(self) -> None:
        """Bring the page about data and recipe to the front."""
        self._tabs.setCurrentWidget(self._setup_page)

    def enter(self) -> None:
        """Put the cursor into the first field about what is selected, behind its name."""
        self.show_layer()
        fields = focus.stops(self._node_page)
        named = [field for field in fields if not isinstance(field, NameEdit)]
        for field in (named or fields)[:1]:
            field.setFocus(Qt.FocusReason.TabFocusReason)

    def edit_name(self) -> None:
        """Put the cursor into the name of the selected layer, or of the block in view when nothing is selected."""
        if len(self._workspace.selection) == 1:
            name = self._node_page.node_view.header.name
        elif self._workspace.graph.block and not self._workspace.selection:
            name = self._node_page.block_page.name
        else:
            return
        self.show_layer()
        name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        name.selectAll()

    def _on_selection(self) -> None:
        if self._workspace.selection:
            self._bring_up_layer()

    def _on_scope(self) -> None:
        if self._workspace.graph.block:
            self._bring_up_layer()

    def _bring_up_layer(self) -> None:
        # Whoever selects a layer wants to see it, unless a setting of the training is being typed.
        focused = QApplication.focusWidget()
        if not (focused is not None and self._setup_page.isAncestorOf(focused)):
            self.show_layer()

    def _name_tab(self) -> None:
        self._tabs.setTabText(self._tabs.indexOf(self._node_page), "Block" if self._node_page.shows_block else "Layer")
