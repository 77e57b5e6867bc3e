"""The ways of wires: straight down where nothing is in the way, else in an arc around the nodes that they skip.

Arcs run in vertical lanes beside what they skip. Lanes are given out from the shortest arc to the longest, each the
innermost one that is free, so that nested arcs lie side by side in the order of their lengths.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from engine.graph.model import NodeId, Point
from gui.canvas.curves import Route, direct_points
from gui.canvas.geometry import GAP, HALF_HEIGHT, HALF_WIDTH, NODE_HEIGHT
from gui.canvas.obstacles import Corridors, Standing, WireKey

LANE_STEP = 18.0
"""From one lane to the next."""
_CLEAR = 30.0
"""From a skipped node to the innermost lane."""
_NARROW = 14.0
"""The least distance from a lane to a node beside it."""
_NEAR = 6.0
"""A straight wire that comes nearer than this to a node makes an arc instead."""
_NEAR_MIDDLE = 1.0
"""A port nearer than this to the middle of its card is on neither side."""
_STRETCH = 1024.0
"""Of a lane, in units of the scene."""
_OTHER_SIDE = 150.0
"""How much longer an arc may get to run on the side of the port where it ends."""


@dataclass(slots=True)
class _Ends:
    start: Point
    end: Point
    aside: float
    """How far from the middle of its target the wire ends."""

    @property
    def lean(self) -> int:
        """The side of the target at which the wire ends: -1 left, 0 middle, 1 right."""
        return 0 if abs(self.aside) < _NEAR_MIDDLE else 1 if self.aside > 0 else -1


@dataclass(slots=True)
class _Arc:
    """What has to be known of an arc before it gets its lane."""

    blocked_from: float
    blocked_to: float
    left: float
    """The innermost lane on the left."""
    right: float
    """The innermost lane on the right."""
    columns: list[float]
    """Where nodes stand beside the arc's whole way down; no lane runs through them."""
    skipped: int


