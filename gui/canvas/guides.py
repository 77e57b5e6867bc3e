"""Alignment while dragging: a node sticks to the columns and rows of its neighbours, and lines show it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf

import numpy as np
from PySide6.QtCore import QLineF

from engine.graph.model import Point
from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH

_STICKY = 7.0
"""How near to a line, in pixels, a node sticks to it."""
_REACH = 1200.0
"""Nodes farther away than this need not attract."""
_STEP = 300.0
"""Who are near is found out anew when the node has come so far."""
_SAME = 0.5
"""Nodes stand in one column or row when they are not farther from it than this."""
_BEYOND = 16.0
"""How far a line sticks out on the far sides of the two nodes."""


class Guides:
    """Knows the nodes that stay where they are while others are dragged."""

    def __init__(self, still: Sequence[Point]) -> None:
        self._still = np.array(still, dtype=np.float64).reshape(-1, 2)
        self._middle: Point | None = None
        self._near: tuple[list[Point], list[Point]] = ([], [])
        """The nodes around `_middle`: as (x, y) from left to right, and as (y, x) from top to bottom."""

    def align(self, on_grid: Point, free: Point, zoom: float) -> tuple[Point, list[QLineF]]:
        """Where a node goes that would be at `free` (and at `on_grid` without guides), and the lines to show."""
        self._look_around(free)
        place = list(on_grid)
        for axis in (0, 1):
            best = _nearest(self._near[axis], free[axis])
            if best is not None and abs(best - free[axis]) <= _STICKY / zoom:
                place[axis] = best
        lines = []
        for axis in (0, 1):
            lined_up = _between(self._near[axis], place[axis] - _SAME, place[axis] + _SAME)
            if lined_up:
                across = min((point[1] for point in lined_up), key=lambda other: abs(other - place[1 - axis]))
                lines.extend(_lines(axis, place[axis], place[1 - axis], across))
        return (place[0], place[1]), lines

    def _look_around(self, free: Point) -> None:
        """Know the nodes around `free`, and farther, so that most steps of a drag need not look again."""
        if self._middle is not None and max(abs(free[0] - self._middle[0]), abs(free[1] - self._middle[1])) < _STEP:
            return
        self._middle = free
        near = self._still[np.abs(self._still - np.array(free)).max(axis=1, initial=0.0) < _REACH + _STEP]
        self._near = sorted((x, y) for x, y in near.tolist()), sorted((y, x) for x, y in near.tolist())


def _nearest(points: list[Point], value: float) -> float | None:
    """The first coordinate of the point of `points`, which are in order, that is next to `value`."""
    index = bisect_left(points, (value, -inf))
    beside = [point[0] for point in points[max(index - 1, 0) : index + 1]]
    return min(beside, key=lambda other: abs(other - value), default=None)


def _between(points: list[Point], low: float, high: float) -> list[Point]:
    return points[bisect_left(points, (low, -inf)) : bisect_right(points, (high, inf))]


def _lines(axis: int, shared: float, start: float, end: float) -> list[QLineF]:
    """Lines along the column (axis 0) or row (axis 1) that two nodes share: between their cards, and a bit beyond."""
    half = HALF_HEIGHT if axis == 0 else HALF_WIDTH
    low, high = min(start, end), max(start, end)
    spans = [(low - half - _BEYOND, low - half), (high + half, high + half + _BEYOND)]
    if high - low > 2 * half:
        spans.append((low + half, high - half))
    return [QLineF(shared, a, shared, b) if axis == 0 else QLineF(a, shared, b, shared) for a, b in spans]
