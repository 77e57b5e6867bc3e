"""What people write beside the layers of a graph: frames around some of them, notes, and bookmarks of views.

None of it changes what the network computes. The network of a project and the inside of each block have their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import TYPE_CHECKING, NewType, TypeAlias, TypeVar

from engine.graph.errors import GraphError
from engine.graph.events import AnnotationAdded, AnnotationChanged, AnnotationRemoved
from engine.graph.wording import quoted

if TYPE_CHECKING:
    from engine.graph.model import Graph, NodeId, Point

AnnotationId = NewType("AnnotationId", str)
COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
"""The names of the colours that frames and notes can have; a theme says how each one looks."""
MAX_COORDINATE = 1e7
"""How far from the origin of the canvas a layer, a note or a view may lie, in scene units."""
MAX_ANNOTATIONS = 1_000
"""More frames, notes and bookmarks than anybody finds their way through, in a whole project."""
MAX_TITLE = 200
"""The longest title of a frame and the longest name of a bookmark, in characters."""
MAX_TEXT = 10_000
"""The longest text of a note, in characters."""
MIN_NOTE, MAX_NOTE = 40.0, 4_000.0
"""The smallest and the largest width and height of a note, in scene units."""
MIN_ZOOM, MAX_ZOOM = 1e-4, 1e2
"""How far a bookmark may be zoomed out and in."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled frame around some layers. It follows them, so it has no rectangle of its own."""

    id: AnnotationId
    """Never changes and is never shown."""
    title: str
    """What stands on it, on one line; may be empty."""
    members: frozenset[NodeId]
    """The layers that it encloses, at least one. A layer may be in several frames, and so frames in one another."""
    colour: str = "grey"
    """One of `COLOURS`."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas."""

    id: AnnotationId
    """Never changes and is never shown."""
    text: str
    """What it says, in Markdown. It may come from a stranger's file: show it without HTML and load nothing it names."""
    position: Point
    """Its upper left corner on the canvas; y grows downwards."""
    width: float = 240.0
    """Its width in scene units, at which the text is wrapped."""
    height: float = 0.0
    """Its height in scene units; with 0 it is as high as the text."""
    colour: str = "yellow"
    """One of `COLOURS`."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A view of the canvas to come back to."""

    id: AnnotationId
    """Never changes and is never shown."""
    name: str
    """What it is called, on one line."""
    centre: Point
    """What lies in the middle of the view."""
    zoom: float
    """Pixels per scene unit."""


Annotation: TypeAlias = Frame | Note | Bookmark
_Kind = TypeVar("_Kind", Frame, Note, Bookmark)


def kind_of(annotation: Annotation) -> str:
    """What people call such a thing: `frame`, `note` or `bookmark`."""
    return type(annotation).__name__.lower()


def inscription(annotation: Annotation) -> str:
    """What stands on the annotation: a title, a text or a name."""
    match annotation:
        case Frame():
            return annotation.title
        case Note():
            return annotation.text
        case Bookmark():
            return annotation.name


def described(annotation: Annotation) -> str:
    """The annotation in the middle of a sentence: “the frame “Encoder””, “the note “To do””, or “a frame”."""
    name = first_line(annotation.text) if isinstance(annotation, Note) else inscription(annotation)
    return f"the {kind_of(annotation)} {quoted(name)}" if name else f"a {kind_of(annotation)}"


def first_line(markdown: str) -> str:
    """The first line of a note without the signs of headings and lists, to speak of it by."""
    lines = (line.strip(" \t#*->_`") for line in markdown.splitlines())
    return next((line for line in lines if line), "")


def in_order(identifier: str) -> tuple[int, str]:
    """Sorts ids by their numbers: a10 comes after a9."""
    return len(identifier), identifier


