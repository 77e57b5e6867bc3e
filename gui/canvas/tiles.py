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

    def __init__(self, nodes: Iterable[NodeItem], moving: Collection[NodeId]) -> None:
        self._items = [item for item in nodes if item.node.id not in moving]
        self._places: NDArray[np.float64] = np.array([item.position for item in self._items], dtype=np.float64).reshape(
            -1, 2
        )
        self._blocks: dict[_Key, dict[_Colour, list[QRectF]]] | None = None

    def items(self, exposed: Sequence[QRectF], margin: float) -> list[NodeItem]:
        """The nodes whose cards, with so much around them, meet one of the rectangles `exposed`."""
        x, y = self._places[:, 0], self._places[:, 1]
        seen = np.zeros(len(self._items), dtype=np.bool_)
        for rect in exposed:
            left, right, top, bottom = reach_of(rect, margin)
            seen |= (x > left) & (x < right) & (y > top) & (y < bottom)
        return [self._items[index] for index in np.flatnonzero(seen)]

    def blocks(self, exposed: Sequence[QRectF]) -> Iterator[tuple[_Colour, list[QRectF]]]:
        """The cards of all nodes that may be seen in the rectangles `exposed`, and of some others, by colour."""
        if self._blocks is None:
            self._blocks = {}
            # Asking each card for its tile would take four times as long.
            tiles = (self._places // _SIDE).astype(np.int64).tolist()
            for item, (column, row) in zip(self._items, tiles, strict=True):
                colours = self._blocks.setdefault((column, row), {})
                colours.setdefault((item.spec.family, item.is_dimmed), []).append(CARD.translated(*item.position))
        for (column, row), families in self._blocks.items():
            tile = QRectF(column * _SIDE - HALF_WIDTH, row * _SIDE - HALF_HEIGHT, _SIDE, _SIDE)
            tile.adjust(0.0, 0.0, 2 * HALF_WIDTH, 2 * HALF_HEIGHT)
            if any(rect.intersects(tile) for rect in exposed):
                yield from families.items()


def reach_of(rect: QRectF, margin: float) -> tuple[float, float, float, float]:
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
