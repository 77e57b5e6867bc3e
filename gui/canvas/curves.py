"""The curve of a wire: what is painted, how far the pointer is from it, and where its shape is written."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath

from engine.graph.model import Point

Floats = NDArray[np.float64]
_SAMPLES = 13
_APART = 16.0
"""Points along a straight wire are not farther apart than this on average."""
_COARSE = [0, 4, 8, 12, 13, 17, 21, 25]
"""Enough of the samples of two curves to see from far how they run."""
_SHOULDER, _CORNER = 0.3, 0.8
"""The shape of an arc's ends: how long it runs straight at its port and beside its lane, as shares of the height."""
_LOOP = 56.0
"""How far a wire that runs upwards swings out below its source and above its target."""


class Route(NamedTuple):
    """The way of a wire from an output to an input."""

    start: Point
    end: Point
    lane: float | None = None
    """Where it runs vertically beside what it skips; None when it runs straight."""
    lane_from: float = 0.0
    """The row at which it comes into its lane."""
    lane_to: float = 0.0
    """The row at which it leaves its lane."""

    @property
    def runs_up(self) -> bool:
        """Whether it runs around the side of nodes to a target that is not below its source."""
        return self.lane is not None and self.lane_to < self.lane_from


@lru_cache(maxsize=64)
def _basis(samples: int = _SAMPLES) -> Floats:
    t = np.linspace(0.0, 1.0, samples)[:, None]
    return np.hstack(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3))


def _bend(start: Point, end: Point) -> float:
    """How long a straight wire keeps running down before it turns aside."""
    down, aside = end[1] - start[1], abs(end[0] - start[0])
    if down < 20.0:
        return min(12.0 + aside / 4 + (20.0 - down) / 5, 100.0)
    return min(max(down / 2, 20.0), 20.0 + aside / 2, 140.0)


def _curves(route: Route) -> list[tuple[Point, Point, Point, Point]]:
    """The Bézier curves of `route`; those of an arc are joined by the straight line in its lane."""
    (sx, sy), (tx, ty) = route.start, route.end
    if route.lane is None:
        bend = _bend(route.start, route.end)
        return [(route.start, (sx, sy + bend), (tx, ty - bend), route.end)]
    lane, top, bottom = route.lane, route.lane_from, route.lane_to
    if route.runs_up:
        return [
            (route.start, (sx, sy + _LOOP), (lane, sy + _LOOP), (lane, sy)),
            ((lane, ty), (lane, ty - _LOOP), (tx, ty - _LOOP), route.end),
        ]
    # Early aside and late down, so that an arc is seen to begin and end at its ports, beside the shapes there.
    down, up = top - sy, ty - bottom
    return [
        (route.start, (sx, sy + _SHOULDER * down), (lane, top - _CORNER * down), (lane, top)),
        ((lane, bottom), (lane, bottom + _CORNER * up), (tx, ty - _SHOULDER * up), route.end),
    ]


def direct_points(start: Point, end: Point) -> Floats:
    """Points along the straight wire from `start` to `end`, so close that no card fits between two of them."""
    samples = max(_SAMPLES, 4 * math.ceil(abs(end[1] - start[1]) / _APART / 4))
    return np.asarray(_basis(samples) @ np.array(_curves(Route(start, end))[0]))


def points(route: Route) -> Floats:
    """Points along `route`; straight lines between them come within a pixel of the curve."""
    return np.concatenate([_basis() @ np.array(curve) for curve in _curves(route)])


def straight(route: Route) -> list[QLineF]:
    """Lines along `route` that look like the curve from far: one, where nothing is skipped."""
    if route.lane is None:
        return [QLineF(*route.start, *route.end)]
    corners = points(route)[_COARSE].tolist()
    return [QLineF(*start, *end) for start, end in pairwise(corners)]


def path(route: Route) -> QPainterPath:
    """The curve to paint."""
    result = QPainterPath(QPointF(*route.start))
    (_, first, second, end), *more = _curves(route)
    result.cubicTo(*first, *second, *end)
    for start, first, second, end in more:
        result.lineTo(*start)
        result.cubicTo(*first, *second, *end)
    return result


def distance(line: Floats, x: float, y: float) -> float:
    """From the point (x, y) to the nearest place on the line through `line`."""
    starts, steps = line[:-1], np.diff(line, axis=0)
    aside = np.array((x, y)) - starts
    lengths = np.maximum((steps**2).sum(axis=1), 1e-9)
    share = np.clip((aside * steps).sum(axis=1) / lengths, 0.0, 1.0)
    return float(np.sqrt(((aside - share[:, None] * steps) ** 2).sum(axis=1).min()))


class LabelPlace(NamedTuple):
    """Where a wire's shape is written."""

    x: float
    y: float
    is_upright: bool
    """Whether it is written along a vertical lane."""


def label_place(route: Route) -> LabelPlace | None:
    """The middle of `route`; None when it is so short that the shape below its source says it already."""
    (sx, sy), (tx, ty) = route.start, route.end
    if route.lane is not None:
        if abs(route.lane_to - route.lane_from) < 90.0:
            return None
        return LabelPlace(route.lane, (route.lane_from + route.lane_to) / 2, True)
    if math.hypot(tx - sx, ty - sy) < 170.0 or ty - sy < 60.0:
        return None
    return LabelPlace((sx + tx) / 2, (sy + ty) / 2, False)