class Annotations(Mapping[AnnotationId, Annotation]):
    """All annotations of one graph by id, in the order of their ids."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._annotations: dict[AnnotationId, Annotation] = {}

    def __getitem__(self, annotation: AnnotationId) -> Annotation:
        return self._annotations[annotation]

    def __iter__(self) -> Iterator[AnnotationId]:
        return iter(sorted(self._annotations, key=in_order))

    def __len__(self) -> int:
        return len(self._annotations)

    @property
    def frames(self) -> list[Frame]:
        """All frames, in the order of their ids."""
        return self._all(Frame)

    @property
    def notes(self) -> list[Note]:
        """All notes, in the order of their ids."""
        return self._all(Note)

    @property
    def bookmarks(self) -> list[Bookmark]:
        """All bookmarks, in the order of their ids."""
        return self._all(Bookmark)

    def around(self, node: NodeId) -> list[Frame]:
        """The frames that enclose `node`, in the order of their ids."""
        found = (frame for frame in self._annotations.values() if isinstance(frame, Frame) and node in frame.members)
        return sorted(found, key=lambda frame: in_order(frame.id))

    def parts(self, nodes: Collection[NodeId]) -> list[Frame]:
        """The frames around some of `nodes`, each with no members but these, in the order of their ids."""
        found = ((frame, frame.members.intersection(nodes)) for frame in self.frames)
        return [replace(frame, members=members) for frame, members in found if members]

    # Changing: called by edits alone

    def add(self, annotation: Annotation) -> None:
        """Add a frame, a note or a bookmark.

        Raises:
            GraphError: its id is taken, it cannot be, or the project has too many.
        """
        if annotation.id in self._annotations:
            other = self._annotations[annotation.id]
            raise GraphError(
                f"Of the frames, notes and bookmarks, {described(other)} and another one have the same id."
            )
        if sum(len(graph.annotations) for graph in self._graph.blocks.graphs()) >= MAX_ANNOTATIONS:
            raise GraphError(f"A project can have at most {MAX_ANNOTATIONS:,} frames, notes and bookmarks.")
        self._check(annotation)
        self._annotations[annotation.id] = annotation
        self._graph.changed.emit(AnnotationAdded(annotation))

    def change(self, annotation: Annotation) -> None:
        """Replace the annotation of the same id.

        Raises:
            GraphError: there is none of this kind any more, or it cannot be like this.
        """
        before = self.existing(annotation.id)
        if type(before) is not type(annotation):
            raise GraphError(f"This {kind_of(before)} cannot become a {kind_of(annotation)}.")
        self._check(annotation)
        self._annotations[annotation.id] = annotation
        self._graph.changed.emit(AnnotationChanged(annotation, before))

    def remove(self, annotation: AnnotationId) -> None:
        """Take an annotation away.

        Raises:
            GraphError: it is gone already.
        """
        before = self.existing(annotation)
        del self._annotations[annotation]
        self._graph.changed.emit(AnnotationRemoved(before))

    def leave(self, parts: Iterable[Frame]) -> tuple[Frame, ...]:
        """Take layers out of frames: the members of each of `parts` out of the frame of its id, which goes when empty.

        Returns:
            What has really left, and can `enter` again.
        """
        left: list[Frame] = []
        for part in parts:
            there = self._annotations.get(part.id)
            if not isinstance(there, Frame) or there.members.isdisjoint(part.members):
                continue
            left.append(replace(there, members=there.members & part.members))
            if there.members <= part.members:
                self.remove(there.id)
            else:
                self.change(replace(there, members=there.members - part.members))
        return tuple(left)

    def enter(self, parts: Iterable[Frame]) -> tuple[Frame, ...]:
        """Put layers into frames: the members of each of `parts` into the frame of its id, which is added if missing.

        Returns:
            What has really entered, and can `leave` again.

        Raises:
            GraphError: there is no such layer.
        """
        entering = tuple(parts)
        # All are checked before the first one changes, so that a refusal leaves none of them changed.
        for part in entering:
            self._check(part)
        entered: list[Frame] = []
        for part in entering:
            there = self._annotations.get(part.id)
            if not isinstance(there, Frame):
                self.add(part)
                entered.append(part)
            elif not part.members <= there.members:
                self.change(replace(there, members=there.members | part.members))
                entered.append(replace(part, members=part.members - there.members))
        return tuple(entered)

    def existing(self, annotation: AnnotationId) -> Annotation:
        """The annotation of this id.

        Raises:
            GraphError: it is gone.
        """
        if annotation not in self._annotations:
            raise GraphError("This frame, note or bookmark is not there any more.")
        return self._annotations[annotation]

    def copy_into(self, graph: Graph) -> Annotations:
        """The same annotations for a copy of the graph."""
        copied = Annotations(graph)
        copied._annotations = dict(self._annotations)
        return copied

    def _all(self, kind: type[_Kind]) -> list[_Kind]:
        found = [annotation for annotation in self._annotations.values() if isinstance(annotation, kind)]
        return sorted(found, key=lambda annotation: in_order(annotation.id))

    def _check(self, annotation: Annotation) -> None:
        reason = objection(annotation)
        if reason is None and isinstance(annotation, Frame) and not annotation.members <= self._graph.nodes.keys():
            reason = f"{_sentence(annotation)} encloses a layer that is not there."
        if reason is not None:
            raise GraphError(reason)


def objection(annotation: Annotation) -> str | None:
    """Why there cannot be such an annotation in any graph, as a sentence for the user; None when there can."""
    match annotation:
        case Frame():
            return _title_objection("title", annotation.title) or _frame_objection(annotation)
        case Note():
            return _note_objection(annotation)
        case Bookmark():
            return _title_objection("name", annotation.name) or _bookmark_objection(annotation)


def new_annotation_ids(graph: Graph, number: int) -> list[AnnotationId]:
    """`number` ids that no annotation of the graph has."""
    used = (int(name[1:]) for name in graph.annotations if re.fullmatch(r"a[0-9]{1,12}", name))
    candidates = (AnnotationId(f"a{index}") for index in count(max(used, default=0) + 1))
    return list(islice((name for name in candidates if name not in graph.annotations), number))


def enclosed(frames: Iterable[Frame], ids: Mapping[NodeId, NodeId]) -> list[Frame]:
    """Those of `frames` whose members are all copied, around the copies; `ids` leads from a layer to its copy."""
    inside = [frame for frame in frames if frame.members <= ids.keys()]
    return [replace(frame, members=frozenset(ids[node] for node in frame.members)) for frame in inside]


def _sentence(annotation: Annotation) -> str:
    text = described(annotation)
    return text[0].upper() + text[1:]


def _title_objection(word: str, title: str) -> str | None:
    if len(title) > MAX_TITLE:
        return f"{quoted(title)} is too long for a {word}: use at most {MAX_TITLE} characters."
    if _has_control_characters(title):
        return f"{quoted(title)} cannot be a {word}: it contains characters that cannot be shown on one line."
    return None


def _frame_objection(frame: Frame) -> str | None:
    if not frame.members:
        return f"{_sentence(frame)} encloses no layers."
    return _colour_objection(frame.colour)


def _note_objection(note: Note) -> str | None:
    if len(note.text) > MAX_TEXT:
        return f"A note has more than {MAX_TEXT:,} characters."
    if _has_control_characters(note.text, allowed="\n\t"):
        return "A note contains characters that cannot be shown."
    if not (MIN_NOTE <= note.width <= MAX_NOTE and (note.height == 0 or MIN_NOTE <= note.height <= MAX_NOTE)):
        return f"A note can be {MIN_NOTE:g} to {MAX_NOTE:g} wide and high."
    if not _is_on_canvas(note.position):
        return "A note cannot lie that far out on the canvas."
    return _colour_objection(note.colour)


def _bookmark_objection(bookmark: Bookmark) -> str | None:
    if not bookmark.name.strip():
        return "A bookmark needs a name."
    if not _is_on_canvas(bookmark.centre):
        return f"{_sentence(bookmark)} cannot lie that far out on the canvas."
    if not MIN_ZOOM <= bookmark.zoom <= MAX_ZOOM:
        return f"{_sentence(bookmark)} is zoomed in or out too far."
    return None


def _colour_objection(colour: str) -> str | None:
    return None if colour in COLOURS else f"{quoted(colour)} is not a colour of the palette: {', '.join(COLOURS)}."


def _is_on_canvas(point: Point) -> bool:
    return all(abs(coordinate) <= MAX_COORDINATE for coordinate in point)


def _has_control_characters(text: str, allowed: str = "") -> bool:
    # Emoji are joined by invisible characters of other categories, which are fine; halves of characters are not text.
    return any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text if letter not in allowed)
