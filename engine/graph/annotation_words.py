"""Says what has become of a frame, a note or a bookmark from one project to another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.graph.annotations import Annotation, Bookmark, Frame, Note, described, inscription, kind_of
from engine.graph.wording import counted, quoted

if TYPE_CHECKING:
    from engine.graph.diff import AnnotationChange


def annotated(change: AnnotationChange, *, is_first: bool) -> str:
    """What has become of it, as a sentence without the full stop, that begins with a capital if `is_first`."""
    there = change.new or change.old
    assert there is not None
    if change.old is None or change.new is None:
        text = f"{described(there)} {'added' if change.old is None else 'removed'}"
    else:
        *most, last = [*_different(change, change.old, change.new)] or ["is different"]
        said = f"{', '.join(most)} and {last}" if most else last
        # It is known by what stood on it, because what stands on it now is said behind that.
        text = f"{described(change.old if _is_renamed(change.old, change.new) else change.new)} {said}"
    return text[:1].upper() + text[1:] if is_first else text


def _is_renamed(old: Annotation, new: Annotation) -> bool:
    return not isinstance(new, Note) and inscription(old) != inscription(new)


def _different(change: AnnotationChange, old: Annotation, new: Annotation) -> Iterator[str]:
    if _is_renamed(old, new):
        title = inscription(new)
        yield f"is called {quoted(title)} now" if title else "has no title any more"
    match old, new:
        case Frame(), Frame():
            yield from _of_colours(old.colour, new.colour)
            yield from _of_members(len(change.entered), len(change.left))
        case Note(), Note():
            yield from _of_note(old, new)
        case Bookmark(), Bookmark():
            if (old.centre, old.zoom) != (new.centre, new.zoom):
                yield "leads to another view"
        case _:
            yield f"is a {kind_of(new)} now"


def _of_members(entered: int, left: int) -> Iterator[str]:
    if entered and left:
        yield f"has gained {counted(entered, 'layer')}"
        yield f"lost {counted(left, 'layer')}"
    elif entered:
        yield f"encloses {counted(entered, 'more layer')}"
    elif left:
        yield f"encloses {counted(left, 'fewer layer')}"


def _of_note(old: Note, new: Note) -> Iterator[str]:
    if old.text != new.text:
        yield "says something else"
    yield from _of_colours(old.colour, new.colour)
    if (old.width, old.height) != (new.width, new.height):
        yield "has another size"
    if old.position != new.position:
        yield "moved"


def _of_colours(old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"is {new} instead of {old}"
