"""Where frames are: around the cards of their layers, around each other, and following all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from engine.graph.annotations import AnnotationId, Frame, in_order
from engine.graph.model import NodeId, Point
from gui.canvas.geometry import bounds

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem

TITLE_HEIGHT = 28.0
"""Of the band across the top of a frame, in units of the scene."""
_MARGIN = 20.0
"""From a card to the frame: its border runs through the middle of the shape below a node."""
_TOP = 12.0
"""From the band of a frame to the cards below it."""
_NESTED = 12.0
"""From a frame to the one around it."""


class FramePlaces:
    """The rectangles of some frames, kept while layers move."""

    def __init__(self) -> None:
        self.rects: dict[AnnotationId, QRectF] = {}
        """Where each frame is, outer ones before those inside them."""
        self._frames: dict[AnnotationId, Frame] = {}
        self._inner: dict[AnnotationId, list[AnnotationId]] = {}
        self._around: dict[NodeId, list[AnnotationId]] = {}
        self._stale: set[AnnotationId] = set()

    def set_frames(self, frames: Iterable[Frame]) -> None:
        """Take other frames, or the same ones around other layers."""
        ordered = sorted(frames, key=lambda frame: (len(frame.members), in_order(frame.id)))
        self._frames = {frame.id: frame for frame in ordered}
        self._around = {}
        for frame in ordered:
            for node in frame.members:
                self._around.setdefault(node, []).append(frame.id)
        self._inner = {frame.id: [] for frame in ordered}
        rank = {frame.id: place for place, frame in enumerate(ordered)}
        for frame in ordered:
            # A frame around all of these layers is among those around any one of them.
            for other in self._around[next(iter(frame.members))]:
                if rank[other] > rank[frame.id] and frame.members <= self._frames[other].members:
                    self._inner[other].append(frame.id)
        self._stale = set(self._frames)
        self.rects = {frame.id: self.rects.get(frame.id, QRectF()) for frame in reversed(ordered)}

    def has_inner(self, frame: AnnotationId) -> bool:
        """Whether other frames are in this one."""
        return bool(self._inner[frame])

    def touch(self, node: NodeId) -> None:
        """A layer has moved."""
        self._stale.update(self._around.get(node, ()))

    def refresh(self, nodes: Mapping[NodeId, NodeItem]) -> list[tuple[QRectF, QRectF]]:
        """Put the frames of layers that have moved where these are shown now; where each was before, and is now."""
        changed: list[tuple[QRectF, QRectF]] = []
        # From the inside to the outside: frames reach around those inside them.
        for identifier in [name for name in self._frames if name in self._stale]:
            rect = self._rect(identifier, [nodes[node].position for node in self._frames[identifier].members])
            if rect != self.rects[identifier]:
                changed.append((self.rects[identifier], rect))
                self.rects[identifier] = rect
        self._stale.clear()
        return changed

    def without(self, moving: Collection[NodeId], nodes: Mapping[NodeId, NodeItem]) -> dict[AnnotationId, QRectF]:
        """Where the frames would be if `moving` were in none of them; those around nothing else are left out."""
        rects: dict[AnnotationId, QRectF] = {}
        for identifier, frame in self._frames.items():
            rest = frame.members.difference(moving)
            if rest:
                rects[identifier] = around_cards(bounds(nodes[node].position for node in rest))
        return rects

    def _rect(self, identifier: AnnotationId, positions: Iterable[Point]) -> QRectF:
        rect = around_cards(bounds(positions))
        for inner in self._inner[identifier]:
            rect = rect.united(around_frame(self.rects[inner]))
        return rect


def around_cards(cards: QRectF) -> QRectF:
    """The frame around cards within the rectangle `cards`."""
    return cards.adjusted(-_MARGIN, -_TOP - TITLE_HEIGHT, _MARGIN, _MARGIN)


def around_frame(rect: QRectF) -> QRectF:
    """The frame around one at `rect` that encloses nothing else."""
    return rect.adjusted(-_NESTED, -_NESTED - TITLE_HEIGHT, _NESTED, _NESTED)
