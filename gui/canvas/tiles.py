"""Nodes and wires by where they are, so that a frame of a view from far looks only at those that are in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainterPath

from engine.graph.model import Edge, NodeId
from gui.canvas.curves import straight
from gui.canvas.geometry import CARD, HALF_HEIGHT, HALF_WIDTH
from gui.canvas.node_item import NodeItem
from gui.canvas.wire_item import WireItem

_SIDE = 1600.0
"""Of a tile, in units of the scene: small enough that a strip along the view's edge meets few wires."""
_LONG = 2 * _SIDE
"""Wires longer than this belong to no place; all of them are one tile."""
_PEN = 4.0
"""Room for the thickness of wires, in units of the scene."""
_Key = tuple[int, int]
_Colour = tuple[str, bool]
"""The family of a node, and whether it is dimmed."""
_EVERYWHERE: _Key = (1 << 30, 1 << 30)


class WireTiles:
    """The paths of wires, those of a tile joined into one."""

    def __init__(self) -> None:
        self._key_of: dict[Edge, _Key] = {}
        self._members: dict[_Key, dict[Edge, WireItem]] = {}
        self._tiles: dict[_Key, tuple[QRectF, QPainterPath]] = {}
        self._lines: dict[_Key, tuple[QRectF, list[QLineF]]] = {}

    def put(self, item: WireItem) -> None:
        """Add a wire that is not here."""
        key = _tile_of(item.path.controlPointRect())
        self._key_of[item.edge] = key
        self._members.setdefault(key, {})[item.edge] = item
        self._tiles.pop(key, None)
        self._lines.pop(key, None)

    def forget(self, wire: Edge) -> None:
        """Take a wire out, if it is here."""
        key = self._key_of.pop(wire, None)
        if key is not None:
            del self._members[key][wire]
            self._tiles.pop(key, None)
            self._lines.pop(key, None)

    def paths(self, exposed: Sequence[QRectF]) -> Iterator[QPainterPath]:
        """The paths of all wires that may be seen in the rectangles `exposed`, and of some others."""
        for key, members in self._members.items():
            if key not in self._tiles:
                self._tiles[key] = _joined(members.values())
            bounds, path = self._tiles[key]
            if any(rect.intersects(bounds) for rect in exposed):
                yield path

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


class NodeTiles:
    """Where nodes are that stay there, and their blocks of colour."""

    def __init__(self) -> None:
        self._key_of: dict[NodeId, _Key] = {}
        self._members: dict[_Key, dict[NodeId, NodeItem]] = {}
        self._places: dict[_Key, Floats] = {}
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
            self._forget_tile(key)

    def items(self, exposed: Sequence[QRectF], margin: float) -> list[NodeItem]:
        """The nodes whose cards, with so much around them, meet one of the rectangles `exposed`."""
        reaches = [reach_of(rect, margin) for rect in exposed]
        found: list[NodeItem] = []
        for key, members in self._members.items():
            met = [reach for reach in reaches if _meets(key, reach)]
            if any(_holds(key, reach) for reach in met):
                found.extend(members.values())
            elif met and members:
                items = list(members.values())
                if key not in self._places:
                    self._places[key] = np.array([item.position for item in items], dtype=np.float64)
                x, y = self._places[key].T
                seen = np.zeros(len(items), dtype=np.bool_)
                for left, right, top, bottom in met:
                    seen |= (x > left) & (x < right) & (y > top) & (y < bottom)
                found.extend(items[index] for index in np.flatnonzero(seen))
        return found

    def blocks(self, exposed: Sequence[QRectF]) -> Iterator[tuple[_Colour, list[QRectF]]]:
        """The cards of all nodes that may be seen in the rectangles `exposed`, and of some others, by colour."""
        reaches = [reach_of(rect, 0.0) for rect in exposed]
        for key, members in self._members.items():
            if not any(_meets(key, reach) for reach in reaches):
                continue
            if key not in self._blocks:
                blocks = self._blocks[key] = {}
                for item in members.values():
                    colour = item.spec.family, item.is_dimmed
                    blocks.setdefault(colour, []).append(CARD.translated(*item.position))
            yield from self._blocks[key].items()

    def _forget_tile(self, key: _Key) -> None:
        self._places.pop(key, None)
        self._blocks.pop(key, None)


def _meets(key: _Key, reach: Reach) -> bool:
    """Whether the middle of a node of a tile may be within `reach`."""
    left, right, top, bottom = reach
    column, row = key
    return column * _SIDE < right and left < (column + 1) * _SIDE and row * _SIDE < bottom and top < (row + 1) * _SIDE


def _holds(key: _Key, reach: Reach) -> bool:
    """Whether the middle of every node of a tile is within `reach`."""
    left, right, top, bottom = reach
    column, row = key
    return left < column * _SIDE and (column + 1) * _SIDE < right and top < row * _SIDE and (row + 1) * _SIDE < bottom


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


def _joined(wires: Iterable[WireItem]) -> tuple[QRectF, QPainterPath]:
    path = QPainterPath()
    for item in wires:
        path.addPath(item.path)
    return path.controlPointRect().adjusted(-_PEN, -_PEN, _PEN, _PEN), path
