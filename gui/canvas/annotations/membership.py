"""Which layers are in which frames: the edits that put them in and take them out. No Qt but for rectangles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from PySide6.QtCore import QRectF

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import COLOURS, AnnotationId, Frame, new_annotation_ids
from engine.graph.edits import AddNode, Compound, Disconnect, Edit, EnterFrames, LeaveFrames, MoveNodes
from engine.graph.model import Edge, Graph, NodeId, Point
from gui.canvas.geometry import card_at

_ORDER = ("blue", "orange", "green", "purple", "yellow", "teal", "pink", "red")
"""The colours that new frames get in turn: neighbours are easily told apart."""
NAMING = "name"
"""The gesture by which a new frame or bookmark gets its first name."""


def frame_around(graph: Graph, nodes: Collection[NodeId]) -> AddAnnotation:
    """The edit that adds a frame without a title around `nodes`, in a colour that few others have.

    A title that is given by the gesture `NAMING` right after it belongs to the same step.
    """
    (name,) = new_annotation_ids(graph, 1)
    used = Counter(frame.colour for frame in graph.annotations.frames)
    colour = min(_ORDER, key=lambda candidate: used[candidate])
    return AddAnnotation(Frame(name, "", frozenset(nodes), colour), NAMING)


def entering(frames: Iterable[Frame], nodes: Collection[NodeId]) -> Edit | None:
    """The edit that puts `nodes` into those of `frames` that they are not in; None when they are in all of them."""
    parts = tuple(replace(frame, members=frozenset(nodes) - frame.members) for frame in frames)
    parts = tuple(part for part in parts if part.members)
    return EnterFrames(parts) if parts else None


def leaving(graph: Graph, nodes: Collection[NodeId]) -> Edit | None:
    """The edit that takes `nodes` out of the innermost frame around each of them; None when there is none."""
    framed = {node for part in graph.annotations.parts(nodes) for node in part.members}
    if not framed:
        return None
    parts: dict[AnnotationId, set[NodeId]] = {}
    for node in framed:
        innermost = min(graph.annotations.around(node), key=lambda frame: len(frame.members))
        parts.setdefault(innermost.id, set()).add(node)
    frames = {frame.id: frame for frame in graph.annotations.frames}
    return LeaveFrames(tuple(replace(frames[name], members=frozenset(left)) for name, left in parts.items()))


def with_outer(frame: Frame, frames: Iterable[Frame]) -> list[Frame]:
    """`frame` and those around it: what is put into an inner frame is in the outer ones, too."""
    return [other for other in frames if frame.members <= other.members]


def enclosing(
    cards: Iterable[QRectF], frames: Mapping[AnnotationId, Frame], rects: Mapping[AnnotationId, QRectF]
) -> Frame | None:
    """The innermost of `frames`, which are at `rects`, that holds all of `cards`."""
    all_cards = list(cards)
    holding = [name for name, rect in rects.items() if all(rect.contains(card) for card in all_cards)]
    return min((frames[name] for name in holding), key=lambda frame: len(frame.members), default=None)


def joined(
    edit: Edit, node: NodeId, frames: Mapping[AnnotationId, Frame], rects: Mapping[AnnotationId, QRectF]
) -> Edit:
    """`edit`, which adds `node` or puts it into a wire, and with it into the frames where it comes to lie.

    In a wire it belongs to the frames around both ends, elsewhere to the frame that it lies wholly within.
    """
    if not frames:
        return edit
    cut, place = _cut_wire(edit), _place(edit, node)
    if cut is not None:
        found = [frame for frame in frames.values() if {cut.source, cut.target} <= frame.members]
    else:
        inner = None if place is None else enclosing([card_at(place)], frames, rects)
        found = [] if inner is None else with_outer(inner, frames.values())
    step = entering(found, [node])
    return edit if step is None else Compound(edit.label, (edit, step))


def _steps(edit: Edit) -> Iterator[Edit]:
    if isinstance(edit, Compound):
        for step in edit.edits:
            yield from _steps(step)
    else:
        yield edit


def _cut_wire(edit: Edit) -> Edge | None:
    return next((step.edge for step in _steps(edit) if isinstance(step, Disconnect)), None)


def _place(edit: Edit, node: NodeId) -> Point | None:
    for step in _steps(edit):
        if isinstance(step, AddNode) and step.node.id == node:
            return step.node.position
        if isinstance(step, MoveNodes) and node in step.positions:
            return step.positions[node]
    return None


assert set(_ORDER) <= set(COLOURS)
