"""Where nodes stand and where wires run, in tables that answer at once who is in whose way."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.graph.model import NodeId, Point

WireKey = TypeVar("WireKey", bound=Hashable)
Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_FEW = 20
"""While no more nodes than this move, places need not be sorted anew at each step."""
_CELL = 256.0
_LARGE = 40 * _CELL**2
"""To look into the cells of a box that covers more than this would take as long as to look at all nodes."""
_NOWHERE: Box = (math.inf, math.inf, -math.inf, -math.inf)
_FAR = 192.0
"""From what is dragged to the borders of its vicinity."""
_TOO_MANY = 4_000_000
"""So many pairs of a node and a corridor take longer to compare than finding the ways of all wires anew."""


class Standing:
    """The places of nodes."""

    def __init__(self) -> None:
        self._places: dict[NodeId, Point] = {}
        self._row_of: dict[NodeId, int] = {}
        self._table: Floats | None = None
        self._sorted: _Sorted | None = None
        self._before: dict[NodeId, Point | None] = {}
        self._cells: _Cells | None = None

    def put(self, node: NodeId, position: Point) -> None:
        """Say where a node is."""
        before = self._places.get(node)
        if before == position:
            return
        self._before.setdefault(node, before)
        self._places[node] = position
        if self._cells is not None:
            self._cells.move(node, before, position)
        if before is None:
            self._table = self._sorted = None
        elif self._table is not None:
            row = self._row_of[node]
            self._table[row] = position
            if self._sorted is not None and not self._sorted.move(row):
                self._sorted = None

    def forget(self, node: NodeId) -> None:
        """Say that a node is gone."""
        before = self._places.pop(node)
        self._before.setdefault(node, before)
        self._table = self._sorted = None
        if self._cells is not None:
            self._cells.move(node, before, None)

    def is_free(self, box: Box) -> bool:
        """Whether surely no node's middle is in `box`; a large one is never looked into."""
        left, top, right, bottom = box
        if (right - left) * (bottom - top) > _LARGE:
            return False
        if self._cells is None:
            self._cells = _Cells(self._places)
        return self._cells.is_free(box)

    def between(self, top: float, bottom: float) -> Floats:
        """The places of the nodes whose middles are between two rows, one (x, y) in a line."""
        if self._sorted is None:
            self._sorted = _Sorted(self._as_table())
        return self._sorted.between(top, bottom)

    def corners(self) -> tuple[Point, Point] | None:
        """The least and the greatest coordinates of all nodes; None when there are none."""
        if not self._places:
            return None
        table = self._as_table()
        (left, top), (right, bottom) = table.min(axis=0).tolist(), table.max(axis=0).tolist()
        return (left, top), (right, bottom)

    def take_moved(self) -> set[Point]:
        """The places that nodes have left or come to since this was asked last."""
        moved, self._before = self._before, {}
        places: set[Point] = set()
        for node, before in moved.items():
            now = self._places.get(node)
            if now != before:
                places.update(place for place in (before, now) if place is not None)
        return places

    def _as_table(self) -> Floats:
        if self._table is None:
            self._row_of = {node: row for row, node in enumerate(self._places)}
            self._table = np.array(list(self._places.values()), dtype=np.float64).reshape(-1, 2)
        return self._table


