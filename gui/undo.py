"""One engine edit as one step of Qt's undo history."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand

from engine.graph.edits import Edit
from engine.graph.model import Graph

_MERGING_ID = 1


class EditCommand(QUndoCommand):
    """Wraps an `Edit`; the graph does the work, Qt keeps the order."""

    def __init__(self, edit: Edit, graph: Graph) -> None:
        super().__init__(edit.label)
        self._edit = edit
        self._graph = graph
        self._inverse: Edit | None = None

    def apply_first(self) -> None:
        """Make the change before the command is pushed, so that a refusal never enters the history.

        Raises:
            GraphError: the graph refuses the change.
        """
        self._inverse = self._edit.apply(self._graph)

    def redo(self) -> None:
        """Make the change, unless `apply_first` has just made it."""
        if self._inverse is None:
            self._inverse = self._edit.apply(self._graph)

    def undo(self) -> None:
        """Take the change back."""
        assert self._inverse is not None
        self._inverse.apply(self._graph)
        self._inverse = None

    def id(self) -> int:
        """Equal ids let Qt ask whether two commands merge."""
        return _MERGING_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take the later change into this one when both are one gesture to the user."""
        if not isinstance(other, EditCommand):
            return False
        merged = self._edit.merge(other._edit)
        if merged is None:
            return False
        self._edit = merged
        self.setText(merged.label)
        # A value that was typed and taken back again is no step at all.
        self.setObsolete(merged == self._inverse)
        return True
