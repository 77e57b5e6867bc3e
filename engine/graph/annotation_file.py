"""Frames, notes and bookmarks in the file: one line each, and no list of those that there are none of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from engine.graph.annotations import Annotation, AnnotationId, Annotations, Bookmark, Frame, Note, described, in_order
from engine.graph.errors import GraphError
from engine.graph.model import NodeId


class FrameRecord(msgspec.Struct, forbid_unknown_fields=True):
    """A frame as it stands in the file."""

    id: str
    members: list[str]
    title: str = ""
    colour: str = "grey"


class NoteRecord(msgspec.Struct, forbid_unknown_fields=True):
    """A note as it stands in the file."""

    id: str
    text: str
    x: float
    y: float
    width: float = 240.0
    height: float = 0.0
    colour: str = "yellow"


class BookmarkRecord(msgspec.Struct, forbid_unknown_fields=True):
    """A bookmark as it stands in the file."""

    id: str
    name: str
    x: float
    y: float
    zoom: float = 1.0


Item: TypeAlias = Mapping[str, str | float | Sequence[str]]
"""What is written about one annotation."""


def lists(annotations: Annotations) -> dict[str, list[Item]]:
    """The items of each list that is not empty, by the name of the list."""
    found: dict[str, list[Item]] = {
        "frames": [_of_frame(frame) for frame in annotations.frames],
        "notes": [_of_note(note) for note in annotations.notes],
        "bookmarks": [_of_bookmark(bookmark) for bookmark in annotations.bookmarks],
    }
    return {name: items for name, items in found.items() if items}


def annotations_of(
    frames: Iterable[FrameRecord], notes: Iterable[NoteRecord], bookmarks: Iterable[BookmarkRecord]
) -> list[Annotation]:
    """The annotations that stand in the file.

    Raises:
        GraphError: a frame names a layer twice.
    """
    found: list[Annotation] = [_frame(raw) for raw in frames]
    for note in notes:
        place = (float(note.x), float(note.y))
        size = (float(note.width), float(note.height))
        found.append(Note(AnnotationId(note.id), note.text, place, *size, note.colour))
    for raw in bookmarks:
        found.append(Bookmark(AnnotationId(raw.id), raw.name, (float(raw.x), float(raw.y)), float(raw.zoom)))
    return found


def _frame(raw: FrameRecord) -> Frame:
    frame = Frame(AnnotationId(raw.id), raw.title, frozenset(map(NodeId, raw.members)), raw.colour)
    if len(frame.members) < len(raw.members):
        raise GraphError(f"A layer stands twice in {described(frame)}.")
    return frame


def _of_frame(frame: Frame) -> Item:
    members = sorted(frame.members, key=in_order)
    return {"id": frame.id, "title": frame.title, "colour": frame.colour, "members": members}


def _of_note(note: Note) -> Item:
    x, y = note.position
    size = {"width": float(note.width), "height": float(note.height)}
    return {"id": note.id, "text": note.text, "colour": note.colour, "x": float(x), "y": float(y), **size}


def _of_bookmark(bookmark: Bookmark) -> Item:
    x, y = bookmark.centre
    return {"id": bookmark.id, "name": bookmark.name, "x": float(x), "y": float(y), "zoom": float(bookmark.zoom)}