class Router(Generic[WireKey]):
    """Knows where nodes and the ends of wires are, and tells which wires have got another way."""

    def __init__(self) -> None:
        self._standing = Standing()
        self._ends: dict[WireKey, _Ends] = {}
        self._arcs: dict[WireKey, _Arc] = {}
        self._routes: dict[WireKey, Route] = {}
        self._corridors: Corridors[WireKey] = Corridors()
        self._stale: dict[WireKey, None] = {}
        self._lanes = _Lanes()
        self._lanes_stale = False

    def place(self, node: NodeId, position: Point) -> None:
        """Say where a node is."""
        self._standing.put(node, position)

    def forget(self, node: NodeId) -> None:
        """Say that a node is gone."""
        self._standing.forget(node)

    def corners(self) -> tuple[Point, Point] | None:
        """The least and the greatest coordinates of all nodes; None when there are none."""
        return self._standing.corners()

    def connect(self, wire: WireKey, start: Point, end: Point, aside: float) -> None:
        """Say from where to where a wire runs, and how far from the middle of its target it ends."""
        ends = _Ends(start, end, aside)
        if self._ends.get(wire) != ends:
            self._ends[wire] = ends
            self._stale[wire] = None

    def disconnect(self, wire: WireKey) -> None:
        """Say that a wire is gone; one that was never made known is none."""
        self._ends.pop(wire, None)
        self._stale.pop(wire, None)
        self._routes.pop(wire, None)
        if self._arcs.pop(wire, None) is not None:
            self._lanes.leave(wire)
            self._lanes_stale = True
        self._corridors.forget(wire)

    def refresh(self, *, touched: bool = True, tidy: bool = True) -> dict[WireKey, Route]:
        """Find the way of every wire that may have another one now, and return those that have.

        Args:
            touched: whether to look at wires that nodes have come into the way of, or only at those whose ends
                have moved.
            tidy: whether to give out all lanes anew when one has become free. What is left out is done at the
                next time; that keeps dragging fluid.
        """
        if touched:
            self._stale.update(dict.fromkeys(self._corridors.around(self._standing.take_moved())))
        changed: dict[WireKey, Route] = {}
        arcs: list[WireKey] = []
        for wire in self._stale:
            ends = self._ends[wire]
            arc = self._obstructed(ends)
            self._lanes_stale |= arc is not None or wire in self._arcs
            self._lanes.leave(wire)
            if arc is None:
                self._arcs.pop(wire, None)
                self._settle(wire, self._unobstructed(ends), changed)
            else:
                self._arcs[wire] = arc
                arcs.append(wire)
        self._stale.clear()
        if tidy and self._lanes_stale:
            self._lanes = _Lanes()
            arcs = list(self._arcs)
            self._lanes_stale = False
        self._give_lanes(arcs, changed)
        return changed

    def _settle(self, wire: WireKey, route: Route, changed: dict[WireKey, Route]) -> None:
        if self._routes.get(wire) == route:
            return
        self._routes[wire] = changed[wire] = route
        if route.end[1] - route.start[1] <= NODE_HEIGHT:
            self._corridors.forget(wire)  # Nothing ever is in the way of such a wire.
            return
        columns = (route.start[0], route.end[0], route.start[0] if route.lane is None else route.lane)
        rows = (route.start[1], route.end[1])
        reach = HALF_WIDTH + _CLEAR
        box = (min(columns) - reach, min(rows) - HALF_HEIGHT, max(columns) + reach, max(rows) + HALF_HEIGHT)
        self._corridors.put(wire, box)

    # The way of one wire

    def _obstructed(self, ends: _Ends) -> _Arc | None:
        """What is in the way of a straight wire; None when nothing is, or when the wire does not run down."""
        (sx, sy), (tx, ty) = ends.start, ends.end
        if ty - sy <= NODE_HEIGHT:
            return None
        reach, top, bottom = HALF_WIDTH + _NEAR, sy + 1 - HALF_HEIGHT, ty - 1 + HALF_HEIGHT
        left, right = min(sx, tx) - reach, max(sx, tx) + reach
        if self._standing.is_free((left, top, right, bottom)):
            return None
        beside = self._standing.between(top, bottom)
        x = beside[:, 0]
        near = beside[(x > left) & (x < right)]
        if not len(near):
            return None
        path = direct_points(ends.start, ends.end)
        hits = (np.abs(path[:, None, 0] - near[None, :, 0]) < reach) & (
            np.abs(path[:, None, 1] - near[None, :, 1]) < HALF_HEIGHT
        )
        blocking = near[hits.any(axis=0)]
        if not len(blocking):
            return None
        columns = sorted(set(x.tolist()))
        left = _free_lane(float(blocking[:, 0].min()) - HALF_WIDTH - _CLEAR, columns, -1)
        right = _free_lane(float(blocking[:, 0].max()) + HALF_WIDTH + _CLEAR, columns, 1)
        top, bottom = float(blocking[:, 1].min()) - HALF_HEIGHT, float(blocking[:, 1].max()) + HALF_HEIGHT
        return _Arc(top, bottom, left, right, columns, len(blocking))

    def _unobstructed(self, ends: _Ends) -> Route:
        """Straight down; or, when the target is not below the source, around the side."""
        (sx, sy), (tx, ty) = ends.start, ends.end
        if ty >= sy:
            return Route(ends.start, ends.end)
        has_room_between = abs(sx - tx) > 2 * (HALF_WIDTH + _NARROW)
        # Those from one output to layers of another column rise in one lane, and part there.
        lane = (sx + tx - ends.aside) / 2 if has_room_between else max(sx, tx) + HALF_WIDTH + _CLEAR
        return Route(ends.start, ends.end, lane, sy, ty)

    # Lanes

    def _give_lanes(self, arcs: Sequence[WireKey], changed: dict[WireKey, Route]) -> None:
        """Give each of `arcs` the innermost lane that is free, the shortest first."""
        by_length = sorted(
            (self._span(wire), self._arcs[wire].skipped, self._ends[wire].start, index)
            for index, wire in enumerate(arcs)
        )
        for *_, index in by_length:
            wire = arcs[index]
            ends, arc = self._ends[wire], self._arcs[wire]
            side = _side(ends, arc)
            lane = arc.right if side > 0 else arc.left
            while not self._lanes.is_free(lane, ends.start[1], ends.end[1]):
                lane = _free_lane(lane + side * LANE_STEP, arc.columns, side)
            self._lanes.take(wire, lane, ends.start[1], ends.end[1])
            self._settle(wire, _arc_route(ends, arc, lane), changed)

    def _span(self, wire: WireKey) -> float:
        ends = self._ends[wire]
        return ends.end[1] - ends.start[1]