class _Cells:
    """Places by the cells of a coarse grid in which they are."""

    def __init__(self, places: Mapping[NodeId, Point]) -> None:
        self._cells: dict[tuple[float, float], dict[NodeId, Point]] = {}
        for node, place in places.items():
            self.move(node, None, place)

    def move(self, node: NodeId, before: Point | None, now: Point | None) -> None:
        """Say that a node has come from a place to another one; None is nowhere."""
        if before is not None:
            del self._cells[before[0] // _CELL, before[1] // _CELL][node]
        if now is not None:
            self._cells.setdefault((now[0] // _CELL, now[1] // _CELL), {})[node] = now

    def is_free(self, box: Box) -> bool:
        left, top, right, bottom = box
        rows = range(int(top // _CELL), int(bottom // _CELL) + 1)
        for column in range(int(left // _CELL), int(right // _CELL) + 1):
            for row in rows:
                for x, y in self._cells.get((column, row), {}).values():
                    if left < x < right and top < y < bottom:
                        return False
        return True


class _Sorted:
    """Places from top to bottom; while a few of them change, these are looked at one by one."""

    def __init__(self, table: Floats) -> None:
        """Sort `table`, which may change afterwards where `move` says so."""
        self._table = table
        order = np.argsort(table[:, 1], kind="stable")
        self._sorted = table[order]
        self._rows = np.ascontiguousarray(self._sorted[:, 1])
        self._index_of = np.empty_like(order)
        self._index_of[order] = np.arange(len(order))
        self._stays = np.ones(len(order), dtype=np.bool_)
        self._moved: list[int] = []

    def move(self, row: int) -> bool:
        """Say that a row of the table has changed; False when it is time to sort anew."""
        index = self._index_of[row]
        if self._stays[index]:
            self._stays[index] = False
            self._moved.append(row)
        return len(self._moved) <= _FEW

    def between(self, top: float, bottom: float) -> Floats:
        part = slice(self._rows.searchsorted(top, "right"), self._rows.searchsorted(bottom, "left"))
        if not self._moved:
            return self._sorted[part]
        moved = self._table[self._moved]
        inside = moved[(moved[:, 1] > top) & (moved[:, 1] < bottom)]
        return np.concatenate((self._sorted[part][self._stays[part]], inside))


def overlapping(places: Floats, width: float, height: float) -> NDArray[np.bool_]:
    """For each node, whether another one is less than `width` aside and less than `height` above or below.

    Args:
        places: the place of each node, one (x, y) in a line.
    """
    order = np.argsort(places[:, 1], kind="stable")
    x, y = places[order].T
    found = np.zeros(len(places), dtype=np.bool_)
    # Each one is compared with the next below it, then with the second next, until all of them are too far away.
    for step in range(1, len(places)):
        near = y[step:] - y[:-step] < height
        if not near.any():
            break
        near &= np.abs(x[step:] - x[:-step]) < width
        found[step:] |= near
        found[:-step] |= near
    result = np.empty_like(found)
    result[order] = found
    return result


class Corridors(Generic[WireKey]):
    """The boxes around the wires that a node can come into the way of."""

    def __init__(self) -> None:
        self._wires: list[WireKey] = []
        self._boxes: list[Box] = []
        self._row_of: dict[WireKey, int] = {}
        self._table: Floats = np.empty((4, 64))
        """The boxes once more, as columns."""
        self._vicinity: Box = _NOWHERE
        """Around what is dragged, and so large that it does not leave it at every step."""
        self._near: dict[WireKey, None] = {}
        """The wires whose boxes reach into it, and maybe others."""

    def put(self, wire: WireKey, box: Box) -> None:
        """Say where a wire runs."""
        row = self._row_of.get(wire)
        if row is None:
            row = self._row_of[wire] = len(self._wires)
            self._wires.append(wire)
            self._boxes.append(box)
            if row == self._table.shape[1]:
                self._table = np.concatenate((self._table, np.empty_like(self._table)), axis=1)
        self._table[:, row] = self._boxes[row] = box
        if _meet(box, self._vicinity):
            self._near[wire] = None

    def forget(self, wire: WireKey) -> None:
        """Say that no node can come into the way of a wire any more."""
        row = self._row_of.pop(wire, None)
        if row is None:
            return
        self._near.pop(wire, None)
        last, box = self._wires.pop(), self._boxes.pop()
        if last != wire:
            # The last one fills the gap.
            self._wires[row], self._row_of[last] = last, row
            self._table[:, row] = self._boxes[row] = box

    def around(self, places: Collection[Point]) -> list[WireKey]:
        """The wires whose boxes hold one of `places`; simply all of them when there are too many to compare."""
        if not places or not self._wires:
            return []
        if len(places) * len(self._wires) > _TOO_MANY:
            return list(self._wires)
        if len(places) <= _FEW:
            self._look_around(places)
            return [wire for wire in self._near if _holds_one(self._boxes[self._row_of[wire]], places)]
        left, top, right, bottom = self._table[:, : len(self._wires)]
        x, y = np.array(list(places)).T[..., None]
        inside = ((left < x) & (x < right) & (top < y) & (y < bottom)).any(axis=0)
        return [self._wires[row] for row in np.flatnonzero(inside).tolist()]

    def _look_around(self, places: Collection[Point]) -> None:
        """Know which wires are near `places`, and farther, so that most steps of a drag need not look again."""
        xs, ys = zip(*places, strict=True)
        here = min(xs), min(ys), max(xs), max(ys)
        # What was moved before may have been all over the canvas.
        if _is_in(here, self._vicinity) and _is_in(self._vicinity, _grown(here, 3 * _FAR)):
            return
        self._vicinity = _grown(here, _FAR)
        lefts, tops, rights, bottoms = self._table[:, : len(self._wires)]
        left, top, right, bottom = self._vicinity
        near = (lefts < right) & (left < rights) & (tops < bottom) & (top < bottoms)
        self._near = {self._wires[row]: None for row in np.flatnonzero(near).tolist()}


def _meet(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _is_in(box: Box, other: Box) -> bool:
    return other[0] <= box[0] and other[1] <= box[1] and box[2] <= other[2] and box[3] <= other[3]


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _holds_one(box: Box, places: Collection[Point]) -> bool:
    left, top, right, bottom = box
    return any(left < x < right and top < y < bottom for x, y in places)
