"""A line in which something is renamed where its name stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.graph.edits import Edit
from engine.graph.names import MAX_NAME
from gui.workspace import Workspace


class NameField(QLineEdit):
    """Enter renames, Esc leaves the old name; a name that cannot be is refused with the reason."""

    closed = Signal()
    """The name is given, or the old one stays: the field is not needed any more."""
    objected = Signal(str)
    """Why the typed name cannot be; empty when it is being corrected."""

    def __init__(
        self, workspace: Workspace, name: str, rename: Callable[[str], Edit], parent: QWidget | None = None
    ) -> None:
        """Begin with `name`; `rename` gives the edit for another one."""
        super().__init__(name, parent)
        self._workspace = workspace
        self._name = name
        self._rename = rename
        self._is_open = True
        self.setMaxLength(MAX_NAME)
        self.selectAll()
        self.textEdited.connect(self._on_edited)

    def give_up(self) -> None:
        """Leave the old name."""
        if self._is_open:
            self._is_open = False
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter renames, Esc gives up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Looking elsewhere renames, too, where that is possible."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and self._is_open:
            self._commit(or_leave=True)

    def _commit(self, *, or_leave: bool = False) -> None:
        name = self.text().strip()
        reasons: list[str] = []
        if name != self._name:
            connection = self._workspace.refused.connect(reasons.append)
            self._workspace.push(self._rename(name))
            self._workspace.refused.disconnect(connection)
        if reasons and not or_leave:
            self._show_state("error")
            self.objected.emit(reasons[0])
        else:
            self.give_up()

    def _on_edited(self) -> None:
        self._show_state("")
        self.objected.emit("")

    def _show_state(self, state: str) -> None:
        self.setProperty("state", state)
        self.style().unpolish(self)
        self.style().polish(self)
