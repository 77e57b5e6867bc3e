"""Nodes and wires by where they are, so that a frame of a view from far looks only at those that are in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainterPath

from engine.graph.model import Edge, NodeId
from gui.canvas.curves import straight
from gui.canvas.geometry import CARD, HALF_HEIGHT, HALF_WIDTH
from gui.canvas.node_item import NodeItem
from gui.canvas.obstacles import Floats
from gui.canvas.wire_item import WireItem

_SIDE = 1600.0
"""Of a tile, in units of the scene: small enough that a strip along the view's edge meets few wires."""
_LONG = 2 * _SIDE
"""Wires longer than this belong to no place; all of them are one tile."""
_MUCH = 0.4
"""Where more than this share of a tile is seen, looking for the wires that are would take longer than painting all."""
_PEN = 4.0
"""Room for the thickness of wires, in units of the scene."""
_Key = tuple[int, int]
_Colour = tuple[str, bool]
"""The family of a node, and whether it is dimmed."""
_EVERYWHERE: _Key = (1 << 30, 1 << 30)
Reach = tuple[float, float, float, float]
"""Between which columns (left, right) and which rows (top, bottom) something is."""
_by_rank = attrgetter("rank")


class WireTiles:
    """The paths of wires, those of a tile joined into one."""

    def __init__(self) -> None:
        self._key_of: dict[Edge, _Key] = {}
        self._members: dict[_Key, dict[Edge, WireItem]] = {}
        self._tiles: dict[_Key, tuple[QRectF, QPainterPath]] = {}
        self._lines: dict[_Key, tuple[QRectF, list[QLineF]]] = {}
        self._items: dict[_Key, tuple[QRectF, list[WireItem], Floats]] = {}

    def put(self, item: WireItem) -> None:
        """Add a wire that is not here."""
        key = _tile_of(item.path.controlPointRect())
        self._key_of[item.edge] = key
        self._members.setdefault(key, {})[item.edge] = item
        self._forget_tile(key)

    def forget(self, wire: Edge) -> None:
        """Take a wire out, if it is here."""
        key = self._key_of.pop(wire, None)
        if key is not None:
            del self._members[key][wire]
            self._forget_tile(key)

    def items(self, exposed: Sequence[QRectF]) -> list[WireItem]:
        """The wires that may be seen in the rectangles `exposed`, with what is written on them."""
        found: list[WireItem] = []
        for key, members in self._members.items():
            if members:
                found.extend(self._seen(key, exposed))
        return found

    def paths(self, exposed: Sequence[QRectF]) -> Iterator[QPainterPath]:
        """The paths of all wires that may be seen in the rectangles `exposed`, and of some others."""
        for key, members in self._members.items():
            if key not in self._tiles:
                self._tiles[key] = _joined(members.values())
            bounds, path = self._tiles[key]
            met = [rect & bounds for rect in exposed if rect.intersects(bounds)]
            if _area(met) > _MUCH * _area([bounds]):
                yield path
            elif met:
                # Of a strip along the border of the view, few wires of the tile are seen.
                yield _joined(self._seen(key, met))[1]

    def lines(self, exposed: Sequence[QRectF], margin: float) -> Iterator[list[QLineF]]:
        """The same as straight lines, which can be painted thick in a tenth of the time of curves.

        Args:
            exposed: what is to be painted.
            margin: how far a line reaches beyond its middle, in units of the scene.
        """
        areas = [rect.adjusted(-margin, -margin, margin, margin) for rect in exposed]
        for key, members in self._members.items():
            if key not in self._lines:
                lines = [line for item in members.values() for line in straight(item.route)]
                self._lines[key] = (_joined(members.values())[0], lines)
            bounds, lines = self._lines[key]
            if any(area.intersects(bounds) for area in areas):
                yield lines

    def _seen(self, key: _Key, exposed: Sequence[QRectF]) -> Iterator[WireItem]:
        """The wires of a tile that may be seen in the rectangles `exposed`."""
        area, items, bounds = self._items.get(key) or self._bounded(key)
        x, y, right, bottom = bounds.T
        seen = np.zeros(len(items), dtype=np.bool_)
        for rect in exposed:
            if rect.intersects(area):
                seen |= (x < rect.right()) & (rect.left() < right) & (y < rect.bottom()) & (rect.top() < bottom)
        return (items[index] for index in np.flatnonzero(seen))

    def _bounded(self, key: _Key) -> tuple[QRectF, list[WireItem], Floats]:
        """Where the wires of a tile are, all of them and each."""
        items = list(self._members[key].values())
        bounds = np.array([item.bounds.getCoords() for item in items], dtype=np.float64)
        (left, top), (right, bottom) = bounds[:, :2].min(axis=0).tolist(), bounds[:, 2:].max(axis=0).tolist()
        self._items[key] = QRectF(left, top, right - left, bottom - top), items, bounds
        return self._items[key]

    def _forget_tile(self, key: _Key) -> None:
        for found in (self._tiles, self._lines, self._items):
            found.pop(key, None)


