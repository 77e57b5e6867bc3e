"""How large notes may be, and the steps in which keys resize them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import ceil, floor

from engine.graph.annotation_edits import ChangeAnnotation
from engine.graph.annotations import MAX_NOTE, MIN_NOTE, Note
from engine.graph.edits import Compound, Edit
from engine.graph.model import Point
from gui.canvas.annotations.note_item import NoteItem
from gui.canvas.geometry import GRID

NARROWEST = 80.0
"""The smallest width of a note, in units of the scene."""
_STEP = 2 * GRID
"""By so much a key resizes a note."""


def show_size(item: NoteItem, width: float, height: float) -> tuple[float, float]:
    """Show a note in the nearest size that it may have, and return that; a height of 0 is that of its text."""
    width = min(max(width, NARROWEST), MAX_NOTE)
    item.resize(width, 0.0)
    height = min(max(height, MIN_NOTE), MAX_NOTE)
    if height <= item.text_height + GRID / 2:
        return width, 0.0
    item.resize(width, height)
    return width, height


def resized(items: Collection[NoteItem], direction: Point, gesture: str) -> Edit | None:
    """The edit that makes notes one step wider, narrower, higher or lower; None when none of them can be.

    Args:
        items: the notes; they stay as they are shown.
        direction: (1, 0) for wider, (-1, 0) for narrower, (0, 1) for higher, (0, -1) for lower.
        gesture: consecutive changes by the same one are one step of the history.
    """
    changed = [(item.note, _stepped(item, direction)) for item in items]
    edits = [ChangeAnnotation(new, gesture) for old, new in changed if new != old]
    if len(edits) <= 1:
        return edits[0] if edits else None
    return Compound(f"Resize {len(edits)} notes", tuple(edits))


def _stepped(item: NoteItem, direction: Point) -> Note:
    across, down = direction
    note, shown = item.note, item.rect
    width = _next(shown.width(), across)
    height = _next(shown.height(), down) if down else note.height
    if down > 0 and height <= item.text_height + GRID / 2:
        height += _STEP
    width, height = show_size(item, width, height)
    item.set_note(note)
    return replace(note, width=width, height=height)


def _next(size: float, way: float) -> float:
    """The next multiple of the step on the way to larger (1) or smaller (-1) sizes; with 0, the size itself."""
    if way == 0:
        return size
    return (floor(size / _STEP) + 1 if way > 0 else ceil(size / _STEP) - 1) * _STEP
