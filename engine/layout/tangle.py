"""The drawing of a part that is neither a chain nor branches side by side: in rows, with few crossings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.layout.boxes import Box
from engine.layout.grid import Grid, Order, by_place, crossings, make_grid, places
from engine.layout.layering import Net, Wire
from engine.layout.metrics import BRANCH, HALF_WIDTH, WIRE_NARROW, WIRE_STEP, snap, snap_up
from engine.layout.ordering import ordered, threaded

_SWEEPS = 24
"""How often columns are moved towards what they are wired to."""
_MANY = 1500
"""More columns than this are moved less often."""


def draw(net: Net, nodes: Sequence[int], arcs: Sequence[Wire]) -> Box:
    """Give the nodes of a tangled part of `net` their places from left to right.

    Args:
        nodes: those of the part, in ascending order.
        arcs: those with an end in the part.
    """
    grid = make_grid(net, nodes, arcs)
    order = ordered(grid, by_place(grid, net.wished))
    x = _spread(grid, order)
    inner = [x[item] for item in range(grid.inner)]
    above, below = _ends(grid, x)
    axis = snap(above if above is not None else below if below is not None else (min(inner) + max(inner)) / 2)
    box = Box(nodes[0], exit=0.0 if below is None else snap(below) - axis)
    for item, node in enumerate(nodes):
        place, row = x[item] - axis, net.rows[node]
        box.add(Box(node, {node: place}, {row: (place - HALF_WIDTH, place + HALF_WIDTH)}))
    rows = {grid.row[item]: net.rows[node] for item, node in enumerate(nodes)}
    for item in range(len(grid.nodes), len(grid.row)):
        if grid.row[item] in rows:
            box.add_wire(x[item] - axis, (rows[grid.row[item]],))
    return box


def _ends(grid: Grid, x: Mapping[int, float]) -> tuple[float | None, float | None]:
    """Where the node lies that the tangle hangs on above, and where that which hangs on the tangle below, if any."""
    outside = range(grid.inner, len(grid.nodes))
    above = next((x[upper] for upper, lower in sorted(grid.links) if upper in outside and lower not in outside), None)
    below = next((x[lower] for upper, lower in sorted(grid.links) if lower in outside and upper not in outside), None)
    return above, below


def crossings_of(net: Net, nodes: Sequence[int], arcs: Sequence[Wire], box: Box) -> int:
    """How often wires cross in a drawing of a part of `net`."""
    grid = make_grid(net, nodes, arcs)
    # Nodes outside share no row with those inside.
    x = {node: box.places.get(node, net.wished[node]) for node in grid.nodes}
    return crossings(grid, threaded(grid, by_place(grid, x)))


@dataclass(slots=True)
class _Column:
    """Items of neighbouring rows that stand exactly above each other."""

    left: list[tuple[int, float]]
    """The columns right beside it on the left, and how far away they must be."""
    right: list[tuple[int, float]]
    """The columns right beside it on the right, and how far away they must be."""
    pulls: list[tuple[int, float, float]]
    """The columns that it is wired to, how far to the right of their axes the wire would be straight, its weight."""


def _spread(grid: Grid, order: Order) -> dict[int, float]:
    """Where each item lies: in straight columns where that can be, apart from each other, near what it is wired to."""
    columns, home = _columns(grid, order)
    x = [0.0] * len(columns)
    sequence = _from_left(columns)
    for index in sequence:
        x[index] = max((x[other] + gap for other, gap in columns[index].left), default=0.0)
    for sweep in range(_SWEEPS if len(columns) <= _MANY else _SWEEPS // 4):
        for index in reversed(sequence) if sweep % 2 == 0 else sequence:
            column = columns[index]
            weight = sum(weight for *_, weight in column.pulls)
            if weight:
                least = max((x[other] + gap for other, gap in column.left), default=-math.inf)
                most = min((x[other] - gap for other, gap in column.right), default=math.inf)
                wanted = sum((x[other] + aside) * weight for other, aside, weight in column.pulls) / weight
                x[index] = max(least, min(most, wanted))
    for index in sequence:
        x[index] = max([snap(x[index]), *(snap_up(x[other] + gap) for other, gap in columns[index].left)])
    return {item: x[home[item]] for row in order for item in row}


def _columns(grid: Grid, order: Order) -> tuple[list[_Column], dict[int, int]]:
    below = _upright(grid, order)
    home: dict[int, int] = {}
    columns: list[_Column] = []
    for row in order:
        for item in row:
            if item not in home:
                lower: int | None = item
                while lower is not None:
                    home[lower] = len(columns)
                    lower = below.get(lower)
                columns.append(_Column([], [], []))
    for row in order:
        for left, right in pairwise(row):
            gap = _gap(grid, left, right)
            columns[home[left]].right.append((home[right], gap))
            columns[home[right]].left.append((home[left], gap))
    for item, ends in enumerate(grid.down):
        for target, leaves, enters in ends:
            if home[item] != home[target]:
                weight = 1.0 if (item, target) in grid.links else 0.25
                columns[home[item]].pulls.append((home[target], enters - leaves, weight))
                columns[home[target]].pulls.append((home[item], leaves - enters, weight))
    return columns, home


def _gap(grid: Grid, left: int, right: int) -> float:
    nodes = grid.is_node(left) + grid.is_node(right)
    return (WIRE_STEP, HALF_WIDTH + WIRE_NARROW, BRANCH)[nodes]


def _upright(grid: Grid, order: Order) -> dict[int, int]:
    """Which item stands exactly below which: chains and long wires first, then what lies nearest; never crosswise."""
    place = places(order)
    below: dict[int, int] = {}
    for row in order:
        chosen: list[tuple[int, int]] = []
        wires = [(item, target) for item in row for target, *_ in grid.down[item]]
        for item, target in sorted(wires, key=lambda wire: (_looseness(grid, wire), place[wire[0]], place[wire[1]])):
            start, end = place[item], place[target]
            if all((start - first) * (end - last) > 0 for first, last in chosen):
                chosen.append((start, end))
                below[item] = target
    return below


def _looseness(grid: Grid, wire: tuple[int, int]) -> tuple[int, int]:
    """How little it matters that a wire runs straight down."""
    upper, lower = wire
    if not grid.is_node(upper) and not grid.is_node(lower):
        return 0, 0
    is_link = (upper, lower) in grid.links
    others = len(grid.down[upper]) + len(grid.up[lower]) - 2
    return (1 if is_link else 2), others


def _from_left(columns: Sequence[_Column]) -> list[int]:
    """The columns so that each comes after all to its left."""
    waiting = [len(column.left) for column in columns]
    sequence = [index for index, number in enumerate(waiting) if number == 0]
    for index in sequence:
        for other, _ in columns[index].right:
            waiting[other] -= 1
            if not waiting[other]:
                sequence.append(other)
    return sequence
