"""Alignment while dragging: a node sticks to the columns and rows of its neighbours, and lines show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF

from engine.graph.model import Point
from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH

_STICKY = 7.0
"""How near to a line, in pixels, a node sticks to it."""
_REACH = 1200.0
"""Nodes farther away than this do not attract."""

_BEYOND = 16.0
"""How far a line sticks out on the far sides of the two nodes."""


class Guides:
    """Knows the nodes that stay where they are while others are dragged."""

    def __init__(self, still: Sequence[Point]) -> None:
        self._still = np.array(still, dtype=np.float64).reshape(-1, 2)

    def align(self, on_grid: Point, free: Point, zoom: float) -> tuple[Point, list[QLineF]]:
        """Where a node goes that would be at `free` (and at `on_grid` without guides), and the lines to show."""
        if not len(self._still):
            return on_grid, []
        near = self._still[np.abs(self._still - np.array(free)).max(axis=1) < _REACH]
        if not len(near):
            return on_grid, []
        place = list(on_grid)
        for axis in (0, 1):
            away = np.abs(near[:, axis] - free[axis])
            best = int(away.argmin())
            if away[best] <= _STICKY / zoom:
                place[axis] = float(near[best, axis])
        lines = []
        for axis in (0, 1):
            lined_up = near[np.abs(near[:, axis] - place[axis]) < 0.5]
            if len(lined_up):
                nearest = lined_up[int(np.abs(lined_up[:, 1 - axis] - place[1 - axis]).argmin())]
                lines.extend(_lines(axis, place[axis], place[1 - axis], float(nearest[1 - axis])))
        return (place[0], place[1]), lines


def _lines(axis: int, shared: float, start: float, end: float) -> list[QLineF]:
    """Lines along the column (axis 0) or row (axis 1) that two nodes share: between their cards, and a bit beyond."""
    half = HALF_HEIGHT if axis == 0 else HALF_WIDTH
    low, high = min(start, end), max(start, end)
    spans = [(low - half - _BEYOND, low - half), (high + half, high + half + _BEYOND)]
    if high - low > 2 * half:
        spans.append((low + half, high - half))
    return [QLineF(shared, a, shared, b) if axis == 0 else QLineF(a, shared, b, shared) for a, b in spans]
