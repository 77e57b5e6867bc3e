"""One engine edit as one step of Qt's undo history."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from engine.graph.edits import Edit
from engine.graph.model import Graph, NodeId
from gui.scope import Scope

_MERGING_ID = 1


class Stage(Protocol):
    """Where edits are made: the document, and the graph of it that is in view."""

    graph: Graph
    scope: Scope

    @property
    def selection(self) -> tuple[NodeId, ...]:
        """The selected nodes of the graph in view."""

    def select(self, nodes: Iterable[NodeId]) -> None:
        """Make `nodes` the selection, as far as they are in view."""

    def look_at(self, scope: Scope) -> None:
        """Show the graph that `scope` leads to, unless it is in view already."""

    def carry_out(self, edit: Edit) -> Edit:
        """Change the document, and return what takes the change back.

        Raises:
            GraphError: the graph refuses the change.
        """


class EditCommand(QUndoCommand):
    """Wraps an `Edit` of the document; the graph does the work, Qt keeps the order.

    The view follows, so that nothing changes unseen: what was done inside a block is undone and redone there.
    What comes back is selected; when what was selected goes, what had been selected before it came is again.
    """

    def __init__(self, edit: Edit, stage: Stage, where: Scope | None) -> None:
        """An edit made in `where`; None when it can be seen from everywhere, like a setting."""
        super().__init__(edit.label)
        self._edit = edit
        # A strong reference would be a cycle of stage, history and commands, whose collection crashes Qt.
        self._stage_reference = weakref.ref(stage)
        self._before = self._after = where
        self._selection = stage.selection if where == stage.scope else ()
        self._inverse: Edit | None = None

    @property
    def edit(self) -> Edit:
        """What redoing the step does."""
        return self._edit

    @property
    def _stage(self) -> Stage:
        stage = self._stage_reference()
        assert stage is not None
        return stage

    def apply_first(self) -> None:
        """Make the change before the command is pushed, so that a refusal never enters the history.

        Raises:
            GraphError: the graph refuses the change.
        """
        was_there = self._before == self._stage.scope
        self._inverse = self._stage.carry_out(self._edit)
        if was_there:
            self._after = self._stage.scope

    def redo(self) -> None:
        """Make the change, unless `apply_first` has just made it."""
        if self._inverse is None:
            self._look_at(self._before)
            self._inverse = self._carry_out(self._edit)

    def undo(self) -> None:
        """Take the change back."""
        assert self._inverse is not None
        self._look_at(self._after)
        had_selection = bool(self._stage.selection)
        self._carry_out(self._inverse)
        self._inverse = None
        self._look_at(self._before)
        if had_selection and not self._stage.selection:
            self._stage.select(self._selection)

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

    def _carry_out(self, edit: Edit) -> Edit:
        """Apply `edit`, and select what it has added to the graph in view; the edit that takes it back."""
        stage = self._stage
        block, there = stage.graph.block, set(stage.graph.nodes)
        inverse = stage.carry_out(edit)
        added = [node for node in stage.graph.nodes if node not in there] if stage.graph.block == block else []
        if added:
            stage.select(added)
        return inverse

    def _look_at(self, scope: Scope | None) -> None:
        if scope is not None:
            self._stage.look_at(scope)
