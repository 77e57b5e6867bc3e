"""Notes that are moved along with layers, and the frame into which layers are dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.graph.annotation_edits import ChangeAnnotation
from engine.graph.annotations import AnnotationId, Frame, Note
from engine.graph.edits import Compound, Edit, MoveNodes
from engine.graph.model import Graph, NodeId, Point
from gui.canvas.annotations.membership import enclosing, entering, with_outer
from gui.canvas.geometry import card_at

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


class CarriedNotes:
    """Shows notes elsewhere while they are dragged, and moves them in the end."""

    def __init__(self, scene: CanvasScene, notes: Collection[AnnotationId]) -> None:
        self._layer = scene.annotations
        self._graph = scene.workspace.graph
        known = self._graph.annotations
        self._before = {name: note for name in notes if isinstance(note := known.get(name), Note)}
        self._way: Point = (0.0, 0.0)

    def show(self, dx: float, dy: float) -> None:
        """Show them moved by (dx, dy) from where the graph says."""
        if self._before:
            self._way = (dx, dy)
            self._layer.put_notes({name: self._place(note) for name, note in self._before.items()})

    def end(self) -> None:
        """Show them where the graph says."""
        if self._before:
            self._layer.show_notes(self._before)

    def edits(self) -> list[Edit]:
        """Each of them moved to where it is shown."""
        if self._way == (0.0, 0.0):
            return []
        return notes_moved(self._graph, self._before, *self._way)

    def _place(self, note: Note) -> Point:
        return note.position[0] + self._way[0], note.position[1] + self._way[1]


class FrameTarget:
    """The frame that takes in layers dropped wholly inside it."""

    def __init__(self, scene: CanvasScene, nodes: Collection[NodeId]) -> None:
        self._layer = scene.annotations
        self._nodes = frozenset(nodes)
        frames = self._layer.frames
        self._frames: Mapping[AnnotationId, Frame] = {
            name: frame for name, frame in frames.all.items() if not self._nodes <= frame.members
        }
        # Where the frames are without what is dragged: else one that holds some of it would never let go of the rest.
        rects = frames.places.without(self._nodes, scene.nodes) if self._frames else {}
        self._rects = {name: rect for name, rect in rects.items() if name in self._frames}
        self.frame: Frame | None = None
        """The frame that takes in what would be dropped now."""

    def find(self, positions: Mapping[NodeId, Point]) -> Frame | None:
        """Find and show the frame for layers at `positions`."""
        if self._frames:
            self.frame = enclosing(map(card_at, positions.values()), self._frames, self._rects)
            self._layer.show_target(None if self.frame is None else self.frame.id)
        return self.frame

    def end(self) -> None:
        """Show none."""
        if self._frames:
            self._layer.show_target(None)

    def edit(self) -> Edit | None:
        """The edit that puts the layers into the frame and those around it."""
        if self.frame is None:
            return None
        return entering(with_outer(self.frame, self._frames.values()), self._nodes)


def notes_moved(graph: Graph, notes: Iterable[AnnotationId], dx: float, dy: float, gesture: str = "") -> list[Edit]:
    """The edits that move `notes` by (dx, dy)."""
    edits: list[Edit] = []
    for name in notes:
        note = graph.annotations.get(name)
        if isinstance(note, Note):
            place = note.position[0] + dx, note.position[1] + dy
            edits.append(ChangeAnnotation(replace(note, position=place), gesture))
    return edits


def moved(positions: Mapping[NodeId, Point], others: Collection[Edit], gesture: str = "") -> Edit | None:
    """The edit that moves layers to `positions` and makes `others`, as one step; None when nothing changes."""
    moves = [MoveNodes(positions, gesture)] if positions else []
    steps: list[Edit] = [*moves, *others]
    if len(steps) == 1:
        return steps[0]
    title = moves[0].label if moves else f"Move {len(steps)} notes"
    return Compound(title, tuple(steps)) if steps else None
