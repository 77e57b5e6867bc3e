"""The top of the layer page: which layer this is, and its name to be edited."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.graph.edits import Rename
from engine.graph.model import MAX_NAME, GraphError, Node
from engine.layers.registry import spec
from gui import theme
from gui.badge import LayerBadge
from gui.inspector.text_value import mark_error
from gui.parts import wrapped
from gui.workspace import Workspace


class NameEdit(QLineEdit):
    """A title that can be typed into; Escape brings the old name back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.saved = ""
        """The name that holds."""
        self.setObjectName("node_name")
        self.setAccessibleName("Name of the layer")
        self.setToolTip("The layer's name, also in the PyTorch model.\nEnter renames it, Escape keeps the old name.")
        self.setMaxLength(MAX_NAME)
        # A heading until the pointer or the focus shows that it is a field.
        self.setStyleSheet(
            "QLineEdit { font-size: 16px; font-weight: 600; padding: 0 4px; margin-left: -7px; }"
            "QLineEdit:!hover:!focus { border-color: transparent; background: transparent; }"
        )

    def event(self, event: QEvent) -> bool:
        """Keep Escape for itself while there is something to take back."""
        is_key = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text() != self.saved:
            if event.type() == QEvent.Type.KeyPress:
                self.show_name(self.saved)
            event.accept()
            return True
        return super().event(event)

    def show_name(self, name: str) -> None:
        """Show the name that holds."""
        self.saved = name
        if self.text() != name:
            self.setText(name)
            self.setCursorPosition(0)
        mark_error(self, False)


class NodeHeader(QWidget):
    """Sign, name and kind of one node."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._node: Node | None = None
        self._badge = LayerBadge(38)
        self.name = NameEdit()
        """The editable name."""
        self._kind = QLabel()
        self._kind.setProperty("role", "caption")
        self._error = wrapped(role="error")
        self._error.setObjectName("name_error")
        self._error.hide()
        self.name.editingFinished.connect(self._rename)
        self.name.textEdited.connect(lambda: self._show_error(""))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self._kind)
        line = QHBoxLayout()
        line.setSpacing(theme.PADDING)
        line.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(names, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(line)
        column.addWidget(self._error)

    def show_node(self, node: Node) -> None:
        """Show `node`, as it is now."""
        declared = spec(node.layer)
        same = self._node is not None and self._node.id == node.id
        self._node = node
        self._badge.show_layer(declared)
        self._kind.setText(f"{declared.label} · {declared.family}")
        # What is being typed is only overwritten when the name itself has changed.
        if not same or node.name != self.name.saved:
            self.name.show_name(node.name)
            self._show_error("")

    def _rename(self) -> None:
        if self._node is None or self.name.text() == self.name.saved:
            return
        edit = Rename(self._node.id, self.name.text().strip())
        try:
            # Tried on a copy first, so that a refusal is shown here and not in the window's status.
            edit.apply(self._workspace.graph.snapshot())
        except GraphError as error:
            self.name.show_name(self.name.saved)
            self._show_error(str(error))
            return
        self._workspace.push(edit)

    def _show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
