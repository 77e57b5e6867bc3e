"""How good a drawing is, in figures: crossings, lengths of wires, overlaps, straightness.

The figures do not depend on how the canvas draws: a wire counts as a straight line from port to port, or, where nodes
are in its way, as a line around the side of these nodes, longer ones further out.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.graph.model import Edge, NodeId, Point
from engine.layout.metrics import GRID, HALF_HEIGHT, HALF_WIDTH, NODE_HEIGHT, NODE_WIDTH, WIRE_CLEAR, port_offset

Floats: TypeAlias = NDArray[np.floating]

_NEAR = 6.0
"""A line that comes nearer than this to a node makes a way around it."""
_FURTHER_OUT = 1e-2
"""How much further out a line runs for each unit of its height."""
_OTHER_SIDE = 150.0
"""How much further away a line may run on the side of the port where it ends."""
_TOUCH = 1e-6
"""Lines that only touch do not cross."""
_UPRIGHT = 2.0
"""How far aside a wire may lead and still be straight."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of one drawing."""

    nodes: int
    wires: int
    crossings: int
    """How often two wires cross that have no port in common."""
    overlaps: int
    """The pairs of nodes that stand on each other, or touch."""
    length: float
    """That of all wires together, in scene units."""
    straight: float
    """The share of the wires that run straight down from a node to one below it."""

    @property
    def mean_length(self) -> float:
        """The mean length of a wire, in scene units; 0 when there are none."""
        return self.length / self.wires if self.wires else 0.0

    def __str__(self) -> str:
        return (
            f"{self.nodes} nodes, {self.wires} wires: {self.crossings} crossings, {self.overlaps} overlaps, "
            f"mean wire {self.mean_length:.0f}, {self.straight:.0%} straight"
        )


def quality(positions: Mapping[NodeId, Point], edges: Iterable[Edge]) -> Quality:
    """Measure the drawing with nodes at `positions`."""
    wires = sorted(edges)
    ways = _ways(positions, wires)
    steps = [math.dist(start, end) for way in ways for start, end in pairwise(way)]
    aside = [abs(positions[wire.source][0] - positions[wire.target][0]) for wire in wires]
    upright = sum(len(way) == 2 and far <= _UPRIGHT for way, far in zip(ways, aside, strict=True))
    return Quality(
        nodes=len(positions),
        wires=len(wires),
        crossings=crossings(wires, ways),
        overlaps=overlaps(positions.values()),
        length=sum(steps),
        straight=upright / len(wires) if wires else 1.0,
    )


def overlaps(positions: Iterable[Point]) -> int:
    """How many pairs of nodes at `positions` stand on each other, or touch."""
    found = 0
    rows = sorted((y, x) for x, y in positions)
    ys = [y for y, _ in rows]
    for index, (y, x) in enumerate(rows):
        for other in range(index + 1, bisect_right(ys, y + NODE_HEIGHT)):
            found += abs(rows[other][1] - x) <= NODE_WIDTH
    return found


def _ways(positions: Mapping[NodeId, Point], wires: Sequence[Edge]) -> list[list[Point]]:
    outputs: dict[NodeId, int] = {}
    inputs: dict[NodeId, int] = {}
    for wire in wires:
        outputs[wire.source] = max(outputs.get(wire.source, 0), wire.source_port + 1)
        inputs[wire.target] = max(inputs.get(wire.target, 0), wire.target_port + 1)
    points = np.array(sorted((y, x) for x, y in positions.values())).reshape(-1, 2)
    ways = []
    for wire in wires:
        (x, y), (end_x, end_y) = positions[wire.source], positions[wire.target]
        enters = port_offset(wire.target_port, inputs[wire.target])
        start = x + port_offset(wire.source_port, outputs[wire.source]), y + HALF_HEIGHT
        ways.append(_way(points, start, (end_x + enters, end_y - HALF_HEIGHT), enters))
    return ways


