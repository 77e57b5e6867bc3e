"""Notices that something is shaken while it is dragged."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF

_TURNS = 3
_WITHIN_S = 0.5
"""So many turns back within this time are a shake."""
_STROKE = 12.0
"""A movement back by less than this, in pixels, is no turn: hands tremble."""


class Shake:
    """Counts how often the pointer turns back, sideways or up and down."""

    def __init__(self) -> None:
        self._axes = (_Axis(), _Axis())

    def move(self, place: QPointF, now: float) -> bool:
        """The pointer is at `place`, in pixels, at the time `now`, in seconds; whether that makes it a shake."""
        shaken = [axis.move(value, now) for axis, value in zip(self._axes, (place.x(), place.y()), strict=True)]
        return any(shaken)


class _Axis:
    """The movement along one axis."""

    def __init__(self) -> None:
        self._farthest: float | None = None
        self._direction = 0
        self._turns: deque[float] = deque(maxlen=_TURNS)

    def move(self, value: float, now: float) -> bool:
        if self._farthest is None:
            self._farthest = value
        way = value - self._farthest
        if way * self._direction > 0 or (self._direction == 0 and abs(way) >= _STROKE):
            self._farthest, self._direction = value, self._direction or (1 if way > 0 else -1)
        elif abs(way) >= _STROKE:
            self._farthest, self._direction = value, -self._direction
            self._turns.append(now)
        return len(self._turns) == _TURNS and now - self._turns[0] <= _WITHIN_S
