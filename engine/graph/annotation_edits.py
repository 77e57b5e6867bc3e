"""Edits of frames, notes and bookmarks."""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph.annotations import Annotation, AnnotationId, kind_of
from engine.graph.edits import Edit
from engine.graph.model import Graph


@dataclass(frozen=True, slots=True)
class AddAnnotation(Edit):
    """Add a frame, a note or a bookmark."""

    annotation: Annotation
    gesture: str = ""
    """What adds it, such as drawing and then naming it: a change of it by the same gesture that follows merges."""

    @property
    def label(self) -> str:
        return f"Add {kind_of(self.annotation)}"

    def apply(self, graph: Graph) -> Edit:
        graph.annotations.add(self.annotation)
        return RemoveAnnotation(self.annotation.id)

    def merge(self, later: Edit) -> Edit | None:
        if not isinstance(later, ChangeAnnotation) or not self.gesture or later.gesture != self.gesture:
            return None
        # Without the gesture: another name later on is a step of its own.
        return AddAnnotation(later.annotation) if later.annotation.id == self.annotation.id else None


@dataclass(frozen=True, slots=True)
class RemoveAnnotation(Edit):
    """Take a frame, a note or a bookmark away; layers in a frame stay."""

    annotation: AnnotationId
    kind: str = "annotation"
    """What it is, for the undo history; `remove_annotation` knows."""

    @property
    def label(self) -> str:
        return f"Delete {self.kind}"

    def apply(self, graph: Graph) -> Edit:
        before = graph.annotations.existing(self.annotation)
        graph.annotations.remove(self.annotation)
        return AddAnnotation(before)


@dataclass(frozen=True, slots=True)
class ChangeAnnotation(Edit):
    """Replace an annotation by another one of the same id and kind."""

    annotation: Annotation
    gesture: str = ""
    """What changes it, such as one drag, or “text” for typing into it: consecutive changes of one annotation by one
    gesture merge, and those without a gesture never do."""

    @property
    def label(self) -> str:
        return f"Change {kind_of(self.annotation)}"

    def apply(self, graph: Graph) -> Edit:
        before = graph.annotations.existing(self.annotation.id)
        graph.annotations.change(self.annotation)
        return ChangeAnnotation(before, self.gesture)

    def merge(self, later: Edit) -> Edit | None:
        if not isinstance(later, ChangeAnnotation) or not self.gesture or later.gesture != self.gesture:
            return None
        return later if later.annotation.id == self.annotation.id else None


def remove_annotation(graph: Graph, annotation: AnnotationId) -> Edit:
    """The edit that takes an annotation of `graph` away, named after what it is.

    Raises:
        GraphError: it is gone already.
    """
    return RemoveAnnotation(annotation, kind_of(graph.annotations.existing(annotation)))
