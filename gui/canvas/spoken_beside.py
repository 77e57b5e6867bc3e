"""What a screen reader says of frames, notes and bookmarks, and of what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.graph.annotation_words import annotated
from engine.graph.annotations import Annotation, AnnotationId, Bookmark, Frame, Note, described, first_line
from engine.graph.diff import AnnotationChange
from engine.graph.events import AnnotationAdded, AnnotationChanged, AnnotationRemoved, GraphEvent, NodesMoved
from engine.graph.model import Graph, NodeId
from gui.canvas.tips import names_of

_MOST = 2
"""So many changes are told one by one."""


def spoken_annotation(annotation: Annotation) -> str:
    """What a frame, a note or a bookmark is called: “Encoder, frame”, “To do, note”, “Frame without a title”."""
    match annotation:
        case Frame():
            return f"{annotation.title}, frame" if annotation.title.strip() else "Frame without a title"
        case Note():
            line = first_line(annotation.text)
            return f"{line}, note" if line else "Empty note"
        case Bookmark():
            return f"{annotation.name}, bookmark"


def describe_annotation(graph: Graph, annotation: Frame | Note) -> str:
    """What there is to say of a frame or a note: its colour, what it encloses and is in, or all that it says."""
    colour = annotation.colour.capitalize()
    if isinstance(annotation, Note):
        return f"{colour}. {annotation.text}"
    members = names_of(graph, sorted(annotation.members))
    around = [frame for frame in graph.annotations.frames if annotation.members < frame.members]
    inside = f" In {described(min(around, key=lambda frame: len(frame.members)))}." if around else ""
    return f"{colour}, around {members}.{inside}"


def frames_around(graph: Graph, node: NodeId) -> str:
    """“In the frame “Encoder”.”, which is the innermost one around a layer; empty when there is none."""
    around = graph.annotations.around(node)
    return f"In {described(min(around, key=lambda frame: len(frame.members)))}." if around else ""


def spoken_changes(graph: Graph, events: Sequence[GraphEvent]) -> str:
    """What the events of one change have done to frames, notes and bookmarks of `graph`, as sentences."""
    changes = list(_changes(events))
    if len(changes) > _MOST:
        kinds = {"added" if old is None else "removed" if new is None else "changed" for old, new in changes}
        return f"{len(changes)} frames, notes or bookmarks {kinds.pop() if len(kinds) == 1 else 'changed'}."
    return " ".join([*(_said(graph, old, new) for old, new in changes), *_moves(graph, events)])


def _changes(events: Sequence[GraphEvent]) -> Iterator[tuple[Annotation | None, Annotation | None]]:
    """What each of them was and is, however many steps the change has taken."""
    before: dict[AnnotationId, Annotation | None] = {}
    after: dict[AnnotationId, Annotation | None] = {}
    for event in events:
        match event:
            case AnnotationAdded():
                before.setdefault(event.annotation.id, None)
                after[event.annotation.id] = event.annotation
            case AnnotationChanged():
                before.setdefault(event.annotation.id, event.before)
                after[event.annotation.id] = event.annotation
            case AnnotationRemoved():
                before.setdefault(event.annotation.id, event.annotation)
                after[event.annotation.id] = None
    yield from ((old, after[name]) for name, old in before.items() if old != after[name])


def _said(graph: Graph, old: Annotation | None, new: Annotation | None) -> str:
    said = annotated(_change(old, new), is_first=True)
    around = names_of(graph, sorted(new.members)) if old is None and isinstance(new, Frame) else ""
    return f"{said} around {around}." if around else f"{said}."


def _change(old: Annotation | None, new: Annotation | None) -> AnnotationChange:
    if not isinstance(old, Frame) or not isinstance(new, Frame):
        return AnnotationChange(old, new)
    return AnnotationChange(old, new, tuple(new.members - old.members), tuple(old.members - new.members))


def _moves(graph: Graph, events: Sequence[GraphEvent]) -> Iterator[str]:
    """A frame has no place of its own: it has moved when all that is in it has, and nothing else."""
    moved = frozenset(node.id for event in events if isinstance(event, NodesMoved) for node in event.nodes)
    for frame in graph.annotations.frames if moved else ():
        if frame.members == moved:
            text = described(frame)
            yield f"{text[0].upper()}{text[1:]} moved."
