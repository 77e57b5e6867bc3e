"""Room for nodes between others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.graph.model import Point
from engine.layout.metrics import GRID, LANE, NODE_HEIGHT, NODE_WIDTH, PITCH

Floats = NDArray[np.float64]
_MAX_STEPS = 32
"""Room for a group of nodes is sought within so many lanes and rows."""


def free_shift(points: Sequence[Point], taken: Sequence[Point]) -> Point:
    """How far a group of nodes has to move so that none stands on another: the nearest steps of `LANE` and `PITCH`.

    Of places that are equally near, the one to the right is taken, then the one to the left, the one below, others.
    """
    if not taken:
        return 0.0, 0.0
    blocked = _blocked_steps(np.array(points), np.array(taken))
    for ring in range(_MAX_STEPS + 1):
        for lanes, rows in _ring(ring):
            if (lanes, rows) not in blocked:
                return lanes * LANE, rows * PITCH
    # Crowded as far as one can see: to the right of everything there is room.
    lanes = math.ceil((max(x for x, _ in taken) - min(x for x, _ in points) + NODE_WIDTH + GRID) / LANE)
    return lanes * LANE, 0.0


def _blocked_steps(group: Floats, others: Floats) -> set[tuple[int, int]]:
    """By how many lanes and rows, as far as they are near, the group cannot move because a node would meet another."""
    step = np.array((LANE, PITCH))
    room = np.array((NODE_WIDTH + GRID, NODE_HEIGHT + GRID))
    met = np.zeros((2 * _MAX_STEPS + 1, 2 * _MAX_STEPS + 1), bool)
    reach = (_MAX_STEPS + 1) * PITCH
    others = others[np.argsort(others[:, 1])]
    rows = np.ascontiguousarray(others[:, 1])
    for node in group:
        near = others[rows.searchsorted(node[1] - reach) : rows.searchsorted(node[1] + reach)]
        # A step is longer than the room that a node needs on one side, so no other multiples can meet.
        across, down = (_meeting(near[:, axis] - node[axis], step[axis], room[axis]) for axis in (0, 1))
        for lanes, meet_across in across:
            for rows_down, meet_down in down:
                meets = meet_across & meet_down
                met[lanes[meets] + _MAX_STEPS, rows_down[meets] + _MAX_STEPS] = True
    return {(int(lanes) - _MAX_STEPS, int(rows) - _MAX_STEPS) for lanes, rows in np.argwhere(met)}


def _meeting(away: Floats, step: float, room: float) -> list[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """The multiples of `step` next to `away`, and for which of them there is less than `room` between the two."""
    least = np.floor(away / step).astype(np.int64)
    return [
        (steps, (np.abs(steps * step - away) < room) & (np.abs(steps) <= _MAX_STEPS)) for steps in (least, least + 1)
    ]


def _ring(size: int) -> list[tuple[int, int]]:
    """The pairs of lanes and rows whose larger one is `size`, those straight to the side first."""
    around = range(-size, size + 1)
    pairs = ((lanes, rows) for lanes in around for rows in around if max(abs(lanes), abs(rows)) == size)
    return sorted(pairs, key=lambda pair: (abs(pair[1]), -pair[1], abs(pair[0]), -pair[0]))
