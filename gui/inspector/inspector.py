"""The inspector: what is selected, and how to train."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabWidget, QVBoxLayout, QWidget

from gui.inspector.node_page import NodePage
from gui.inspector.setup_page import SetupPage
from gui.workspace import Workspace


class Inspector(QWidget):
    """Two pages behind tabs: “Layer” and “Training”."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._node_page = NodePage(workspace)
        self._setup_page = SetupPage(workspace)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._node_page, "Layer")
        self._tabs.addTab(self._setup_page, "Training")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        self.setMinimumWidth(300)
        workspace.selectionChanged.connect(self._on_selection)

    def show_layer(self) -> None:
        """Bring the page about the selection to the front."""
        self._tabs.setCurrentWidget(self._node_page)

    def show_training(self) -> None:
        """Bring the page about data and recipe to the front."""
        self._tabs.setCurrentWidget(self._setup_page)

    def edit_name(self) -> None:
        """Put the cursor into the name of the selected layer, if exactly one is selected."""
        if len(self._workspace.selection) == 1:
            self.show_layer()
            name = self._node_page.node_view.header.name
            name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            name.selectAll()

    def _on_selection(self) -> None:
        # Whoever selects a layer wants to see it, unless a setting of the training is being typed.
        focus = QApplication.focusWidget()
        if self._workspace.selection and not (focus is not None and self._setup_page.isAncestorOf(focus)):
            self.show_layer()
