"""The states that a document has been in, as rows of a list: the one in which it was opened, then one for each step."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QUndoStack
from shiboken6 import isValid

from gui import theme
from gui.history.kinds import OPENED, icon_of
from gui.undo import EditCommand

FIRST = "As opened"
"""What the state before the first step is called."""
_Role = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class State:
    """A state that can be gone to."""

    text: str
    """The step that led to it."""
    icon: str
    """The icon of that step."""


_OPENED = State(FIRST, OPENED)


class HistoryModel(QAbstractListModel):
    """Mirrors a `QUndoStack`; row n is the state after n steps."""

    followed = Signal()
    """The current state, or the saved one, may be another one now."""

    def __init__(self, stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = stack
        self._states = [_OPENED]
        self._index = 0
        stack.indexChanged.connect(self.follow)
        stack.cleanChanged.connect(self.follow)
        self.follow()

    # Reading

    @property
    def current(self) -> int:
        """The row of the state that the document is in."""
        return self._index

    @property
    def saved(self) -> int:
        """The row of the state that the file holds; -1 when no row is that."""
        return self._stack.cleanIndex()

    def is_ahead(self, row: int) -> bool:
        """Whether the state of `row` has been undone and can be redone."""
        return row > self._index

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row for each state."""
        return 0 if parent.isValid() else len(self._states)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        """What a row says."""
        if not index.isValid():
            return None
        state, row = self._states[index.row()], index.row()
        match role:
            case _Role.DisplayRole:
                return state.text
            case _Role.DecorationRole:
                # Where texts are pale, signs are paler.
                return theme.icon(state.icon, "disabled" if self.is_ahead(row) else "muted")
            case _Role.ToolTipRole | _Role.AccessibleDescriptionRole:
                return self._describe(row)
            case _Role.AccessibleTextRole:
                words = [state.text]
                words += ["current state"] if row == self._index else ["undone"] if self.is_ahead(row) else []
                words += ["saved"] if row == self.saved else []
                return ", ".join(words)
        return None

    # Following

    def follow(self) -> None:
        """Show the stack as it is now."""
        if not isValid(self._stack):
            # Qt clears a stack that it deletes, and tells of it.
            return
        count, index = self._stack.count(), self._stack.index()
        # Undo and redo change no step; a new step takes the place of those that were undone, or changes the last one.
        kept = min(len(self._states), max(min(self._index, index), 1), count + 1)
        fresh = [self._state(step) for step in range(kept - 1, count)]
        same = 0
        for old, new in zip(self._states[kept:], fresh, strict=False):
            if old != new:
                break
            same += 1
        kept += same
        if kept < len(self._states):
            self.beginRemoveRows(QModelIndex(), kept, len(self._states) - 1)
            del self._states[kept:]
            self.endRemoveRows()
        if fresh[same:]:
            self.beginInsertRows(QModelIndex(), kept, kept + len(fresh) - same - 1)
            self._states += fresh[same:]
            self.endInsertRows()
        self._index = index
        self.dataChanged.emit(self.index(0), self.index(len(self._states) - 1))
        self.followed.emit()

    def _state(self, step: int) -> State:
        """The state after the step with the number `step`, counted from 0."""
        command = self._stack.command(step)
        icon = icon_of(command.edit) if isinstance(command, EditCommand) else OPENED
        return State(self._stack.text(step) or "Change", icon)

    def _describe(self, row: int) -> str:
        steps = abs(row - self._index)
        if not steps:
            sentence = "This is what you see now."
        else:
            what = "Redo" if self.is_ahead(row) else "Undo"
            sentence = f"{what} {steps:,} {'step' if steps == 1 else 'steps'} to get here."
        return f"{sentence} This is what the file holds." if row == self.saved else sentence
