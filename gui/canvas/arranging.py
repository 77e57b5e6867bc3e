"""Puts layers into order: automatic layout in the background, rows and columns, blocks unfolded and laid out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

from engine.graph.block_edits import Within
from engine.graph.blocks import block_of
from engine.graph.edits import Compound, Edit, MoveNodes
from engine.graph.model import Edge, Graph, NodeId, Point
from engine.layers.unfolding import unfold_edit
from engine.layout import alignment
from engine.layout.arrange import arrange, layout_edit, members_of_frames
from gui import motion
from gui.canvas.geometry import card_at
from gui.scope import Scope
from gui.work import BackgroundWork

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_DURATION_MS = 300
_MOST_IN_MOTION = 400
"""More layers than this jump to their places: moving them all would not be smooth."""
_gestures = count()


class Arranging(QObject):
    """Arranges what one canvas shows; each command is one step of the history."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._workspace = view.workspace
        self._work = BackgroundWork(self)
        self._work.done.connect(self._take)
        self._work.failed.connect(self._workspace.refused)
        self._asked: tuple[Mapping[NodeId, Point], frozenset[Edge]] = ({}, frozenset())
        self._before: Mapping[NodeId, Point] = {}
        self._after: Mapping[NodeId, Point] = {}
        self._title = self._gesture = ""
        self._scope = Scope()
        self._placed: Collection[NodeId] = ()
        """What is laid out; all layers when there are none."""
        self._fits_after = False
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._show)
        self._workspace.graphReplaced.connect(self.close)
        self._workspace.scopeChanged.connect(self.stop)
        self._workspace.undo_stack.indexChanged.connect(self._on_history)
        self._is_pushing = False

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each action of the menu calls, by the action's id."""
        return {
            "arrange": self.arrange,
            "arrange_columns": lambda: self.arrange(in_columns=True),
            "unfold": self.unfold,
            "align_row": lambda: self._move("Align in a row", alignment.in_row),
            "align_column": lambda: self._move("Align in a column", alignment.in_column),
            "spread_across": lambda: self._move("Spread across", alignment.spread_across),
            "spread_down": lambda: self._move("Spread down", alignment.spread_down),
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions can be used now."""
        several = len(self._workspace.selection) > 1
        graph, nodes = self._workspace.graph, self._workspace.graph.nodes
        alignments = ("align_row", "align_column", "spread_across", "spread_down")
        return {
            "arrange": bool(nodes),
            "arrange_columns": bool(nodes),
            "unfold": bool(graph.blocks) and any(block_of(node.layer) is not None for node in nodes.values()),
            **dict.fromkeys(alignments, several),
        }

    @property
    def is_busy(self) -> bool:
        """Whether a layout is being made or shown."""
        return self._work.is_busy or self._animation.state() is QVariantAnimation.State.Running

    def arrange(self, *, in_columns: bool = False) -> None:
        """Lay out the selected layers, or all when fewer than two are selected."""
        self.stop()
        positions, edges = self._asked = self._now()
        chosen = set(self._workspace.selection) if len(self._workspace.selection) > 1 else None
        frames = members_of_frames(self._workspace.graph)
        is_whole = self._view.camera.visible().contains(self._view.canvas_scene.content_rect())
        self._fits_after = chosen is None and (in_columns or is_whole)
        self._placed = chosen or ()
        self._work.start(lambda _progress: arrange(positions, edges, chosen, frames, columns=in_columns))

    def unfold(self) -> None:
        """Write out the selected instances of blocks, or all of them, and lay out what is there then."""
        self.stop()
        self._asked = self._now()
        graph = self._workspace.graph
        instances = [node for node in self._workspace.selection if block_of(graph.nodes[node].layer) is not None]
        document, block = self._workspace.document.snapshot(), graph.block
        self._work.start(lambda _progress: _unfolding(document.blocks.graph(block), instances or None))

    def stop(self) -> None:
        """Give up a layout that is being made; one that is being shown is finished at once."""
        self._work.give_up()
        if self._animation.state() is QVariantAnimation.State.Running:
            self._animation.stop()
            self._show(1.0)

    def close(self) -> None:
        """Want nothing any more: the document is another one or gone; a thread that is at it ends in a moment."""
        self._work.give_up()
        self._animation.stop()

    def _now(self) -> tuple[Mapping[NodeId, Point], frozenset[Edge]]:
        graph = self._workspace.graph
        return {node.id: node.position for node in graph.nodes.values()}, frozenset(graph.edges)

    def _take(self, result: object) -> None:
        if self._now() != self._asked:
            self._workspace.refused.emit("The network was changed meanwhile: arrange it once more.")
            return
        if isinstance(result, Edit):
            if self._workspace.push(result):
                self._view.camera.fit()
            return
        assert isinstance(result, dict)
        self._animate("Arrange layers", result)

    def _move(self, title: str, place: Callable[[Mapping[NodeId, Point]], dict[NodeId, Point]]) -> None:
        self.stop()
        self._fits_after = False
        nodes, self._placed = self._workspace.graph.nodes, self._workspace.selection
        self._animate(title, place({node: nodes[node].position for node in self._placed}))

    def _animate(self, title: str, after: Mapping[NodeId, Point]) -> None:
        nodes = self._workspace.graph.nodes
        self._before = {node: nodes[node].position for node in after if nodes[node].position != after[node]}
        self._after = {node: after[node] for node in self._before}
        self._scope = self._workspace.scope
        if not self._before:
            self._bring_into_view()
            self._workspace.refused.emit("Everything is in its place already.")
            return
        self._title, self._gesture = title, f"{title} {next(_gestures)}"
        duration = motion.duration(_DURATION_MS) if len(self._before) <= _MOST_IN_MOTION else 0
        if duration and self._view.isVisible():
            self._animation.setDuration(duration)
            self._animation.start()
        else:
            self._show(1.0)

    def _show(self, share: object) -> None:
        """The steps of one motion merge to one step of the history."""
        assert isinstance(share, float)
        places = {
            node: self._after[node] if share >= 1.0 else _between(start, self._after[node], share)
            for node, start in self._before.items()
        }
        self._is_pushing = True
        step, block = Compound(self._title, (MoveNodes(places, self._gesture),)), self._scope.block
        # Another graph may be in view meanwhile, with layers of the same ids.
        self._workspace.push_document(Within(block, step) if block else step, self._scope)
        self._is_pushing = False
        if share >= 1.0 and self._workspace.scope == self._scope:
            self._bring_into_view()

    def _bring_into_view(self) -> None:
        """Show what is laid out, where it is to be shown as a whole or nothing of it is in view."""
        items, seen = self._view.canvas_scene.nodes, self._view.camera.visible()
        placed = [node for node in self._placed or items if node in items]
        if self._fits_after or not any(seen.intersects(card_at(items[node].position)) for node in placed):
            self._view.camera.fit(self._placed)
        self._fits_after = False

    def _on_history(self) -> None:
        """Whatever else happens to the network ends the motion where it is."""
        if not self._is_pushing:
            self._animation.stop()


def _unfolding(graph: Graph, instances: Collection[NodeId] | None) -> Edit:
    """The edit that unfolds blocks of `graph`, which is a copy, and lays out the whole."""
    unfold = unfold_edit(graph, instances)
    unfold.apply(graph)
    layout = layout_edit(graph)
    return unfold if layout is None else Compound(unfold.label, (unfold, layout))


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
