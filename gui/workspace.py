"""What the parts of the window share: the open document, its history, what is known about it, what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.block_edits import DefineBlock, DescribeBlock, DropBlock, RenameBlock, Within
from engine.graph.edits import Compound, Edit, SetSetting
from engine.graph.errors import GraphError
from engine.graph.events import (
    AnnotationEvent,
    BlockChanged,
    BlockDefined,
    BlockDropped,
    BlockRenamed,
    GraphEvent,
    NodeRemoved,
    NodesMoved,
    SettingChanged,
)
from engine.graph.model import Graph, NodeId
from gui.analyser import Analyser
from gui.scope import Scope, inside, scope_of
from gui.undo import EditCommand

_OF_THE_WHOLE = BlockDefined | BlockDropped | BlockRenamed | BlockChanged | SettingChanged
"""What concerns every graph of a document."""
_OF_LOOKS = NodesMoved | AnnotationEvent
"""What changes how a network is shown, and nothing of what it computes."""
_OF_BLOCKS = DefineBlock | DescribeBlock | DropBlock | RenameBlock | Within
"""What changes a document in the same way wherever one is."""


class Workspace(QObject):
    """The document that the window shows, the graph of it that is in view, and the one way to change it.

    Views listen to the signals and read `graph`, `analysis` and `selection`; they change the graph by `push` alone.
    Whatever concerns the whole project (its file, its training, its settings, its problems) reads `document`.
    """

    graphReplaced = Signal()
    """Another document is open; everything read from the old one is stale."""
    scopeChanged = Signal()
    """Another graph of the same document is in view; everything read from the old graph is stale."""
    graphChanged = Signal(object)
    """One `GraphEvent` after each change of the graph in view, of a setting, or of any block."""
    documentChanged = Signal()
    """Something in the document has changed, in view or not."""
    analysisChanged = Signal()
    """`analysis`, `document_analysis` and `problems` are new."""
    selectionChanged = Signal()
    """`selection` is new."""
    refused = Signal(str)
    """A change was refused, with the reason in one sentence."""
    pathChanged = Signal()
    """The document has another file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = Graph()
        """The network with its settings and blocks: what is saved and trained."""
        self.graph = self.document
        """The graph in view: the document, or the inside of one of its blocks."""
        self.scope = Scope()
        """Where the graph in view is in the document."""
        self.path: Path | None = None
        self.name = ""
        """What the document is called until it has a file; empty when it has no name of its own."""
        self.document_analysis: Analysis | None = None
        """What is known of the document; None until torch is loaded."""
        self.analysis: Analysis | None = None
        """What is known of the graph in view; None until torch is loaded, and in a block of which no shape is known."""
        self.problems: list[Problem] = []
        """What is wrong with the document."""
        self._selected: dict[NodeId, None] = {}
        self._selection: tuple[NodeId, ...] | None = ()
        self._is_changing = self._has_changed = self._has_lost = False
        self.undo_stack = QUndoStack(self)
        self._analyser: Analyser | None = None
        self._was_due = False
        self._disconnects: list[Callable[[], None]] = []
        self._listen()
        # Zero milliseconds: all the events of one edit lead to one analysis, before the next paint.
        self._analysis_timer = QTimer(self)
        self._analysis_timer.setSingleShot(True)
        self._analysis_timer.setInterval(0)
        self._analysis_timer.timeout.connect(self.analyse)

    # Reading

    @property
    def selection(self) -> tuple[NodeId, ...]:
        """The selected nodes of the graph in view."""
        if self._selection is None:
            self._selection = tuple(self._selected)
        return self._selection

    @property
    def is_analysed(self) -> bool:
        """Whether there is an analyser, and so an analysis of whatever is open."""
        return self._analyser is not None

    @property
    def title(self) -> str:
        """What to call the document."""
        return self.path.name if self.path else self.name or "Untitled"

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in the document, and never was, that anybody could want back."""
        return not (self.document.nodes or self.document.blocks or self.path or self.undo_stack.count())

    # Changing

    def push(self, edit: Edit) -> bool:
        """Make a change of the graph in view that can be undone; refused, say why by `refused` and return False.

        Settings belong to the document, wherever one is.
        """
        if _is_of_settings(edit):
            return self._apply(edit, None)
        is_of_graph = self.graph.block and not isinstance(edit, _OF_BLOCKS)
        return self._apply(Within(self.graph.block, edit) if is_of_graph else edit, self.scope)

    def push_document(self, edit: Edit, where: Scope | None = None) -> bool:
        """Like `push`, but apply `edit` to the network itself; it can be seen in `where`, or else in the network."""
        return self._apply(edit, None if _is_of_settings(edit) else where or Scope())

    def select(self, nodes: Iterable[NodeId]) -> None:
        """Make `nodes` the selection."""
        there = self.graph.nodes
        selected = {node: None for node in nodes if node in there}
        if selected.keys() != self._selected.keys():
            self._keep_selected(selected)
            self.selectionChanged.emit()

    def carry_out(self, edit: Edit) -> Edit:
        """Change the document as a step of the history does, and return what takes it back; all others `push`.

        That the document has changed is told once, and what is selected also, however many of the selected nodes go.

        Raises:
            GraphError: the graph refuses; it is unchanged then, and what was selected is still.
        """
        before = self._selected.copy()
        self._is_changing = True
        try:
            inverse = edit.apply(self.document)
        except GraphError:
            self._keep_selected(before)
            raise
        finally:
            self._is_changing = False
            self._tell_changed()
            self._tell_lost()
        self._settle()
        return inverse

    def replace(self, graph: Graph, path: Path | None = None, name: str = "") -> None:
        """Open another document, called `name` until it has a file; its history starts empty."""
        self.name = name
        self.document = self.graph = graph
        self.scope = Scope()
        self._listen()
        self._keep_selected({})
        self.analysis = self.document_analysis = None
        self.problems = []
        # Whoever hears of this looks at the rest, which is of the new document already.
        self.undo_stack.clear()
        self.set_path(path)
        self.graphReplaced.emit()
        self.selectionChanged.emit()
        self.analyse()

    def set_path(self, path: Path | None) -> None:
        """Say in which file the document is kept."""
        self.path = path
        self.pathChanged.emit()

    # Moving about

    def enter(self, node: NodeId) -> bool:
        """Show the inside of the instance `node`; False when it is not one."""
        if inside(self.graph, node) is None:
            return False
        self.show(self.scope.enter(node))
        return True

    def leave(self) -> bool:
        """Show the graph around the one in view, with the instance that was left selected; False in the network."""
        return self.go_to(len(self.scope.trail(self.document)) - 2) if self.scope.is_inside else False

    def go_to(self, depth: int) -> bool:
        """Show the graph of the step `depth` of the trail of `scope`, 0 being the network; False when it is in view."""
        crumb = self.scope.trail(self.document)[depth]
        if crumb.scope == self.scope:
            return False
        left = self.scope.path[len(crumb.scope.path) :][:1] if crumb.scope.block == self.scope.block else ()
        self.show(crumb.scope)
        self.select(left)
        return True

    def open_block(self, name: str) -> None:
        """Show the inside of the block `name`: of its first instance, or of the block alone if it has none."""
        if name in self.document.blocks:
            self.show(scope_of(self.document, name))

    def show(self, scope: Scope) -> None:
        """Show the graph that `scope` leads to, or the nearest one that exists."""
        self._show(scope.nearest(self.document))

    def look_at(self, scope: Scope) -> None:
        """Show the graph that `scope` leads to, unless it is in view already, if only by another way."""
        graphs = scope.nearest(self.document).graphs(self.document)
        if graphs[-1] is not self.graph:
            self.show(scope)

    # What is known

    def use_analyser(self, analyser: Analyser) -> None:
        """Analyse the document from now on; called once torch is loaded."""
        self._analyser = analyser
        self.analyse()

    def analyse(self) -> None:
        """Bring `analysis` and `problems` up to date now."""
        self._analysis_timer.stop()
        if self._analyser is not None:
            self.document_analysis, self.problems = self._analyser.analyse(self.document)
            self._find_analysis()
            self.analysisChanged.emit()

    def close(self) -> None:
        """Listen to the document no more, which may outlive the workspace in someone's memory."""
        self._analysis_timer.stop()
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    # Inside

    def _apply(self, edit: Edit, where: Scope | None) -> bool:
        command = EditCommand(edit, self, where)
        try:
            command.apply_first()
        except GraphError as error:
            self.refused.emit(str(error))
            return False
        self.undo_stack.push(command)
        return True

    def _settle(self) -> None:
        """Go to the nearest graph that is left, when an edit has taken away or exchanged the one in view."""
        self._show(self.scope.nearest(self.document))

    def _show(self, scope: Scope) -> None:
        graph = scope.graphs(self.document)[-1]
        if graph is self.graph and scope == self.scope:
            return
        self.scope, self.graph = scope, graph
        self._listen()
        had_selection = bool(self._selected)
        self._keep_selected({})
        self._find_analysis()
        self.scopeChanged.emit()
        if had_selection:
            self.selectionChanged.emit()
        if self._analyser is not None:
            self.analysisChanged.emit()

    def _find_analysis(self) -> None:
        known = self.document_analysis if self.scope.is_placed else None
        self.analysis = None if known is None else known.at(self.scope.path)

    def _listen(self) -> None:
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = [self.document.changed.connect(self._on_document_event)]
        if self.graph is not self.document:
            self._disconnects.append(self.graph.changed.connect(self._on_inner_event))

    def _on_document_event(self, event: GraphEvent) -> None:
        if isinstance(event, BlockRenamed) and event.old_name == self.scope.block:
            self.scope = Scope(event.block, self.scope.path)
        if self.graph is self.document or isinstance(event, _OF_THE_WHOLE):
            self._on_graph_event(event)
        self._has_changed = True
        if not self._is_changing:
            self._tell_changed()
        if not isinstance(event, _OF_LOOKS):
            self._was_due = self._analysis_timer.isActive()
            if not self._was_due:
                self._analysis_timer.start()

    def _on_inner_event(self, event: GraphEvent) -> None:
        # The document has just told that the block has changed; a layer that was moved is no reason to analyse it.
        if isinstance(event, _OF_LOOKS) and not self._was_due:
            self._analysis_timer.stop()
        self._on_graph_event(event)

    def _on_graph_event(self, event: GraphEvent) -> None:
        if isinstance(event, NodeRemoved) and event.node.id in self._selected:
            del self._selected[event.node.id]
            self._selection = None
            self._has_lost = True
        self.graphChanged.emit(event)
        if not self._is_changing:
            self._tell_lost()

    def _keep_selected(self, nodes: dict[NodeId, None]) -> None:
        self._selected, self._selection = nodes, None

    def _tell_changed(self) -> None:
        has_changed, self._has_changed = self._has_changed, False
        if has_changed:
            self.documentChanged.emit()

    def _tell_lost(self) -> None:
        """Tell that selected nodes are gone, if any are."""
        has_lost, self._has_lost = self._has_lost, False
        if has_lost:
            self.selectionChanged.emit()


def _is_of_settings(edit: Edit) -> bool:
    """Whether `edit` changes settings of the project and nothing else."""
    if isinstance(edit, Compound):
        return bool(edit.edits) and all(map(_is_of_settings, edit.edits))
    return isinstance(edit, SetSetting)