class NodeTiles:
    """Where nodes are that stay there, and their blocks of colour."""

    def __init__(self) -> None:
        self._key_of: dict[NodeId, _Key] = {}
        self._members: dict[_Key, dict[NodeId, NodeItem]] = {}
        self._items: dict[_Key, tuple[list[NodeItem], Floats]] = {}
        self._blocks: dict[_Key, dict[_Colour, list[QRectF]]] = {}

    def put(self, item: NodeItem) -> None:
        """Add a node that is not here."""
        key = int(item.position[0] // _SIDE), int(item.position[1] // _SIDE)
        self._key_of[item.node.id] = key
        self._members.setdefault(key, {})[item.node.id] = item
        self._forget_tile(key)

    def forget(self, node: NodeId) -> None:
        """Take a node out, if it is here."""
        key = self._key_of.pop(node, None)
        if key is not None:
            del self._members[key][node]
            if not self._members[key]:
                del self._members[key]
            self._forget_tile(key)

    def items(self, exposed: Sequence[QRectF], margin: float) -> list[NodeItem]:
        """The nodes whose cards, with so much around them, meet one of the rectangles `exposed`; the lowest first."""
        reaches = [reach_of(rect, margin) for rect in exposed]
        found: list[NodeItem] = []
        for key in self._members:
            met = [reach for reach in reaches if _meets(key, reach)]
            if not met:
                continue
            items, places = self._items.get(key) or self._sorted(key)
            x, y = places.T
            seen = np.zeros(len(items), dtype=np.bool_)
            for left, right, top, bottom in met:
                seen |= (x > left) & (x < right) & (y > top) & (y < bottom)
            found.extend(items[index] for index in np.flatnonzero(seen))
        found.sort(key=_by_rank)
        return found

    def blocks(self, exposed: Sequence[QRectF]) -> Iterator[tuple[_Colour, list[QRectF]]]:
        """The cards of all nodes that may be seen in the rectangles `exposed`, and of some others, by colour."""
        reaches = [reach_of(rect, 0.0) for rect in exposed]
        for key in sorted(self._members):
            if any(_meets(key, reach) for reach in reaches):
                yield from (self._blocks.get(key) or self._coloured(key)).items()

    def _sorted(self, key: _Key) -> tuple[list[NodeItem], Floats]:
        """The nodes of a tile, the lowest first, and where they are."""
        items = sorted(self._members[key].values(), key=_by_rank)
        self._items[key] = items, np.array([item.position for item in items], dtype=np.float64)
        return self._items[key]

    def _coloured(self, key: _Key) -> dict[_Colour, list[QRectF]]:
        blocks: dict[_Colour, list[QRectF]] = {}
        for item in (self._items.get(key) or self._sorted(key))[0]:
            blocks.setdefault((item.spec.family, item.is_dimmed), []).append(CARD.translated(*item.position))
        self._blocks[key] = blocks
        return blocks

    def _forget_tile(self, key: _Key) -> None:
        self._items.pop(key, None)
        self._blocks.pop(key, None)


def _meets(key: _Key, reach: Reach) -> bool:
    """Whether the middle of a node of a tile may be within `reach`."""
    left, right, top, bottom = reach
    column, row = key
    return column * _SIDE < right and left < (column + 1) * _SIDE and row * _SIDE < bottom and top < (row + 1) * _SIDE


def reach_of(rect: QRectF, margin: float) -> Reach:
    """Between which columns and rows the middle of a node is that is seen in `rect`, with `margin` around it."""
    return (
        rect.left() - HALF_WIDTH - margin,
        rect.right() + HALF_WIDTH + margin,
        rect.top() - HALF_HEIGHT - margin,
        rect.bottom() + HALF_HEIGHT + margin,
    )


def _tile_of(bounds: QRectF) -> _Key:
    if max(bounds.width(), bounds.height()) > _LONG:
        return _EVERYWHERE
    middle = bounds.center()
    return int(middle.x() // _SIDE), int(middle.y() // _SIDE)


def _area(rects: Iterable[QRectF]) -> float:
    return sum(rect.width() * rect.height() for rect in rects)


def _joined(wires: Iterable[WireItem]) -> tuple[QRectF, QPainterPath]:
    path = QPainterPath()
    for item in wires:
        path.addPath(item.path)
    return path.controlPointRect().adjusted(-_PEN, -_PEN, _PEN, _PEN), path
