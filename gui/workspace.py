"""What the parts of the window share: the open graph, its history, what is known about it, what is selected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.edits import Edit
from engine.graph.events import GraphEvent, NodeMoved, NodeRemoved
from engine.graph.model import Graph, GraphError, NodeId
from gui.analyser import Analyser
from gui.undo import EditCommand


class Workspace(QObject):
    """The document that the window shows, and the one way to change it.

    Views listen to the signals and read `graph`, `analysis` and `selection`; they change the graph by `push` alone.
    """

    graphReplaced = Signal()
    """Another document is open; everything read from the old graph is stale."""
    graphChanged = Signal(object)
    """One `GraphEvent` after each change of the open graph."""
    analysisChanged = Signal()
    """`analysis` and `problems` are new."""
    selectionChanged = Signal()
    """`selection` is new."""
    refused = Signal(str)
    """A change was refused, with the reason in one sentence."""
    pathChanged = Signal()
    """The document has another file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.graph = Graph()
        self.path: Path | None = None
        self.analysis: Analysis | None = None
        self.problems: list[Problem] = []
        self.selection: tuple[NodeId, ...] = ()
        self.undo_stack = QUndoStack(self)
        self._analyser: Analyser | None = None
        self._disconnect = self.graph.changed.connect(self._on_graph_event)
        # Zero milliseconds: all the events of one edit lead to one analysis, before the next paint.
        self._analysis_timer = QTimer(self)
        self._analysis_timer.setSingleShot(True)
        self._analysis_timer.setInterval(0)
        self._analysis_timer.timeout.connect(self.analyse)

    @property
    def is_analysed(self) -> bool:
        """Whether there is an analyser, and so an analysis of whatever is open."""
        return self._analyser is not None

    @property
    def title(self) -> str:
        """What to call the document."""
        return self.path.name if self.path else "Untitled"

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in the document, and never was, that anybody could want back."""
        return not (self.graph.nodes or self.path or self.undo_stack.count())

    def push(self, edit: Edit) -> bool:
        """Make a change that can be undone; when it is refused, say why by `refused` and return False."""
        command = EditCommand(edit, self.graph)
        try:
            command.apply_first()
        except GraphError as error:
            self.refused.emit(str(error))
            return False
        self.undo_stack.push(command)
        return True

    def select(self, nodes: Iterable[NodeId]) -> None:
        """Make `nodes` the selection."""
        selection = tuple(node for node in dict.fromkeys(nodes) if node in self.graph.nodes)
        if set(selection) != set(self.selection):
            self.selection = selection
            self.selectionChanged.emit()

    def replace(self, graph: Graph, path: Path | None = None) -> None:
        """Open another document; its history starts empty."""
        self._disconnect()
        self.graph = graph
        self._disconnect = graph.changed.connect(self._on_graph_event)
        self.undo_stack.clear()
        self.selection = ()
        self.analysis = None
        self.problems = []
        self.set_path(path)
        self.graphReplaced.emit()
        self.selectionChanged.emit()
        self.analyse()

    def set_path(self, path: Path | None) -> None:
        """Say in which file the document is kept."""
        self.path = path
        self.pathChanged.emit()

    def use_analyser(self, analyser: Analyser) -> None:
        """Analyse the graph from now on; called once torch is loaded."""
        self._analyser = analyser
        self.analyse()

    def analyse(self) -> None:
        """Bring `analysis` and `problems` up to date now."""
        self._analysis_timer.stop()
        if self._analyser is not None:
            self.analysis, self.problems = self._analyser.analyse(self.graph)
            self.analysisChanged.emit()

    def _on_graph_event(self, event: GraphEvent) -> None:
        self.graphChanged.emit(event)
        if isinstance(event, NodeRemoved) and event.node.id in self.selection:
            self.select(node for node in self.selection if node != event.node.id)
        if not isinstance(event, NodeMoved):
            self._analysis_timer.start()
