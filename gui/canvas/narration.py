"""Tells screen readers what happens on the canvas: where the focus is, what came and went, what was refused.

Without one (`QAccessible.isActive`) every listener returns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QApplication, QWidget

from engine.graph.annotations import AnnotationId, inscription
from engine.graph.diff import AnnotationChange
from engine.graph.events import (
    AnnotationAdded,
    AnnotationChanged,
    AnnotationEvent,
    AnnotationRemoved,
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    NodesMoved,
)
from engine.graph.model import NodeId
from gui.canvas.accessibility import make_accessible
from gui.canvas.accessible_part import Part
from gui.canvas.spoken_beside import spoken_changes
from gui.canvas.spoken_events import spoken_events
from gui.canvas.tips import describe_selection
from gui.canvas.view import CanvasView
from gui.inspector.numbers import plural

Send = Callable[[QAccessibleEvent], None]
_Kind: TypeAlias = QAccessible.Event
_Event = QAccessible.Event
_STRUCTURE = NodeAdded | NodeRemoved | EdgeAdded | EdgeRemoved
_MOST = 40
"""When more nodes than this come, or are selected, at once, screen readers do not hear of each."""


def announce(widget: QWidget, sentence: str, *, is_urgent: bool = False, send: Send | None = None) -> None:
    """Let a screen reader, if there is one, say `sentence`; an urgent one interrupts what it is saying."""
    if not sentence or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, sentence)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if is_urgent else politeness.Polite)
    (send or QAccessible.updateAccessibility)(event)


class Narrator(QObject):
    """Makes one canvas accessible, and follows it."""

    def __init__(self, view: CanvasView, send: Send | None = None) -> None:
        """Narrate `view`, which owns the narrator; `send` gets the events in the place of Qt."""
        super().__init__(view)
        self._view = view
        self._workspace = view.workspace
        self._canvas = make_accessible(view)
        self._send = send or QAccessible.updateAccessibility
        self._events: list[GraphEvent] = []
        self._steps_back = 0
        self._selected: frozenset[NodeId] = frozenset()
        self._chosen: frozenset[AnnotationId] = frozenset()
        self._wrong: frozenset[NodeId] | None = None
        """The nodes that are known to be wrong; None when nobody has listened yet."""
        self._index = self._workspace.undo_stack.index()
        # Zero milliseconds: all the events of one edit lead to one sentence, once the scene shows what they did.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tell)
        workspace = self._workspace
        workspace.graphChanged.connect(self._on_event)
        workspace.graphReplaced.connect(self._on_other_graph)
        workspace.scopeChanged.connect(self._on_other_graph)
        workspace.selectionChanged.connect(self._on_selection)
        view.canvas_scene.annotations.selectionChanged.connect(self._on_selection)
        workspace.analysisChanged.connect(self._on_analysis)
        workspace.refused.connect(self._on_refused)
        workspace.undo_stack.indexChanged.connect(self._on_index)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)

    # Listening

    def _on_event(self, event: GraphEvent) -> None:
        if isinstance(event, NodeRemoved):
            self._tell_leaving(self._canvas.known(event.node.id))
            self._canvas.discard(event.node.id)
        elif isinstance(event, AnnotationRemoved):
            self._tell_leaving(self._canvas.beside.known(event.annotation.id))
            self._canvas.beside.discard(event.annotation.id)
        if isinstance(event, _STRUCTURE):
            self._canvas.forget_order()
        if isinstance(event, AnnotationEvent | NodesMoved):
            self._canvas.beside.forget_order()
        if QAccessible.isActive():
            self._events.append(event)
            self._timer.start()

    def _tell_leaving(self, part: Part | None) -> None:
        if part is not None and QAccessible.isActive():
            part.is_leaving = True
            self._send(QAccessibleEvent(part, _Event.ObjectDestroyed))

    def _on_index(self, index: int) -> None:
        steps, self._index = self._index - index, index
        if steps > 0 and QAccessible.isActive():
            self._steps_back += steps
            self._timer.start()

    def _on_other_graph(self) -> None:
        """Another document, or the inside of a block, is in view."""
        self._timer.stop()
        self._events.clear()
        self._steps_back, self._wrong, self._selected, self._chosen = 0, None, frozenset(), frozenset()
        self._canvas.discard_all()
        if QAccessible.isActive():
            self._send(QAccessibleEvent(self._view, _Event.ObjectReorder))
            block = self._workspace.graph.block
            where = f"Inside the block {block}" if block else "Network"
            self._announce(f"{where}. {describe_selection(self._view.canvas_scene)}")

    def _on_selection(self) -> None:
        # While many nodes are deleted the selection shrinks node by node, which nobody wants to hear.
        if QAccessible.isActive():
            self._timer.start()

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is self._view and QAccessible.isActive():
            # After Qt itself has told that the canvas as a whole has the focus.
            QTimer.singleShot(0, self, self._tell_focus)

    def _on_analysis(self) -> None:
        if not QAccessible.isActive():
            self._wrong = None
            return
        analysis = self._workspace.analysis
        reports = analysis.nodes if analysis is not None else {}
        errors = {node: report.error for node, report in reports.items() if report.error is not None}
        before, self._wrong = self._wrong, frozenset(errors)
        if before is None:
            return
        new = [node for node in errors if node not in before and node in self._workspace.graph.nodes]
        if new:
            more = f" So are {plural(len(new) - 1, 'other layer')}." if len(new) > 1 else ""
            self._announce(f"{self._workspace.graph.nodes[new[0]].name} is wrong: {errors[new[0]]}{more}")
        elif before and not errors:
            self._announce("No layer is wrong any more.")

    def _on_refused(self, sentence: str) -> None:
        self._announce(sentence, is_urgent=True)

    # Telling

    def _tell(self) -> None:
        """Say what the last change has done, and what is selected now."""
        events, self._events = self._events, []
        steps_back, self._steps_back = self._steps_back, 0
        self._tell_nodes(events)
        self._tell_beside(events)
        has_grown = self._tell_selection()
        if steps_back:
            label = self._workspace.undo_stack.redoText()
            undone = f"Undone: {label}." if steps_back == 1 else f"{steps_back} steps undone."
            # “Change note” says too little.
            beside = spoken_changes(self._workspace.graph, events)
            self._announce(f"{undone} {beside}" if beside else undone)
        elif events:
            self._announce(spoken_events(self._workspace.graph, events))
        elif has_grown and len(self._selected) > 1:
            self._announce(describe_selection(self._view.canvas_scene))

    def _tell_nodes(self, events: Sequence[GraphEvent]) -> None:
        """Tell which nodes are new, and which are called otherwise."""
        there = self._workspace.graph.nodes.keys()
        added = {event.node.id for event in events if isinstance(event, NodeAdded)} & there
        renamed = {event.node.id for event in events if isinstance(event, NodeRenamed)} & there
        self._tell_each(added, _Event.ObjectCreated, _Event.ObjectReorder)
        self._tell_each(renamed, _Event.NameChanged, _Event.VisibleDataChanged)
        wired = [event.edge for event in events if isinstance(event, EdgeAdded | EdgeRemoved)]
        self._canvas.prune({end for edge in wired for end in (edge.source, edge.target)})

    def _tell_beside(self, events: Sequence[GraphEvent]) -> None:
        """Tell which frames and notes are new, called otherwise or elsewhere."""
        parts = self._canvas.beside
        changes = [event for event in events if isinstance(event, AnnotationAdded | AnnotationChanged)]
        if len(changes) + sum(isinstance(event, NodeAdded) for event in events) > _MOST:
            # As with many layers: of a whole new network nobody wants to hear each part.
            return
        for event in changes:
            part = parts.part(event.annotation.id)
            if part is None:
                continue
            if isinstance(event, AnnotationAdded):
                kind = _Event.ObjectCreated
            elif inscription(event.before) != inscription(event.annotation):
                kind = _Event.NameChanged
            else:
                is_moved = AnnotationChange(event.before, event.annotation).is_moved
                kind = _Event.LocationChanged if is_moved else _Event.DescriptionChanged
            self._send(QAccessibleEvent(part, kind))

    def _tell_selection(self) -> bool:
        """Tell what is selected now; whether it is something else than before."""
        before, self._selected = self._selected, frozenset(self._workspace.selection)
        chosen, self._chosen = self._chosen, self._view.canvas_scene.annotations.selected
        if (before, chosen) == (self._selected, self._chosen):
            return False
        gone = (before - self._selected) & self._workspace.graph.nodes.keys()
        come = self._selected - before
        if before != self._selected and len(gone) + len(self._selected) > _MOST:
            self._send(QAccessibleEvent(self._view, _Event.SelectionWithin))
        else:
            self._tell_each(gone, _Event.SelectionRemove)
            self._tell_each(come, _Event.SelectionAdd)
            self._tell_each_beside(chosen - self._chosen, _Event.SelectionRemove)
            self._tell_each_beside(self._chosen - chosen, _Event.SelectionAdd)
        self._tell_focus()
        return True

    def _tell_each_beside(self, annotations: Collection[AnnotationId], kind: QAccessible.Event) -> None:
        for name in sorted(annotations)[:_MOST]:
            part = self._canvas.beside.part(name)
            if part is not None:
                self._send(QAccessibleEvent(part, kind))

    def _tell_each(
        self, nodes: Collection[NodeId], kind: QAccessible.Event, of_many: QAccessible.Event | None = None
    ) -> None:
        """Send an event of `kind` for each node, or one of another kind for the whole canvas when they are many."""
        if len(nodes) > _MOST:
            if of_many is not None:
                self._send(QAccessibleEvent(self._view, of_many))
            return
        for node in sorted(nodes):
            part = self._canvas.node(node)
            if part is not None:
                self._send(QAccessibleEvent(part, kind))

    def _tell_focus(self) -> None:
        """Keys that arrive at the canvas act on what is current; so to a screen reader that has the focus."""
        if self._view.hasFocus():
            current = self._canvas.current
            event = QAccessibleEvent(self._view if current is None else current, _Event.Focus)
            self._send(event)

    def _announce(self, sentence: str, *, is_urgent: bool = False) -> None:
        # Documents in tabs behind keep still.
        if self._view.isVisible():
            announce(self._view, sentence, is_urgent=is_urgent, send=self._send)