def _side(ends: _Ends, arc: _Arc) -> int:
    """1 when the arc had better run on the right, -1 on the left."""
    middle = (ends.start[0] + ends.end[0]) / 2
    to_left, to_right = middle - arc.left, arc.right - middle
    if ends.lean:
        nearer = 1 if to_right < to_left else -1
        return ends.lean if abs(to_right - to_left) <= _OTHER_SIDE else nearer
    return 1 if to_right <= to_left else -1


def _free_lane(lane: float, columns: Sequence[float], side: int) -> float:
    """The innermost lane, from `lane` outwards, that does not run through a node; `columns` are in order."""
    reach = HALF_WIDTH + _NARROW
    while True:
        first, behind = bisect_right(columns, lane - reach), bisect_left(columns, lane + reach)
        if first == behind:
            return lane
        lane = columns[behind - 1 if side > 0 else first] + side * (HALF_WIDTH + _CLEAR)


class _Lanes:
    """Which lanes are taken, and between which rows; kept in stretches, so that few arcs are to be compared."""

    def __init__(self) -> None:
        self._runs: dict[tuple[int, int], dict[Hashable, tuple[float, float, float]]] = {}
        self._stretches: dict[Hashable, list[tuple[int, int]]] = {}

    def take(self, wire: Hashable, lane: float, top: float, bottom: float) -> None:
        """Say that an arc runs in `lane` between two rows."""
        index = int(lane // LANE_STEP)
        stretches = self._stretches[wire] = [(index, part) for part in _parts(top, bottom)]
        for stretch in stretches:
            self._runs.setdefault(stretch, {})[wire] = (lane, top, bottom)

    def leave(self, wire: Hashable) -> None:
        """Say that an arc runs in no lane any more."""
        for stretch in self._stretches.pop(wire, ()):
            del self._runs[stretch][wire]

    def is_free(self, lane: float, top: float, bottom: float) -> bool:
        """Whether no arc runs in or right beside `lane` between two rows."""
        index, runs = int(lane // LANE_STEP), self._runs
        for part in _parts(top, bottom):
            for near in (index - 1, index, index + 1):
                for taken, start, end in runs.get((near, part), {}).values():
                    if start < bottom and top < end and abs(taken - lane) < 0.8 * LANE_STEP:
                        return False
        return True


def _parts(top: float, bottom: float) -> range:
    """The numbers of the stretches of a lane that lie between two rows, at least in part."""
    return range(int(top // _STRETCH), int(bottom // _STRETCH) + 1)


def _arc_route(ends: _Ends, arc: _Arc, lane: float) -> Route:
    """The arc through `lane`: it is in its lane before the first skipped node, and leaves it behind the last one."""
    (sx, sy), (tx, ty) = ends.start, ends.end
    down = min(arc.blocked_from + _NEAR, sy + max(GAP, 0.7 * abs(lane - sx)))
    up = max(arc.blocked_to - _NEAR, ty - max(GAP, 0.7 * abs(lane - tx)))
    return Route(ends.start, ends.end, lane, max(down, sy + _NEAR), min(up, ty - _NEAR))