def _way(points: Floats, start: Point, end: Point, enters: float) -> list[Point]:
    """The corners of the line for one wire, around what is in its way; `points` are nodes as (y, x), from the top."""
    (x, y), (end_x, end_y) = start, end
    first, last = np.searchsorted(points[:, 0], (y - HALF_HEIGHT + 1, end_y + HALF_HEIGHT - 1))
    beside = points[first:last]
    if end_y <= y or not len(beside):
        return [start, end]
    # Where the line is when it enters and leaves the rows of each node.
    rows = np.clip(np.stack((beside[:, 0] - HALF_HEIGHT, beside[:, 0] + HALF_HEIGHT)), y, end_y)
    at = x + (end_x - x) * (rows - y) / (end_y - y)
    reach = HALF_WIDTH + _NEAR
    hit = (at.max(axis=0) > beside[:, 1] - reach) & (at.min(axis=0) < beside[:, 1] + reach)
    if not hit.any():
        return [start, end]
    blocking = beside[hit]
    lanes = _lane(beside, blocking[:, 1].min(), -1), _lane(beside, blocking[:, 1].max(), 1)
    to_left, to_right = (x + end_x) / 2 - lanes[0], lanes[1] - (x + end_x) / 2
    is_right = enters > 0 if abs(to_right - to_left) <= _OTHER_SIDE and enters else to_right <= to_left
    lane = lanes[is_right] + (1 if is_right else -1) * _FURTHER_OUT * (end_y - y)
    top, bottom = blocking[:, 0].min() - HALF_HEIGHT, blocking[:, 0].max() + HALF_HEIGHT
    return [start, (lane, float(top)), (lane, float(bottom)), end]


def _lane(beside: Floats, blocking: float, side: int) -> float:
    """The innermost place for a line beside the outermost node in its way at which it meets no other one."""
    lane = float(blocking) + side * (HALF_WIDTH + WIRE_CLEAR)
    while True:
        near = beside[np.abs(beside[:, 1] - lane) < HALF_WIDTH + GRID, 1]
        if not len(near):
            return lane
        lane = float(near.max() if side > 0 else near.min()) + side * (HALF_WIDTH + WIRE_CLEAR)


def crossings(wires: Sequence[Edge], ways: Sequence[Sequence[Point]]) -> int:
    """How often wires that have no port in common cross, when they are drawn as lines through the points of `ways`."""
    parts: list[tuple[Point, Point, int]] = []
    for number, way in enumerate(ways):
        for corner, next_corner in pairwise(way):
            start, end = sorted((corner, next_corner), key=lambda point: point[1])
            parts.append((start, end, number))
    # Each pair is looked at once, that with the higher beginning first.
    parts.sort(key=lambda part: part[0][1])
    table = np.array([(*start, *end) for start, end, _ in parts]).reshape(-1, 4)
    tops = [start[1] for start, *_ in parts]
    owners = np.array([number for *_, number in parts], dtype=np.intp)
    found = 0
    for index, (_, end, number) in enumerate(parts):
        stop = bisect_left(tops, end[1])
        crossed = _crossed(table[index], table[index + 1 : stop])
        for other in owners[index + 1 : stop][crossed].tolist():
            found += not _meet(wires[number], wires[other])
    return found


def _crossed(line: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which of the lines of `others` cross `line` between their ends; each is x, y of one end and of the other."""

    start, end, starts, ends = line[:2], line[2:], others[:, :2], others[:, 2:]
    apart = _turn(start, end, starts) * _turn(start, end, ends)
    return np.asarray((apart < -_TOUCH) & (_turn(starts, ends, start) * _turn(starts, ends, end) < -_TOUCH))


def _turn(start: Floats, end: Floats, point: Floats) -> Floats:
    """On which side of the line from `start` to `end` a point lies: its sign."""
    along, aside = end - start, point - start
    return np.asarray(along[..., 0] * aside[..., 1] - along[..., 1] * aside[..., 0])


def _meet(first: Edge, second: Edge) -> bool:
    """Whether two wires have a port in common."""
    return (first.source, first.source_port) == (second.source, second.source_port) or (
        first.target,
        first.target_port,
    ) == (second.target, second.target_port)
